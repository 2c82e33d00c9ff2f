//! Loudness and true peak of the finished file.

use super::*;

fn normalised(sound: &str, end: f64, target: f64, true_peak: f64) -> [Value; 3] {
    [
        json!({ "type": "trim", "params": { "start_time": 0, "end_time": end } }),
        json!({ "type": "mix_audio", "params": { "audio_id": sound, "start_time": 0, "end_time": end } }),
        json!({ "type": "normalize_loudness", "params": { "target": target, "true_peak": true_peak } }),
    ]
}

/// Loudness and true peak by ffmpeg's own meter, of the decoded file.
fn meter(video: &Path) -> (f64, f64) {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-hide_banner", "-nostats", "-i"]).arg(video);
    let log = ffmpeg.args(["-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-"]).output().unwrap();
    let log = String::from_utf8_lossy(&log.stderr).into_owned();
    let last = |key: &str| log.rsplit(key).next().unwrap().split_whitespace().next().unwrap().parse().unwrap();
    (last("I:"), last("Peak:"))
}

/// Noise that comes and goes like speech, with bangs far above it every two seconds if `bangs`.
fn noise(name: &str, level: f64, bangs: f64) -> PathBuf {
    made(
        name,
        &format!(
            "-f lavfi -i aevalsrc={level}*(random(0)-0.5)*(0.6+0.4*sin(2*PI*0.7*t))+{bangs}*sin(2*PI*900*t)*lt(mod(t\\,2)\\,0.004):s=48000:d=8 -c:a pcm_s24le"
        ),
    )
}

#[test]
fn quiet_loud_and_peaky_sounds_come_out_at_the_target_with_their_peaks_below() {
    for (name, level, bangs) in [("low", 0.02, 0.0), ("high", 1.9, 0.0), ("peaky", 0.04, 0.9)] {
        let assets = [("picture", picture()), ("noise", noise(&format!("noise-{name}.wav"), level, bangs))];
        let plan = valid(&normalised("noise", 8.0, -14.0, -1.0), Some("picture"), &assets);
        let (output, report) = rendered(&format!("loudness-{name}"), &plan);
        let (loudness, peak) = meter(&output);
        assert!((loudness + 14.0).abs() <= 1.0 && peak <= -1.0, "{name}: {loudness} LUFS, {peak} dBTP");
        assert_eq!((report.measured.loudness_lufs, report.measured.true_peak_dbtp), (Some(loudness), Some(peak)));
        let raised: Vec<String> = report.warnings.iter().map(|found| found.message.clone()).collect();
        assert_eq!(raised.len(), usize::from(name == "low"), "{name}: {raised:?}");
    }
}

#[test]
fn what_has_no_loudness_is_left_and_said_and_what_cannot_have_it_is_an_error_with_both_numbers() {
    let silent = made("silent.wav", "-f lavfi -i anullsrc=r=48000 -t 2 -c:a pcm_s16le");
    let assets = [("picture", picture()), ("silent", silent)];
    let (output, report) =
        rendered("loudness-silent", &valid(&normalised("silent", 2.0, -14.0, -1.0), Some("picture"), &assets));
    assert_eq!(report.measured.loudness_lufs, None);
    assert!(peak(&samples(&output)) < 1e-4);
    let said = pretty(&report.warnings, Colour::Never);
    assert!(said.contains("W0344") && said.contains("silent"), "{said}");

    let short = made("short-beep.wav", "-f lavfi -i sine=500:d=0.3:r=48000 -c:a pcm_s16le");
    let assets = [("picture", picture()), ("short", short)];
    let (_, report) =
        rendered("loudness-short", &valid(&normalised("short", 0.3, -14.0, -1.0), Some("picture"), &assets));
    assert!(report.measured.loudness_lufs.is_none() && !report.warnings.is_empty());

    // One click a second carries no such loudness below that peak.
    let clicks = made("clicks.wav", "-f lavfi -i aevalsrc=0.9*lt(mod(t\\,1)\\,0.0002):s=48000:d=4 -c:a pcm_s16le");
    let assets = [("picture", picture()), ("clicks", clicks)];
    let plan = valid(&normalised("clicks", 4.0, -8.0, -6.0), Some("picture"), &assets);
    let output = folder().join("out-sound-clicks.mp4");
    let error = try_render(&output, &plan, Way::Spans(None)).unwrap_err().to_string();
    assert!(error.contains("planned -8 LUFS within 1, found -") && error.contains("lower `target`"), "{error}");
    assert!(!output.exists());
}

#[test]
fn a_render_at_once_and_one_in_spans_have_the_same_loudness() {
    let folder = tempfile::tempdir().unwrap();
    let assets = [("picture", picture()), ("noise", noise("noise-peaky.wav", 0.04, 0.9))];
    let plan = valid(&normalised("noise", 8.0, -16.0, -2.0), Some("picture"), &assets);
    let (whole, joined) = (folder.path().join("whole.mp4"), folder.path().join("joined.mp4"));
    let one = try_render(&whole, &plan, Way::Whole).unwrap().measured;
    let other = try_render(&joined, &plan, Way::Spans(None)).unwrap().measured;
    assert_eq!((one.loudness_lufs, one.true_peak_dbtp), (other.loudness_lufs, other.true_peak_dbtp));
    assert_eq!(samples(&whole), samples(&joined));
}

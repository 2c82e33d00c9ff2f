//! Music under speech.

use super::*;
use crate::media::tone;

/// Ten seconds of picture in which somebody "speaks" at 300 Hz, at this level, from 1 to 3, from 3.4 to 4 and from 6 to 8.5 s.
fn talking(name: &str, level: f64) -> PathBuf {
    made(
        name,
        &format!(
            "-f lavfi -i color=gray:s=64x64:r=30:d=10 -f lavfi -i \
             aevalsrc={level}*sin(2*PI*300*t)*(between(t\\,1\\,3)+between(t\\,3.4\\,4)+between(t\\,6\\,8.5)):s=48000:d=10 \
             -c:v libx264 -preset ultrafast -crf 30 -c:a pcm_s16le"
        ),
    )
}

/// Loud music of two notes.
fn music() -> PathBuf {
    made("notes.wav", "-f lavfi -i aevalsrc=0.4*sin(2*PI*1200*t)+0.3*sin(2*PI*2000*t):s=44100:d=3 -c:a pcm_s16le")
}

fn duck(ducking: f64, volume: f64) -> [Value; 2] {
    [
        json!({ "type": "trim", "params": { "start_time": 0, "end_time": 10 } }),
        json!({ "type": "mix_audio", "params": { "audio_id": "music", "start_time": 0, "end_time": 10, "volume": volume, "loop": true, "ducking": ducking } }),
    ]
}

#[test]
fn music_steps_back_below_speech_of_any_level_and_swells_in_its_pauses() {
    for (name, level) in [("loud", 0.4), ("quiet", 0.02)] {
        let assets = [("talk", talking(&format!("talk-{name}.mov"), level)), ("music", music())];
        let (output, _) = rendered(&format!("duck-{name}"), &valid(&duck(16.0, 0.5), Some("talk"), &assets));
        let sound = samples(&output);
        let music = |from, to| (tone(&sound, 1200.0, from, to).powi(2) + tone(&sound, 2000.0, from, to).powi(2)).sqrt();
        for (from, to) in [(1.0, 3.0), (3.4, 4.0), (6.0, 8.5)] {
            let change = decibels(tone(&sound, 300.0, from + 0.1, to - 0.1), level);
            assert!(change.abs() < 0.5, "{name}: speech changed by {change:.2} dB at {from}");
            // Over the whole of it, its first moment too.
            let below = decibels(level, music(from + 0.01, to - 0.01));
            assert!((12.0..30.0).contains(&below), "{name}: music {below:.1} dB below speech at {from}");
        }
        let between = decibels(level, music(3.05, 3.35));
        assert!(between > 12.0, "{name}: it does not pump: {between:.1} dB in a short pause");
        for (from, to) in [(0.1, 0.6), (4.4, 5.6), (8.9, 9.9)] {
            let swelled = decibels(music(from, to), 0.5 * 0.5);
            assert!(swelled.abs() < 0.5, "{name}: {swelled:.2} dB in the pause at {from}");
        }
        assert!(step(second(&sound, 0.0, 0.9)) < 1.1 * (own_step(0.2, 1200.0) + own_step(0.15, 2000.0)));
    }
}

#[test]
fn ducking_leaves_music_alone_that_is_quiet_or_has_no_speech_over_it() {
    let assets = [("talk", talking("talk-loud.mov", 0.4)), ("music", music())];
    let (output, _) = rendered("duck-needless", &valid(&duck(16.0, 0.02), Some("talk"), &assets));
    let level = |sound: &[f32], from| tone(sound, 1200.0, from, from + 0.8);
    let sound = samples(&output);
    assert!(decibels(level(&sound, 1.5), level(&sound, 4.6)).abs() < 0.3);
    let alone = heard("duck-alone", &duck(16.0, 0.5), &[("music", music())]);
    assert!(decibels(level(&alone, 1.5), 0.2).abs() < 0.3);
}

#[test]
fn a_ducked_render_is_the_same_in_spans_and_at_once_and_is_found_again() {
    let assets = [("talk", talking("talk-loud.mov", 0.4)), ("music", music())];
    let folder = tempfile::tempdir().unwrap();
    let store = callsheet::render::Store::at(folder.path().join("store"));
    let plan = valid(&duck(16.0, 0.5), Some("talk"), &assets);
    let (whole, joined) = (folder.path().join("whole.mp4"), folder.path().join("joined.mp4"));
    try_render(&whole, &plan, Way::Whole).unwrap();
    let first = try_render(&joined, &plan, Way::Spans(Some(&store))).unwrap().made;
    assert_eq!(samples(&whole), samples(&joined));
    let again = try_render(&joined, &plan, Way::Spans(Some(&store))).unwrap().made;
    let other = valid(&duck(20.0, 0.5), Some("talk"), &assets);
    let changed = try_render(&joined, &other, Way::Spans(Some(&store))).unwrap().made;
    assert_eq!([first, again, changed].map(|made| made.sound_rendered), [true, false, true]);
    assert_eq!(changed.rendered, 0, "the picture is as it was");
}

//! Any rate, layout and start.

use super::*;
use crate::media::tone;

/// A beep of 1 kHz from 0.5 to 1 s in 1.5 s of silence, of amplitude 0.25 in every channel, in a file of this form.
fn beep(name: &str, rate: u32, channels: usize, codec: &str) -> PathBuf {
    let channel = "if(between(t\\,0.5\\,1)\\,0.25*sin(2*PI*1000*(t-0.5))\\,0)";
    let channels = vec![channel; channels].join("|");
    made(name, &format!("-f lavfi -i aevalsrc={channels}:s={rate}:d=1.5 {codec}"))
}

#[test]
fn a_beep_of_any_rate_sample_format_and_codec_is_heard_at_its_time_and_as_loud_as_it_is() {
    let files = [
        ("u8", beep("beep-u8.wav", 8000, 1, "-c:a pcm_u8")),
        ("s24", beep("beep-s24.wav", 96_000, 2, "-c:a pcm_s24le")),
        ("f32", beep("beep-f32.wav", 44_100, 1, "-c:a pcm_f32le")),
        ("mp3", beep("beep.mp3", 44_100, 2, "-c:a libmp3lame -b:a 128k")),
        ("mp3low", beep("beep-low.mp3", 22_050, 1, "-c:a libmp3lame -b:a 32k")),
        ("aac", beep("beep.m4a", 32_000, 2, "-c:a aac -b:a 128k")),
        ("opus", beep("beep.opus", 48_000, 2, "-c:a libopus -b:a 96k")),
        ("flac", beep("beep.flac", 11_025, 1, "-c:a flac")),
    ];
    // Each once from its start and once from inside, four at a time in a row.
    for pair in files.chunks(4) {
        let mut tasks = vec![json!({ "type": "trim", "params": { "start_time": 0, "end_time": 12 } })];
        for (number, (id, _)) in pair.iter().enumerate() {
            let at = number as f64 * 3.0;
            tasks.push(
                json!({ "type": "mix_audio", "params": { "audio_id": id, "start_time": at, "end_time": at + 1.5 } }),
            );
            tasks.push(json!({ "type": "mix_audio", "params": { "audio_id": id, "start_time": at + 1.5, "end_time": at + 2.6, "source_start": 0.4 } }));
        }
        let sound = heard(&format!("formats-{}", pair[0].0), &tasks, pair);
        let found = onsets(&sound, 0.06);
        assert_eq!(found.len(), 2 * pair.len(), "{found:?}");
        for (number, (id, _)) in pair.iter().enumerate() {
            let at = number as f64 * 3.0;
            for (onset, due) in [(found[2 * number], at + 0.5), (found[2 * number + 1], at + 1.6)] {
                assert!((onset - due).abs() < 0.005, "{id}: heard at {onset}, due at {due}");
                let level = decibels(tone(&sound, 1000.0, due + 0.1, due + 0.4), 0.25);
                assert!(level.abs() < 0.5, "{id}: {level:.2} dB at {due}");
            }
        }
    }
}

#[test]
fn many_channels_are_mixed_down_by_the_standard_and_do_not_clip() {
    // The centre alone, as dialogue is: 3 dB less on each side (ITU-R BS.775-4).
    let centre =
        made("centre.wav", "-f lavfi -i aevalsrc=0|0|0.5*sin(2*PI*1000*t)|0|0|0:s=48000:d=2:c=5.1 -c:a pcm_s16le");
    let full = "0.95*sin(2*PI*1000*t)";
    let all = |count: usize, layout: &str, name: &str| {
        made(name, &format!("-f lavfi -i aevalsrc={}:s=48000:d=2{layout} -c:a pcm_s16le", vec![full; count].join("|")))
    };
    let files = [
        ("centre", centre),
        ("surround", all(6, ":c=5.1", "full-51.wav")),
        ("seven", all(8, ":c=7.1", "full-71.wav")),
        ("ten", all(10, "", "ten-channels.wav")),
    ];
    let mut tasks = vec![json!({ "type": "trim", "params": { "start_time": 0, "end_time": 10 } })];
    for (number, (id, _)) in files.iter().enumerate() {
        let at = number as f64 * 2.5;
        tasks
            .push(json!({ "type": "mix_audio", "params": { "audio_id": id, "start_time": at, "end_time": at + 2.0 } }));
    }
    let sound = heard("channels", &tasks, &files);
    assert!(peak(&sound) <= 1.0, "{}", peak(&sound));
    let level = decibels(tone(&sound, 1000.0, 0.5, 1.5), 0.5 / 2.0_f64.sqrt());
    assert!(level.abs() < 0.5, "{level:.2} dB");
    for at in [2.5, 5.0, 7.5] {
        let (tone, harmonic) = (tone(&sound, 1000.0, at + 0.5, at + 1.5), tone(&sound, 3000.0, at + 0.5, at + 1.5));
        assert!(tone > 0.8 && harmonic < 0.02, "at {at}: {tone}, and {harmonic} of a clipped wave");
    }
}

#[test]
fn sound_that_begins_later_or_ends_sooner_or_later_than_its_picture_stays_in_its_place() {
    let beep = "aevalsrc=if(between(t\\,0.3\\,0.6)\\,0.5*sin(2*PI*1000*t)\\,0):s=44100:d";
    let clip = |name: &str, offset: &str, sound: f64, picture: f64| {
        made(
            name,
            &format!(
                "-f lavfi -i color=red:s=64x64:r=25:d={picture} {offset} -f lavfi -i {beep}={sound} \
                 -map 0:v -map 1:a -c:v libx264 -preset ultrafast -c:a aac"
            ),
        )
    };
    let files = [
        ("late", clip("late.mkv", "-itsoffset 0.7", 1.0, 3.0)),
        ("latemp4", clip("late.mp4", "-itsoffset 0.7", 1.0, 3.0)),
        ("short", clip("short.mp4", "", 0.8, 3.0)),
        ("long", clip("long.mp4", "", 5.0, 3.0)),
    ];
    let mut tasks: Vec<Value> = files
        .iter()
        .map(|(id, _)| json!({ "type": "trim", "inputs": [id], "output_id": format!("c-{id}"), "params": { "start_time": 0.2, "end_time": 2.6 } }))
        .collect();
    let clips: Vec<String> = files.iter().map(|(id, _)| format!("c-{id}")).collect();
    tasks.push(json!({ "type": "concat", "inputs": clips }));
    let (output, report) = rendered("starts", &valid(&tasks, None, &files));
    assert_eq!(report.measured.frames, 240);
    assert!((report.measured.sound_sec - 9.6).abs() < 0.05, "{}", report.measured.sound_sec);
    let found = onsets(&samples(&output), 0.1);
    let due = [0.8, 2.4 + 0.8, 4.8 + 0.1, 7.2 + 0.1];
    assert_eq!(found.len(), due.len(), "{found:?}");
    for (onset, due) in found.iter().zip(due) {
        assert!((onset - due).abs() < 0.005, "heard at {onset}, due at {due}");
    }
}

//! Cuts, loops and changes of volume without a click.

use super::*;
use crate::media::tone;

const HUM: f64 = 220.0;

/// Twelve seconds of grey with a hum of 220 Hz, of amplitude 0.5.
fn hum() -> PathBuf {
    made(
        "hum.mp4",
        "-f lavfi -i color=gray:s=64x64:r=30:d=12 -f lavfi -i aevalsrc=0.5*sin(2*PI*220*t):s=48000:d=12 \
         -c:v libx264 -preset ultrafast -crf 30 -c:a aac -b:a 192k",
    )
}

/// What an encoder adds to the steps of a wave.
const ENCODED: f64 = 1.12;

#[test]
fn no_cut_of_a_hum_steps_more_than_the_hum_itself() {
    // At 0.7 of a period and the like, where an unfaded cut would jump by most of the amplitude.
    let cuts = [(0.0, 1.0032), (3.3011, 4.2021), (1.1007, 1.1307), (6.4044, 7.7), (2.0023, 2.5), (9.001, 12.0)];
    let mut tasks: Vec<Value> = (cuts.iter().enumerate())
        .map(|(number, (start, end))| json!({ "type": "trim", "inputs": ["hum"], "output_id": format!("c{number}"), "params": { "start_time": start, "end_time": end } }))
        .collect();
    let clips: Vec<String> = (0..cuts.len()).map(|number| format!("c{number}")).collect();
    tasks.push(json!({ "type": "concat", "inputs": clips }));
    tasks.push(json!({ "type": "mix_audio", "params": { "audio_id": "hum", "start_time": 2.2, "end_time": 2.7, "under": 0, "source_start": 5.0013, "volume": 1 } }));
    let (output, _) = rendered("cuts", &valid(&tasks, None, &[("hum", hum())]));
    let sound = samples(&output);
    let (found, own) = (step(&sound), own_step(0.5, HUM));
    assert!(found <= own * ENCODED, "a step of {found}, the hum's own is {own}");
    assert!((decibels(tone(&sound, HUM, 0.1, 0.9), 0.5)).abs() < 0.2);
}

#[test]
fn a_loop_has_neither_gap_nor_click_whatever_the_file() {
    // 0.9 s of 220 Hz are whole periods: an MP3, padded by its encoder. 0.7511 s are not.
    let closed = made("closed.mp3", "-f lavfi -i aevalsrc=0.5*sin(2*PI*220*t):s=44100:d=0.9 -c:a libmp3lame -b:a 192k");
    let open = made("open.wav", "-f lavfi -i aevalsrc=0.5*sin(2*PI*220*t):s=44100:d=0.7511 -c:a pcm_s16le");
    let tasks = [
        json!({ "type": "trim", "params": { "start_time": 0, "end_time": 11 } }),
        json!({ "type": "mix_audio", "params": { "audio_id": "closed", "start_time": 0.1, "end_time": 5, "loop": true } }),
        json!({ "type": "mix_audio", "params": { "audio_id": "open", "start_time": 6, "end_time": 11, "loop": true, "source_start": 0.2 } }),
    ];
    let sound = heard("loops", &tasks, &[("closed", closed), ("open", open)]);
    let (found, own) = (step(&sound), own_step(0.5, HUM));
    assert!(found <= own * ENCODED, "a step of {found}, the hum's own is {own}");
    for (from, to) in [(0.15, 4.95), (6.05, 10.95)] {
        // Each stretch of 14 ms holds three periods.
        for (number, part) in second(&sound, from, to).chunks_exact(672).enumerate() {
            let loud = (part.iter().map(|sample| f64::from(sample * sample)).sum::<f64>() / 672.0).sqrt();
            let level = decibels(loud, 0.5 / 2.0_f64.sqrt());
            assert!(level > -3.0, "{level:.1} dB at {}", from + number as f64 * 0.014);
        }
    }
    // The padding of the MP3 is no part of its period: the phase is where it would be without a loop.
    let lag = |at: f64| {
        let start = (at * 48_000.0) as usize;
        (start..start + 230).find(|&n| sound[n] <= 0.0 && sound[n + 1] > 0.0).unwrap() as f64 / 48_000.0
    };
    let periods = (lag(4.5) - lag(0.5)) * HUM;
    assert!((periods - periods.round()).abs() < 0.1, "{periods} periods");
}

#[test]
fn each_segment_has_its_gain_and_a_sound_that_goes_on_is_not_cut() {
    let tasks = [
        json!({ "type": "trim", "inputs": ["hum"], "output_id": "a", "params": { "start_time": 0, "end_time": 3 } }),
        json!({ "type": "trim", "inputs": ["hum"], "output_id": "b", "params": { "start_time": 3, "end_time": 6, "volume": 0.25 } }),
        json!({ "type": "trim", "inputs": ["hum"], "output_id": "c", "params": { "start_time": 6, "end_time": 9, "volume": 1.5 } }),
        json!({ "type": "concat", "inputs": ["a", "b", "c"] }),
        json!({ "type": "overlay_video", "params": { "stock_id": "other", "start_time": 1, "end_time": 2, "volume": 0.5 } }),
    ];
    let other = made(
        "other.mp4",
        "-f lavfi -i color=red:s=64x64:r=30:d=2 -f lavfi -i aevalsrc=0.5*sin(2*PI*1000*t):s=48000:d=2 \
         -c:v libx264 -preset ultrafast -crf 30 -c:a aac -b:a 192k",
    );
    let (output, _) = rendered("gains", &valid(&tasks, None, &[("hum", hum()), ("other", other)]));
    let sound = samples(&output);
    for (from, to, volume) in [(0.2, 0.8, 1.0), (2.2, 2.9, 1.0), (3.1, 5.9, 0.25), (6.1, 8.9, 1.5)] {
        let level = decibels(tone(&sound, HUM, from, to), 0.5 * volume);
        assert!(level.abs() < 0.5, "{level:.2} dB at {from}");
    }
    assert!(decibels(tone(&sound, 1000.0, 1.1, 1.9), 0.25).abs() < 0.5);
    // No hole where one volume gives way to another.
    for (number, part) in second(&sound, 2.9, 6.1).chunks_exact(672).enumerate() {
        assert!(peak(part) > 0.11, "at {}", 2.9 + number as f64 * 0.014);
    }
    assert!(step(&second(&sound, 2.5, 8.5)) <= own_step(0.75, HUM) * ENCODED);
}

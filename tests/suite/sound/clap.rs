//! Sync by a clapperboard: a flash and a beep at every second must meet in the result, whatever was done to them.

use super::*;
use crate::media::frames;

/// Ten seconds with a white flash of two frames and a beep of as long at each whole second but the first.
fn clap(name: &str, rate: &str, sound: u32, codec: &str) -> PathBuf {
    let on = "lt(mod(T\\,1)\\,0.066)*gt(T\\,0.5)";
    let beep = "if(lt(mod(t\\,1)\\,0.066)*gt(t\\,0.5)\\,0.6*sin(2*PI*1000*t)\\,0)";
    made(
        name,
        &format!(
            "-f lavfi -i color=black:s=48x48:r={rate}:d=10,geq=lum=16+219*{on}:cb=128:cr=128 -f lavfi -i aevalsrc={beep}:s={sound}:d=10 \
             -c:v libx264 -preset ultrafast -crf 10 -g 50 {codec}"
        ),
    )
}

/// When the picture turns white, and when it beeps.
fn claps(video: &Path) -> (Vec<f64>, Vec<f64>) {
    let mut flashes = Vec::new();
    let mut lit = false;
    for (number, frame) in frames(video, 4, 4).iter().enumerate() {
        let white = frame[5][1] > 128;
        if white && !lit {
            flashes.push(number as f64 / 30.0);
        }
        lit = white;
    }
    (flashes, onsets(&samples(video), 0.1))
}

/// The largest distance between a flash and its beep; `count` of them must be there.
fn worst(name: &str, video: &Path, count: usize) -> f64 {
    let (flashes, beeps) = claps(video);
    assert_eq!(flashes.len(), count, "{name}: flashes at {flashes:.3?}, beeps at {beeps:.3?}");
    let distance = |flash: &f64| beeps.iter().map(|beep| (beep - flash).abs()).fold(f64::MAX, f64::min);
    let worst = flashes.iter().map(distance).fold(0.0, f64::max);
    println!("{name}: {count} claps, at worst {:.1} ms apart", worst * 1000.0);
    assert!(worst <= 0.04, "{name}: {worst} s apart; flashes {flashes:.3?}, beeps {beeps:.3?}");
    worst
}

fn canvas() -> Value {
    json!({ "type": "fit_canvas", "params": { "aspect_ratio": "1:1", "resolution": 120, "frame_rate": 30 } })
}

#[test]
fn claps_meet_after_cuts_speeds_transitions_and_cutaways() {
    let files = [
        ("mp4", clap("clap-30.mp4", "30", 48_000, "-c:a aac")),
        ("film", clap("clap-film.mkv", "24000/1001", 44_100, "-c:a libmp3lame")),
        ("fast", clap("clap-60.mov", "60", 96_000, "-c:a pcm_s24le")),
    ];
    let trim = |asset: &str, id: &str, start: f64, end: f64| json!({ "type": "trim", "inputs": [asset], "output_id": id, "params": { "start_time": start, "end_time": end } });
    let tasks = [
        trim("mp4", "a", 0.55, 3.45),
        trim("film", "b", 4.35, 7.6),
        trim("fast", "c", 1.21, 5.83),
        json!({ "type": "speed", "inputs": ["c"], "output_id": "quick", "params": { "factor": 1.5 } }),
        trim("mp4", "d", 5.4, 7.7),
        json!({ "type": "speed", "inputs": ["d"], "output_id": "slow", "params": { "factor": 0.5 } }),
        trim("film", "e", 2.3, 4.7),
        json!({ "type": "transition", "inputs": ["slow", "e"], "output_id": "joined", "params": { "kind": "fade", "duration": 0.25 } }),
        json!({ "type": "concat", "inputs": ["a", "b", "quick", "joined"] }),
        canvas(),
        json!({ "type": "overlay_video", "params": { "stock_id": "fast", "start_time": 3.5, "end_time": 4.4, "source_start": 2.45, "volume": 1 } }),
    ];
    // A: 1, 2, 3. B: 5, 6, 7. C: 2 to 5. D: 6, 7. E: 3, 4. The cutaway covers one of B and brings one along.
    let plan = valid(&tasks, None, &files);
    let (output, _) = rendered("clap", &plan);
    worst("everything", &output, 14);
    let whole = folder().join("out-sound-clap-whole.mp4");
    try_render(&whole, &plan, Way::Whole).unwrap();
    worst("everything at once", &whole, 14);
}

#[test]
fn fifty_cuts_are_fifty_cuts_and_not_fifty_roundings() {
    let file = clap("clap-30.mp4", "30", 48_000, "-c:a aac");
    let mut tasks: Vec<Value> = (0..50)
        .map(|number| {
            let from = f64::from(number % 9) + 0.511 + f64::from(number) * 0.0037;
            json!({ "type": "trim", "inputs": ["clap"], "output_id": format!("c{number}"), "params": { "start_time": from, "end_time": from + 0.787 } })
        })
        .collect();
    let clips: Vec<String> = (0..50).map(|number| format!("c{number}")).collect();
    tasks.push(json!({ "type": "concat", "inputs": clips }));
    tasks.push(canvas());
    let (output, report) = rendered("clap-fifty", &valid(&tasks, None, &[("clap", file)]));
    assert_eq!(report.measured.frames, (50.0 * 0.787 * 30.0_f64).round() as u64);
    worst("fifty cuts", &output, 50);
}

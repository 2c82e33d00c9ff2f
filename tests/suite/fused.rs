//! All tasks at once show and sound like one task after another: random lists, against plain commands of ffmpeg with
//! lossless files in between.
//!
//! `CALLSHEET_FUSED_CASES` says how many lists; texts alone are drawn by callsheet in both, each over a file of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use callsheet::diagnostic::{Colour, Source, pretty};
use callsheet::ffmpeg::Cancel;
use callsheet::media::probe_all;
use callsheet::render::{Depth, Encoder, Options, Subtitles, Way, render};
use callsheet::tasks;
use callsheet::text::FontSet;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::media::{self, LOGO};

const WIDTH: usize = 120;
const HEIGHT: usize = 214;
const RATE: u64 = 30;
/// Samples in a frame.
const GRAIN: u64 = 48_000 / RATE;

/// Four seconds of a moving picture with a tone.
fn source(name: &str) -> PathBuf {
    static MAKING: Mutex<()> = Mutex::new(());
    // Each has a tone of its own, so that no two sounds of one tone meet, whose phases would be all that is compared.
    let (picture, tone) = match name {
        "a" => ("testsrc2=s=120x214", 440),
        "b" => ("gradients=s=160x200:seed=7:speed=0.1", 880),
        "cover" => ("testsrc2=s=120x214", 1200),
        "shade" => ("gradients=s=160x200:seed=9:speed=0.1", 1600),
        _ => ("color=black:s=16x16", 300),
    };
    let _guard = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let recipe = format!(
        "-f lavfi -i {picture}:r=30:d=4 -f lavfi -i sine={tone}:d=4:r=48000 -pix_fmt yuv420p -c:v libx264 -qp 0 \
         -preset ultrafast -g 37 -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv \
         -af pan=stereo|c0=c0|c1=c0 -c:a pcm_s16le"
    );
    let path = media::place(&format!("fused-{name}.mov"), &recipe);
    if !path.exists() {
        let part = path.with_file_name(format!("part-fused-{name}.mov"));
        ffmpeg(&format!("{recipe} {}", part.display()));
        std::fs::rename(part, &path).unwrap();
    }
    path
}

fn ffmpeg(words: &str) {
    let mut command = Command::new("ffmpeg");
    let output = command.args(["-v", "error", "-nostdin", "-y"]).args(words.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Seconds of so many frames.
fn at(frames: u64) -> f64 {
    frames as f64 / RATE as f64
}

fn paths(so_far: Option<&Path>) -> BTreeMap<String, PathBuf> {
    let mut paths: BTreeMap<String, PathBuf> =
        ["a", "b", "cover", "shade", "music"].into_iter().map(|name| (name.to_owned(), source(name))).collect();
    paths.insert("logo".into(), LOGO.path());
    paths.extend(so_far.map(|path| ("so-far".to_owned(), path.to_owned())));
    paths
}

/// Renders by callsheet.
fn rendered(tasks: &[Value], so_far: Option<&Path>, output: &Path) {
    let paths = paths(so_far);
    let style = json!({ "font": "Noto Sans", "size": 200, "bold": true, "color": "#ffffff", "outline": 0, "outline_color": "#000000",
        "shadow": 0, "shadow_color": "#000000", "padding": 0 });
    let assets: BTreeMap<&String, String> = paths.iter().map(|(id, path)| (id, path.display().to_string())).collect();
    let main = so_far.map(|_| "so-far");
    let plan = json!({ "tasks": tasks, "assets": assets, "main_asset_id": main, "styles": { "white": style } });
    let source = Source::new("plan.json", plan.to_string());
    let shown = |found| pretty(&found, Colour::Never);
    let plan = tasks::read(&source).unwrap_or_else(|found| panic!("{}", shown(found)));
    let (media, errors) = probe_all(&paths, &Cancel::new());
    assert!(errors.is_empty(), "{errors:?}");
    let (plan, _) = tasks::validate(plan, media, false).unwrap_or_else(|found| panic!("{}", shown(found)));
    let options = Options {
        output,
        overwrite: true,
        encoder: &Encoder::h264("ultrafast", 1),
        fonts: &FontSet::shipped(),
        subtitles: Subtitles::Burned,
        way: Way::Spans(None),
        depth: Depth::None,
        report: false,
        cancel: &Cancel::new(),
    };
    render(&plan, &options, &mut |_| {}).unwrap_or_else(|error| panic!("{error}"));
}

/// Frames and samples from their numbers, as every step begins: no container's clock counts.
const PICTURE: &str = "settb=1/30,setpts=N";
const SOUND: &str = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo,asetpts=N";
const FIT: &str = "scale=120:214:force_original_aspect_ratio=increase:flags=bicubic,crop=120:214,setsar=1";

/// One task after another.
fn run_tasks(tasks: &[Value], folder: &Path) -> PathBuf {
    let mut files: BTreeMap<String, PathBuf> = paths(None);
    let mut so_far = PathBuf::new();
    for (number, task) in tasks.iter().enumerate() {
        let output = folder.join(format!("step{number}.mkv"));
        let inputs: Vec<PathBuf> = match task["inputs"].as_array() {
            Some(ids) => ids.iter().map(|id| files[id.as_str().unwrap()].clone()).collect(),
            None => vec![so_far.clone()],
        };
        run_task(task, &inputs, &files, &output);
        match task["output_id"].as_str() {
            Some(id) => drop(files.insert(id.to_owned(), output)),
            None => so_far = output,
        }
    }
    so_far
}

fn run_task(task: &Value, inputs: &[PathBuf], files: &BTreeMap<String, PathBuf>, output: &Path) {
    let params = &task["params"];
    let number = |name: &str| params[name].as_f64().unwrap_or(0.0);
    let frames = |name: &str| (number(name) * RATE as f64).round() as u64;
    let file = |name: &str| files[params[name].as_str().unwrap()].clone();
    let (start, end) = (frames("start_time"), frames("end_time"));
    let over = format!("enable='between(n,{start},{})'", end.max(1) - 1);
    let mut inputs = inputs.to_vec();
    let begin = format!("[0:v]{PICTURE}[v0];[0:a]{SOUND}[a0]");
    let graph = match task["type"].as_str().unwrap() {
        "trim" => format!(
            "{begin};[v0]trim=start_frame={start}:end_frame={end},setpts=PTS-STARTPTS[v];\
             [a0]atrim=start_sample={}:end_sample={},asetpts=PTS-STARTPTS[a]",
            start * GRAIN,
            end * GRAIN
        ),
        "speed" => {
            let factor = number("factor");
            // A clock that has a place for half a frame.
            format!("{begin};[v0]settb=1/3000,setpts=N*100/{factor},fps=30[v];[a0]atempo={factor}[a]")
        }
        "concat" => {
            let ends: String = (0..inputs.len())
                .map(|n| format!("[{n}:v]{PICTURE},{FIT}[v{n}];[{n}:a]{SOUND}[a{n}];"))
                .collect::<Vec<_>>()
                .concat();
            let labels: String = (0..inputs.len()).map(|n| format!("[v{n}][a{n}]")).collect::<Vec<_>>().concat();
            format!("{ends}{labels}concat=n={}:v=1:a=1[v][a]", inputs.len())
        }
        "transition" => {
            let length = number("duration");
            let offset = media::frames(&inputs[0], 1, 1).len() as f64 / RATE as f64 - length;
            format!(
                "{begin};[1:v]{PICTURE},{FIT}[v1];[1:a]{SOUND}[a1];[v0]{FIT}[vf];\
                 [vf][v1]xfade=transition=fade:duration={length}:offset={offset}[v];\
                 [a0][a1]acrossfade=d={length}:c1=tri:c2=tri[a]"
            )
        }
        "fit_canvas" => format!("{begin};[v0]{FIT}[v];[a0]anull[a]"),
        "overlay_video" => {
            inputs.push(file("stock_id"));
            let (from, volume) = (frames("source_start"), number("volume"));
            let until = from + end - start;
            format!(
                "{begin};[1:v]{PICTURE},trim=start_frame={from}:end_frame={until},setpts=PTS-STARTPTS+{start},{FIT}[o];\
                 [v0][o]overlay=eof_action=pass[v];\
                 [1:a]{SOUND},atrim=start_sample={}:end_sample={},asetpts=PTS-STARTPTS,volume={volume},adelay={}S:all=1[o1];\
                 [a0][o1]amix=inputs=2:normalize=0:duration=first[a]",
                from * GRAIN,
                until * GRAIN,
                start * GRAIN
            )
        }
        "overlay_image" => {
            inputs.push(file("image_id"));
            let width = (number("width") * WIDTH as f64 / 2.0).round() * 2.0;
            let height = (width / 2.0 / 2.0).round() * 2.0;
            let position = params["position"].as_str().unwrap();
            let x = if position.ends_with("left") { 0.0 } else { WIDTH as f64 - width };
            let y = if position.starts_with("top") { 0.0 } else { HEIGHT as f64 - height };
            format!(
                "{begin};[1:v]scale={width}:{height}:flags=bicubic:out_color_matrix=bt709,format=yuva420p[o];\
                 [v0][o]overlay=x={x}:y={y}:format=yuv420:eof_action=repeat:{over}[v];[a0]anull[a]"
            )
        }
        "mix_audio" => {
            inputs.push(file("audio_id"));
            format!(
                "{begin};[v0]null[v];[1:a]{SOUND},atrim=end_sample={},volume={},adelay={}S:all=1[o];\
                 [a0][o]amix=inputs=2:normalize=0:duration=first[a]",
                (end - start) * GRAIN,
                number("volume"),
                start * GRAIN
            )
        }
        "fade" => {
            let total = media::frames(&inputs[0], 1, 1).len() as u64;
            let (rise, fall) = (number("fade_in"), number("fade_out"));
            let falls = at(total) - fall;
            format!(
                "{begin};[v0]fade=t=in:d={rise},fade=t=out:st={falls}:d={fall}[v];\
                 [a0]afade=t=in:d={rise},afade=t=out:st={falls}:d={fall}[a]"
            )
        }
        "add_text_overlay" | "add_subtitles" => {
            let drawn = output.with_extension("mp4");
            rendered(&[canvas(), task.clone()], inputs.first().map(PathBuf::as_path), &drawn);
            // Its sound went through an encoder, which no text asks for.
            inputs.push(drawn);
            format!("[1:v]{PICTURE}[v];[0:a]{SOUND}[a]")
        }
        other => panic!("no plain command for `{other}`"),
    };
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]);
    for input in &inputs {
        command.arg("-i").arg(input);
    }
    command.args(["-filter_complex", &graph, "-map", "[v]", "-map", "[a]", "-c:v", "ffv1", "-c:a", "pcm_f32le"]);
    command.args(["-pix_fmt", "yuv420p", "-r", "30", "-color_primaries", "bt709", "-color_trc", "bt709"]);
    command.args(["-colorspace", "bt709", "-color_range", "tv"]).arg(output);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{task}: {graph}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The safe area is no property of a file: where texts are drawn it must be said again.
fn canvas() -> Value {
    json!({ "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 120, "frame_rate": 30, "safe_area": "none" } })
}

/// A random list whose times lie on frames.
fn list() -> impl Strategy<Value = Vec<Value>> {
    let clip = (any::<bool>(), 0_u64..40, 24_u64..60, prop_oneof![Just(1.0), Just(0.5), Just(2.0)]);
    let drawing = (0_u8..5, 0_u64..20, 5_u64..25, 0_u64..30);
    let clips = proptest::collection::vec(clip, 1..4);
    (clips, any::<bool>(), proptest::collection::vec(drawing, 0..4), any::<bool>(), any::<bool>())
        .prop_map(|(clips, joint, drawings, music, fades)| lay_out(&clips, joint, &drawings, music, fades))
}

fn lay_out(
    clips: &[(bool, u64, u64, f64)],
    joint: bool,
    drawings: &[(u8, u64, u64, u64)],
    music: bool,
    fades: bool,
) -> Vec<Value> {
    let mut tasks = Vec::new();
    let mut ids = Vec::new();
    let mut total = 0;
    for (number, (is_a, start, length, speed)) in clips.iter().enumerate() {
        let length = length / 2 * 2;
        let (cut, id) = (format!("cut{number}"), format!("clip{number}"));
        let source = if *is_a { "a" } else { "b" };
        tasks.push(json!({ "type": "trim", "inputs": [source], "output_id": cut, "params": { "start_time": at(*start), "end_time": at(start + length) } }));
        if *speed == 1.0 {
            ids.push(cut);
        } else {
            tasks.push(json!({ "type": "speed", "inputs": [cut], "output_id": id, "params": { "factor": speed } }));
            ids.push(id);
        }
        total += (length as f64 / speed) as u64;
    }
    if ids.len() == 2 && joint {
        total -= 9;
        tasks.push(json!({ "type": "transition", "inputs": ids, "params": { "kind": "fade", "duration": at(9) } }));
    } else {
        tasks.push(json!({ "type": "concat", "inputs": ids }));
    }
    tasks.push(canvas());
    let mut texts: Vec<Value> = Vec::new();
    for (kind, start, length, from) in drawings {
        let (start, end) = (*start.min(&(total - 2)), (start + length).min(total));
        if start + 2 > end {
            continue;
        }
        let times = |mut params: Value| {
            params["start_time"] = at(start).into();
            params["end_time"] = at(end).into();
            params
        };
        match kind {
            0 | 1 => tasks.push(json!({ "type": "overlay_video", "params": times(json!({ "stock_id": if *kind == 0 { "cover" } else { "shade" },
                "source_start": at(*from), "volume": if from % 2 == 0 { 0.0 } else { 0.5 } })) })),
            2 => tasks.push(json!({ "type": "overlay_image", "params": times(json!({ "image_id": "logo", "width": 0.5,
                "position": if from % 2 == 0 { "top_right" } else { "bottom_left" } })) })),
            3 => texts.push(json!({ "type": "add_text_overlay", "params": times(json!({ "text": "Ж", "style": "white" })) })),
            _ => texts.push(json!({ "type": "add_subtitles", "params": { "style": "white", "segments": [{ "start": at(start), "end": at(end), "text": "Ю" }] } })),
        }
    }
    // One text of each kind: more would move out of each other's way, and none knows of the others in a file of its own.
    for kind in ["add_text_overlay", "add_subtitles"] {
        tasks.extend(texts.iter().find(|task| task["type"] == kind).cloned());
    }
    if music {
        tasks.push(json!({ "type": "mix_audio", "params": { "audio_id": "music", "start_time": at(3), "end_time": at(total - 2), "volume": 0.6 } }));
    }
    if fades {
        tasks.push(json!({ "type": "fade", "params": { "fade_in": at(8), "fade_out": at(10) } }));
    }
    tasks
}

/// Every frame's brightness.
fn greys(video: &Path) -> Vec<Vec<u8>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(video)
        .args(["-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"])
        .output()
        .unwrap();
    output.stdout.chunks_exact(WIDTH * HEIGHT).map(<[u8]>::to_vec).collect()
}

/// The mean structural similarity of two frames over blocks of 8 by 8 (Wang et al. 2004).
fn similarity(one: &[u8], other: &[u8]) -> f64 {
    let (mut sum, mut blocks) = (0.0, 0.0);
    for top in (0..HEIGHT - 7).step_by(4) {
        for left in (0..WIDTH - 7).step_by(4) {
            let pixels = |frame: &[u8]| -> Vec<f64> {
                (0..64).map(|n| f64::from(frame[(top + n / 8) * WIDTH + left + n % 8])).collect()
            };
            let (a, b) = (pixels(one), pixels(other));
            let mean = |values: &[f64]| values.iter().sum::<f64>() / 64.0;
            let (ma, mb) = (mean(&a), mean(&b));
            let spread = |x: &[f64], mx: f64, y: &[f64], my: f64| {
                x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / 63.0
            };
            let (va, vb, both) = (spread(&a, ma, &a, ma), spread(&b, mb, &b, mb), spread(&a, ma, &b, mb));
            let (c1, c2) = (6.5025, 58.5225);
            sum += (2.0 * ma * mb + c1) * (2.0 * both + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
            blocks += 1.0;
        }
    }
    sum / blocks
}

/// Holds what callsheet makes of `tasks` against one task after another.
fn compare(tasks: &[Value]) {
    let folder = tempfile::tempdir().unwrap();
    let fused = folder.path().join("fused.mp4");
    rendered(tasks, None, &fused);
    let plain = run_tasks(tasks, folder.path());
    let (one, other) = (greys(&fused), greys(&plain));
    assert_eq!(one.len(), other.len(), "frames of {tasks:#?}");
    for number in (0..one.len()).step_by(3) {
        let found = similarity(&one[number], &other[number]);
        if found < 0.98 {
            // For whoever looks: the two frames as they are.
            std::fs::write(media::folder().join("fused-found.gray"), &one[number]).unwrap();
            std::fs::write(media::folder().join("fused-due.gray"), &other[number]).unwrap();
        }
        assert!(found >= 0.98, "frame {number} of {} is {found:.4} like it is to be: {tasks:#?}", one.len());
    }
    let (one, other) = (media::samples(&fused), media::samples(&plain));
    // How loud each tone is for a fifth of a second, in parts so short that a cut spoils but one of them.
    let loudness = |sound: &[f32], tone: f64, from: f64| {
        let parts = (0..8).map(|part| from + f64::from(part) * 0.025);
        parts.map(|from| media::tone(sound, tone, from, from + 0.025)).sum::<f64>() / 8.0
    };
    // What is slowed down is not slowed by the plain command's means, and a pure tone's level tells the two apart.
    let is_slowed = tasks.iter().any(|task| task["params"]["factor"].as_f64().is_some_and(|factor| factor < 1.0));
    let tolerance = if is_slowed { 0.035 } else { 0.02 };
    for from in (0..one.len().min(other.len()).saturating_sub(9600)).step_by(4800) {
        let from = from as f64 / 48_000.0;
        for tone in [300.0, 440.0, 880.0, 1200.0, 1600.0] {
            let (found, due) = (loudness(&one, tone, from), loudness(&other, tone, from));
            assert!((found - due).abs() < tolerance, "{tone} Hz from {from} s: {found:.3}, not {due:.3}: {tasks:#?}");
        }
    }
}

#[test]
fn random_lists_at_once_are_like_one_task_after_another() {
    let cases = std::env::var("CALLSHEET_FUSED_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(6);
    // Shrinking renders dozens of times; the list that failed is told whole, and the seed is always the same.
    let config = Config { cases, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
    .run(&list(), |tasks| {
        compare(&tasks);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_list_of_every_task_at_once_is_like_one_after_another() {
    let clips = [(true, 7, 50, 1.0), (false, 11, 40, 2.0)];
    let drawings = [(1, 4, 20, 9), (2, 2, 40, 1), (3, 3, 20, 0), (4, 10, 25, 0), (0, 30, 12, 16)];
    compare(&lay_out(&clips, true, &drawings, true, true));
    compare(&lay_out(&[(true, 1, 30, 0.5), (true, 31, 30, 1.0), (false, 0, 24, 1.0)], false, &drawings, false, true));
}

//! Pictures on the canvas, measured by their pixels at known places: fits, colours, motion, time.

#[path = "picture/clips.rs"]
mod clips;
#[path = "picture/colours.rs"]
mod colours;
#[path = "picture/fits.rs"]
mod fits;
#[path = "picture/moving.rs"]
mod moving;
#[path = "picture/time.rs"]
mod time;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use callsheet::diagnostic::{Colour, Diagnostics, Source, pretty};
use callsheet::ffmpeg::Cancel;
use callsheet::media::probe_all;
use callsheet::render::{Depth, Encoder, Options, Preview, Subtitles, Way, preview, render};
use callsheet::tasks::{self, ValidPlan};
use callsheet::text::FontSet;
use serde_json::{Value, json};

use crate::media::{self, Clip};

const WIDTH: usize = 120;
const HEIGHT: usize = 214;

/// A frame in the canvas' own size.
struct Frame(Vec<[u8; 3]>);

impl Frame {
    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.0[y * WIDTH + x]
    }

    fn middle(&self) -> [u8; 3] {
        self.at(WIDTH / 2, HEIGHT / 2)
    }
}

#[track_caller]
fn assert_near(found: [u8; 3], wanted: [u8; 3], tolerance: u8, what: &str) {
    let near = found.iter().zip(wanted).all(|(found, wanted)| found.abs_diff(wanted) <= tolerance);
    assert!(near, "{what}: {found:?}, not {wanted:?}");
}

/// A canvas of 120 by 214 at 30 frames a second, with more of its parameters.
fn canvas(more: &Value) -> Value {
    let mut params = json!({ "aspect_ratio": "9:16", "resolution": 120, "frame_rate": 30, "safe_area": "none" });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "type": "fit_canvas", "params": params })
}

/// A part of a clip as the picture.
fn part(clip: &Clip, seconds: f64, more: &Value) -> Value {
    let mut params = json!({ "start_time": 0, "end_time": seconds });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "type": "trim", "inputs": [clip.id()], "params": params })
}

/// The plan, held against its media, or what is wrong with it.
fn judged(tasks: &[Value], clips: &[&Clip]) -> Result<(ValidPlan, Diagnostics), Diagnostics> {
    let paths: BTreeMap<String, PathBuf> = clips.iter().map(|clip| (clip.id().to_owned(), clip.path())).collect();
    let assets: BTreeMap<&String, String> = paths.iter().map(|(id, path)| (id, path.display().to_string())).collect();
    let source = Source::new("plan.json", json!({ "tasks": tasks, "assets": assets }).to_string());
    let plan = tasks::read(&source).unwrap_or_else(|found| panic!("{}", pretty(&found, Colour::Never)));
    let (media, errors) = probe_all(&paths, &Cancel::new());
    assert!(errors.is_empty(), "{errors:?}");
    tasks::validate(plan, media, false)
}

fn valid(tasks: &[Value], clips: &[&Clip]) -> ValidPlan {
    match judged(tasks, clips) {
        Ok((plan, _)) => plan,
        Err(found) => panic!("{}", pretty(&found, Colour::Never)),
    }
}

fn rendered(name: &str, plan: &ValidPlan, way: Way<'_>) -> PathBuf {
    let output = media::folder().join(format!("out-picture-{name}.mp4"));
    let options = Options {
        output: &output,
        overwrite: true,
        encoder: &Encoder::h264("ultrafast", 1),
        fonts: &FontSet::shipped(),
        subtitles: Subtitles::Burned,
        way,
        depth: Depth::Quick,
        report: false,
        cancel: &Cancel::new(),
    };
    render(plan, &options, &mut |_| {}).unwrap_or_else(|error| panic!("{name}: {error}"));
    output
}

/// The frames of a video or picture of the canvas' size, with colours to the last bit.
fn seen(video: &Path) -> Vec<Frame> {
    let exact = "scale=in_color_matrix=bt709:in_range=auto:flags=neighbor+accurate_rnd+full_chroma_int,format=rgb24";
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(video)
        .args(["-vf", exact, "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pixels = |frame: &[u8]| frame.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    output.stdout.chunks_exact(WIDTH * HEIGHT * 3).map(|frame| Frame(pixels(frame))).collect()
}

/// All frames of what the tasks make.
fn shown(name: &str, tasks: &[Value], clips: &[&Clip]) -> Vec<Frame> {
    seen(&rendered(name, &valid(tasks, clips), Way::Whole))
}

/// The same; a few frames are also drawn each by itself, and must look as they do in the whole.
fn shown_in_slices(name: &str, tasks: &[Value], clips: &[&Clip], numbers: &[usize]) -> Vec<Frame> {
    let plan = valid(tasks, clips);
    let whole = seen(&rendered(name, &plan, Way::Whole));
    for number in numbers {
        let output = media::folder().join(format!("slice-{name}-{number}.png"));
        let wanted = Preview {
            frames: &[*number as u64],
            width: None,
            output: &output,
            fonts: &FontSet::shipped(),
            cancel: &Cancel::new(),
        };
        preview(&plan, &wanted).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (one, other) = (&seen(&output)[0].0, &whole[*number].0);
        let differences = one.iter().flatten().zip(other.iter().flatten()).map(|(one, other)| one.abs_diff(*other));
        let (most, sum) = differences.fold((0, 0), |(most, sum), one| (one.max(most), sum + u64::from(one)));
        let mean = sum as f64 / (3 * one.len()) as f64;
        assert!(mean < 2.0 && most < 48, "{name}: frame {number} differs by {mean} on average, by {most} at most");
    }
    whole
}

//! The sound of real renders, measured on decoded samples.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use callsheet::diagnostic::{Colour, Source, pretty};
use callsheet::ffmpeg::Cancel;
use callsheet::media::{MediaTable, probe_all};
use callsheet::render::{Depth, Encoder, Options, Report, Subtitles, Way, render};
use callsheet::tasks::{self, ValidPlan};
use callsheet::text::FontSet;
use serde_json::{Value, json};

use crate::media::{folder, place, samples};

#[path = "sound/clap.rs"]
mod clap;
#[path = "sound/cost.rs"]
mod cost;
#[path = "sound/duck.rs"]
mod duck;
#[path = "sound/formats.rs"]
mod formats;
#[path = "sound/loudness.rs"]
mod loudness;
#[path = "sound/seams.rs"]
mod seams;
#[path = "sound/stems.rs"]
mod stems;

/// A medium of these tests, made by ffmpeg if it is not there yet. Each has its own name, so two tests may make it at once.
fn made(name: &str, arguments: &str) -> PathBuf {
    let path = place(&format!("sound-{name}"), arguments);
    if !path.exists() {
        let thread = format!("{:?}", std::thread::current().id()).replace(['(', ')'], "");
        let part = path.with_file_name(format!("part-{thread}-{name}"));
        let words = arguments.split_whitespace();
        let made =
            Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(words).arg(&part).output().unwrap();
        assert!(made.status.success(), "{name}: {}", String::from_utf8_lossy(&made.stderr));
        std::fs::rename(part, &path).unwrap();
    }
    path
}

/// Twelve seconds of grey without sound, small and cheap.
fn picture() -> PathBuf {
    made("picture.mp4", "-f lavfi -i color=gray:s=64x64:r=30:d=12 -c:v libx264 -preset ultrafast -crf 30")
}

fn plan(tasks: &[Value], main: Option<&str>, assets: &[(&str, PathBuf)]) -> (Arc<Source>, tasks::Plan) {
    let paths: BTreeMap<&str, String> = assets.iter().map(|(id, path)| (*id, path.display().to_string())).collect();
    let plan = json!({ "tasks": tasks, "assets": paths, "main_asset_id": main, "styles": {} });
    let source = Source::new("plan.json", serde_json::to_string_pretty(&plan).unwrap());
    let plan = tasks::read(&source).unwrap_or_else(|found| panic!("{}", pretty(&found, Colour::Never)));
    (source, plan)
}

fn held(source: &Arc<Source>, plan: tasks::Plan, media: MediaTable) -> ValidPlan {
    match tasks::validate(plan, media, false) {
        Ok((plan, _)) => plan,
        Err(found) => panic!("{}", pretty(&found.located_in(source), Colour::Never)),
    }
}

fn valid(tasks: &[Value], main: Option<&str>, assets: &[(&str, PathBuf)]) -> ValidPlan {
    let (source, plan) = plan(tasks, main, assets);
    let paths = assets.iter().map(|(id, path)| ((*id).to_owned(), path.clone())).collect();
    let (media, errors) = probe_all(&paths, &Cancel::new());
    assert!(errors.is_empty(), "{errors:?}");
    held(&source, plan, media)
}

fn try_render(output: &Path, plan: &ValidPlan, way: Way<'_>) -> callsheet::error::Result<Report> {
    let options = Options {
        output,
        overwrite: true,
        encoder: &Encoder::h264("ultrafast", 20),
        fonts: &FontSet::shipped(),
        subtitles: Subtitles::Burned,
        way,
        depth: Depth::Quick,
        report: false,
        cancel: &Cancel::new(),
    };
    render(plan, &options, &mut |_| {})
}

fn rendered(name: &str, plan: &ValidPlan) -> (PathBuf, Report) {
    let output = folder().join(format!("out-sound-{name}.mp4"));
    let report = try_render(&output, plan, Way::Spans(None)).unwrap_or_else(|error| panic!("{name}: {error}"));
    (output, report)
}

/// The samples of what `tasks` over the silent picture sound like.
fn heard(name: &str, tasks: &[Value], assets: &[(&str, PathBuf)]) -> Vec<f32> {
    let mut assets = assets.to_vec();
    assets.push(("picture", picture()));
    samples(&rendered(name, &valid(tasks, Some("picture"), &assets)).0)
}

fn second(samples: &[f32], from: f64, to: f64) -> &[f32] {
    &samples[(from * 48_000.0).round() as usize..((to * 48_000.0).round() as usize).min(samples.len())]
}

/// The loudest sample.
fn peak(samples: &[f32]) -> f64 {
    samples.iter().fold(0.0, |peak, sample| f64::from(sample.abs()).max(peak))
}

/// The largest step from one sample to the next.
fn step(samples: &[f32]) -> f64 {
    samples.windows(2).fold(0.0, |step, pair| f64::from((pair[1] - pair[0]).abs()).max(step))
}

/// The largest step of a sine of `amplitude` at `frequency`.
fn own_step(amplitude: f64, frequency: f64) -> f64 {
    amplitude * 2.0 * (std::f64::consts::PI * frequency / 48_000.0).sin()
}

fn decibels(one: f64, other: f64) -> f64 {
    20.0 * (one / other).log10()
}

/// When sounds louder than `level` begin: after each silence of 0.1 s at least.
fn onsets(samples: &[f32], level: f32) -> Vec<f64> {
    let mut onsets = Vec::new();
    let mut last: Option<usize> = None;
    for (number, _) in samples.iter().enumerate().filter(|(_, sample)| sample.abs() > level) {
        if last.is_none_or(|last| number - last > 4800) {
            onsets.push(number as f64 / 48_000.0);
        }
        last = Some(number);
    }
    onsets
}

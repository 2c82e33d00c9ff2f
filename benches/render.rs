//! What a render costs against decode-and-encode alone and against one task after another: ratios from one run.
//!
//! `benches/render.sh` makes the media and runs this.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench stops where it cannot go on"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use callsheet::decide::Decision;
use callsheet::diagnostic::Source;
use callsheet::ffmpeg::Cancel;
use callsheet::media::probe_all;
use callsheet::render::{Depth, Encoder, Options, Subtitles, Way, render};
use callsheet::tasks::{Plan, validate};
use callsheet::text::FontSet;
use callsheet::{compile, rules, scenario};

const RUNS: usize = 3;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/demo");
    let plan = compiled(&root);
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name);
    let main = root.join(&plan.assets[plan.main_asset_id.as_ref().unwrap()]);

    println!("{} tasks; medians of {RUNS} runs, in turn; seconds of wall and of processor time", plan.tasks.len());
    let (mut ours, mut bare, mut same) = (Costs::default(), Costs::default(), Costs::default());
    for _ in 0..RUNS {
        bare.push(cost(|| decode_and_encode(&main, &out("bare.mp4"))));
        ours.push(cost(|| whole(plan.clone(), &root, &out("ours.mp4"))));
        // The main video is easier to encode than what is made of it: the fair comparison has the same pictures.
        same.push(cost(|| decode_and_encode(&out("ours.mp4"), &out("same.mp4"))));
    }
    let (ours, bare, same) = (ours.median(), bare.median(), same.median());
    let ratio = |other: (f64, f64)| format!("{:.3} by wall, {:.3} by processor", ours.0 / other.0, ours.1 / other.1);
    println!("callsheet, whole plan                      {:7.2} {:7.2}", ours.0, ours.1);
    println!("decode and encode alone, main video        {:7.2} {:7.2}   callsheet is {}", bare.0, bare.1, ratio(bare));
    println!("decode and encode alone, the same pictures {:7.2} {:7.2}   callsheet is {}", same.0, same.1, ratio(same));
    if std::env::args().any(|argument| argument == "--quick") {
        return;
    }
    let steps = cost(|| one_after_another(&plan, &root, folder.path()));
    println!(
        "one task after another                     {:7.2} {:7.2}   {:.2} times callsheet by wall, {:.2} by processor",
        steps.0,
        steps.1,
        steps.0 / ours.0,
        steps.1 / ours.1
    );
}

fn compiled(root: &Path) -> Plan {
    let text = std::fs::read_to_string(root.join("scenario.json")).unwrap();
    let document = scenario::read(&Source::new("scenario.json", text)).unwrap();
    let (scenario, _) = scenario::normalise(document).unwrap();
    let ready = scenario::ready(scenario).unwrap();
    let (program, _) = rules::load(&rules::default_source(), &rules::from_disk).unwrap();
    compile::compile(&ready, &Decision::everything(), &program).unwrap().0
}

fn whole(plan: Plan, root: &Path, output: &Path) {
    let paths: BTreeMap<String, PathBuf> = plan.assets.iter().map(|(id, path)| (id.clone(), root.join(path))).collect();
    let cancel = Cancel::new();
    let (media, errors) = probe_all(&paths, &cancel);
    assert!(errors.is_empty(), "{errors:?}");
    let (plan, _) = validate(plan, media, false).unwrap();
    let encoder = Encoder::default();
    let fonts = FontSet::shipped();
    let subtitles = Subtitles::Burned;
    let options = Options {
        output,
        overwrite: true,
        encoder: &encoder,
        fonts: &fonts,
        subtitles,
        way: Way::Spans(None),
        depth: Depth::Quick,
        report: false,
        cancel: &cancel,
    };
    render(&plan, &options, &mut |_| {}).unwrap();
}

/// Each task alone over the result of the one before.
fn one_after_another(plan: &Plan, root: &Path, folder: &Path) {
    let mut so_far = plan.main_asset_id.as_ref().map(|main| root.join(&plan.assets[main])).unwrap();
    for (number, task) in plan.tasks.iter().enumerate() {
        let mut assets: BTreeMap<String, String> =
            plan.assets.iter().map(|(id, path)| (id.clone(), root.join(path).display().to_string())).collect();
        assets.insert("so-far".into(), so_far.display().to_string());
        let step = Plan {
            tasks: vec![task.clone()],
            styles: plan.styles.clone(),
            assets,
            main_asset_id: Some("so-far".into()),
            notes: Vec::new(),
        };
        let output = folder.join(format!("step{number}.mp4"));
        whole(step, root, &output);
        so_far = output;
    }
}

fn decode_and_encode(input: &Path, output: &Path) {
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(input)
        .args(["-t", "48", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"])
        .args(["-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart"])
        .arg(output)
        .status()
        .unwrap();
    assert!(status.success());
}

/// Wall and processor seconds of some runs.
#[derive(Default)]
struct Costs(Vec<(f64, f64)>);

impl Costs {
    fn push(&mut self, cost: (f64, f64)) {
        self.0.push(cost);
    }

    fn median(&self) -> (f64, f64) {
        let middle = |of: fn(&(f64, f64)) -> f64| {
            let mut seconds: Vec<f64> = self.0.iter().map(of).collect();
            seconds.sort_by(f64::total_cmp);
            seconds[seconds.len() / 2]
        };
        (middle(|cost| cost.0), middle(|cost| cost.1))
    }
}

fn cost(work: impl FnOnce()) -> (f64, f64) {
    let (start, before) = (Instant::now(), children_seconds());
    work();
    (start.elapsed().as_secs_f64(), children_seconds() - before)
}

/// Processor time of the programs that have run so far: what a noisy machine leaves comparable. Linux counts it in
/// hundredths of a second; elsewhere it is 0.
fn children_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |field: usize| fields.get(field).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    // cutime and cstime, fields 16 and 17 of proc(5), counted after the name.
    (ticks(13) + ticks(14)) / 100.0
}

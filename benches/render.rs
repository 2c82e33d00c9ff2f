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
use callsheet::render::{Encoder, Options, render};
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

    println!("{} tasks; each figure is the median of {RUNS} runs, in turn", plan.tasks.len());
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        bare.push(timed(|| decode_and_encode(&main, &out("bare.mp4"))));
        ours.push(timed(|| whole(plan.clone(), &root, &out("ours.mp4"))));
    }
    let (ours, bare) = (median(&mut ours), median(&mut bare));
    println!("decode and encode alone   {bare:7.2} s   1");
    println!("callsheet, whole plan     {ours:7.2} s   {:.3} of decode and encode", ours / bare);
    if std::env::args().any(|argument| argument == "--quick") {
        return;
    }
    let steps = timed(|| one_after_another(&plan, &root, folder.path()));
    println!("one task after another    {steps:7.2} s   {:.2} times the whole plan", steps / ours);
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
    let options = Options { output, overwrite: true, encoder: &encoder, fonts: &fonts, cancel: &cancel };
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

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

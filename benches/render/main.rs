//! What renders cost, as ratios from one run on this machine: the demo's timeline (48 s of 1080x1920, two cutaways, six
//! theses, forty cues), by callsheet, by one filter graph that was written by hand, by others' programs.
//!
//! `benches/render.sh` makes the media and runs this. All cases are whole processes; their runs take turns, so that what
//! else the machine does falls on all of them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench stops where it cannot go on, and counts little"
)]

mod cost;
mod timeline;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cost::{Cost, Costs, cost};
use timeline::Timeline;

/// How often each quick case runs; what takes minutes runs once.
const RUNS: usize = 3;

struct Bench {
    root: PathBuf,
    work: PathBuf,
    timeline: Timeline,
}

/// Its name, and one run of it.
type Case<'a> = (&'a str, &'a dyn Fn(&Bench));

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    let folder = tempfile::tempdir().unwrap();
    let timeline = Timeline::of(&root.join("examples/demo/scenario.json"));
    let bench = Bench { root, work: folder.path().to_owned(), timeline };
    bench.timeline.write(&bench.work);
    let quick = std::env::args().any(|argument| argument == "--quick");

    let cases: [Case; 8] = [
        ("one hand-written graph", &Bench::by_hand),
        ("decode and encode alone, the main video", &Bench::bare),
        ("callsheet, nothing kept", &Bench::cold),
        ("callsheet, one ffmpeg", &Bench::at_once),
        ("callsheet, one thesis changed", &Bench::one_changed),
        ("callsheet, 60 % untouched, --smart", &Bench::smart),
        ("the same without --smart", &Bench::not_smart),
        ("callsheet preview --at 33s", &Bench::preview),
    ];
    let mut costs: Vec<Costs> = cases.iter().map(|_| Costs::default()).collect();
    for _ in 0..RUNS {
        for ((_, run), costs) in cases.iter().zip(&mut costs) {
            costs.push(cost(|| run(&bench)));
        }
    }
    let hand = costs[0].median();
    println!("medians of {RUNS} runs in turn; seconds of wall and of processor time, the most memory at a time in MB");
    let header = ["", "wall", "min–max", "cpu", "memory", "to the hand-written graph"];
    println!("{:<42} {:>7} {:>15} {:>7} {:>7}   {}", header[0], header[1], header[2], header[3], header[4], header[5]);
    for ((name, _), costs) in cases.iter().zip(&costs) {
        line(name, costs, &hand);
    }
    let cold = costs[2].median();
    println!("one changed thesis is {:.1} % of a cold render", 100.0 * costs[4].median().wall / cold.wall);
    println!("smart is {:.3} of the same render without it", costs[5].median().wall / costs[6].median().wall);
    if quick {
        return;
    }
    for (name, peer) in [("melt", Bench::melt as fn(&Bench) -> bool), ("MoviePy", Bench::moviepy)] {
        let mut ran = false;
        let cost = cost(|| ran = peer(&bench));
        if ran {
            line(name, &Costs::of(cost), &hand);
        } else {
            println!("{name:<42} is not installed");
        }
    }
    line("one task after another, by callsheet", &Costs::of(cost(|| bench.one_after_another())), &hand);
}

fn line(name: &str, costs: &Costs, hand: &Cost) {
    let (median, (least, most)) = (costs.median(), costs.range());
    let range = format!("{least:.2}–{most:.2}");
    println!(
        "{name:<42} {:>7.2} {range:>15} {:>7.2} {:>7.0}   {:.3} by wall, {:.3} by processor",
        median.wall,
        median.processor,
        median.memory,
        median.wall / hand.wall,
        median.processor / hand.processor
    );
}

impl Bench {
    fn out(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    fn media(&self, name: &str) -> PathBuf {
        self.root.join("examples/media").join(name)
    }

    fn callsheet(&self, arguments: &[&str], cache: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command.args(arguments).env("CALLSHEET_CACHE", self.out(cache)).current_dir(&self.work);
        run(command.stdout(Stdio::null()).stderr(Stdio::null()));
    }

    fn render(&self, scenario: &str, more: &[&str], cache: &str) {
        let output = self.out("ours.mp4");
        let mut arguments = vec!["render", scenario, "--force", "-q", "-o", output.to_str().unwrap()];
        arguments.extend(more);
        self.callsheet(&arguments, cache);
    }

    fn cold(&self) {
        let _ = std::fs::remove_dir_all(self.out("cold"));
        self.render("scenario.json", &[], "cold");
    }

    fn at_once(&self) {
        self.render("scenario.json", &["--no-spans"], "none");
    }

    /// The spans of the last render are kept; each run has another text.
    fn one_changed(&self) {
        let number = self.timeline.change_thesis(&self.work);
        assert!(self.out("cold").exists(), "the cold render comes first");
        self.render(&format!("changed{number}.json"), &[], "cold");
    }

    fn smart(&self) {
        self.render("untouched.json", &["--no-cache", "--smart"], "none");
    }

    fn not_smart(&self) {
        self.render("untouched.json", &["--no-cache"], "none");
    }

    fn preview(&self) {
        let output = self.out("frame.png");
        self.callsheet(&["preview", "scenario.json", "--at", "33s", "--force", "-o", output.to_str().unwrap()], "none");
    }

    fn by_hand(&self) {
        let mut command = Command::new("sh");
        command.arg(self.root.join("benches/render/by_hand.sh")).arg(self.root.join("examples/media"));
        run(command.arg(self.root.join("fonts")).arg(&self.work).arg(self.out("hand.mp4")));
    }

    fn bare(&self) {
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-y", "-t", "48", "-i"]).arg(self.media("talk.mp4"));
        command.args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"]);
        run(command.args(["-c:a", "aac", "-b:a", "192k"]).arg(self.out("bare.mp4")));
    }

    fn moviepy(&self) -> bool {
        self.python("moviepy_peer.py", "import moviepy")
    }

    fn melt(&self) -> bool {
        has(Command::new("melt").arg("--version")) && self.python("melt_peer.py", "")
    }

    fn python(&self, script: &str, needs: &str) -> bool {
        if !has(Command::new("python3").args(["-c", needs])) {
            return false;
        }
        let mut command = Command::new("python3");
        command.arg(self.root.join("benches/render").join(script)).arg(self.root.join("examples/media"));
        run(command.arg(self.root.join("fonts")).arg(&self.work).arg(self.out("peer.mp4")).stdout(Stdio::null()));
        true
    }

    /// Each task alone over the result of the one before.
    fn one_after_another(&self) {
        let plan = Command::new(env!("CARGO_BIN_EXE_callsheet"))
            .args(["plan", "scenario.json", "--json", "--no-probe"])
            .current_dir(&self.work)
            .output()
            .unwrap();
        let plan: serde_json::Value = serde_json::from_slice(&plan.stdout).unwrap();
        let mut so_far = self.media("talk.mp4");
        for (number, task) in plan["tasks"].as_array().unwrap().iter().enumerate() {
            let mut step = plan.clone();
            let mut task = task.clone();
            task.as_object_mut().unwrap().remove("inputs");
            step["tasks"] = serde_json::json!([task]);
            step["assets"]["so-far"] = so_far.to_str().unwrap().into();
            step["main_asset_id"] = "so-far".into();
            std::fs::write(self.out("step.json"), step.to_string()).unwrap();
            so_far = self.out(&format!("step{number}.mp4"));
            self.callsheet(
                &["render", "--tasks", "step.json", "--no-spans", "-q", "-o", so_far.to_str().unwrap()],
                "none",
            );
        }
    }
}

fn has(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}");
}

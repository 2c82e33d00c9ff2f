//! Renders that are killed, and disks that are full: what was finished is kept, nothing half has the output's name.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::cli::Desk;
use crate::media::{BLUE, MAIN, RED};

/// Forty seconds in some twenty spans.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut tasks = Vec::new();
    let mut inputs = Vec::new();
    for number in 0..20 {
        let id = format!("piece{number}");
        let start = f64::from(number % 4) * 0.5;
        tasks.push(json!({ "type": "trim", "inputs": [if number % 5 == 4 { "red" } else { "main" }], "output_id": id,
            "params": { "start_time": start, "end_time": start + 2.0 } }));
        inputs.push(id);
    }
    tasks.push(json!({ "type": "concat", "inputs": inputs }));
    tasks.push(
        json!({ "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 120, "frame_rate": 30 } }),
    );
    tasks.push(json!({ "type": "overlay_video", "params": { "stock_id": "blue", "start_time": 9, "end_time": 12 } }));
    let plan = json!({ "tasks": tasks, "assets": desk.clips(&[&MAIN, &RED, &BLUE]) });
    desk.write("plan.json", plan.to_string());
    desk
}

const RENDER: &[&str] = &["render", "--tasks", "plan.json", "--preset", "ultrafast", "--no-report", "-q", "-o"];

/// The finished pieces in a store, each with what changes when it is written again.
fn finished(store: &Path) -> BTreeMap<String, (u64, SystemTime)> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(entries) = std::fs::read_dir(store) else { return BTreeMap::new() };
    let names = entries.filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    let keys = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
    keys.map(|key| {
        let file = std::fs::metadata(store.join(format!("{key}.mp4"))).unwrap();
        (key, (file.ino(), file.modified().unwrap()))
    })
    .collect()
}

/// Whether the joined video is being written beside the output.
fn is_joining(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.file_name().to_string_lossy().ends_with(".part"))
        .any(|part| part.metadata().is_ok_and(|file| file.len() > 0))
}

/// Kills `child` as soon as `when` says so; whether it came to that.
fn kill_when(child: &mut Child, when: impl Fn() -> bool) -> bool {
    while !when() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

/// Whether a process still works in a folder below `store`.
fn somebody_works_in(store: &Path) -> bool {
    let store = store.canonicalize().unwrap();
    let folders =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().path().join("cwd").read_link().ok());
    folders.into_iter().any(|folder| folder.starts_with(&store))
}

#[test]
fn a_render_that_is_killed_ten_times_makes_nothing_twice_and_the_bytes_of_one_that_was_not() {
    let desk = desk();
    let before = desk.names();
    let undisturbed = desk.run(&[RENDER, &["undisturbed.mp4", "--no-cache", "--json"]].concat());
    assert_eq!(undisturbed.code, 0, "{}", undisturbed.whole());
    let made: Value = serde_json::from_str(&undisturbed.stdout).unwrap();
    let pieces = made["made"]["spans"].as_u64().unwrap() as usize + 1;
    let store = desk.cache.path().join("spans");
    let mut kept = BTreeMap::new();
    let mut moments = Vec::new();
    for moment in 0..10 {
        // When the render has begun to work, then each time when a piece more is there, at last when all are joined.
        let enough = if moment == 0 { 0 } else { kept.len() + 1 };
        let has_begun = || std::fs::read_dir(&store).is_ok_and(|entries| entries.count() > finished(&store).len() * 2);
        let is_time = || {
            if moment == 9 {
                is_joining(&desk.path(""))
            } else if moment == 0 {
                has_begun()
            } else {
                finished(&store).len() >= enough
            }
        };
        // The joining takes a moment alone: it may be over before it is seen.
        let mut tries = 0;
        loop {
            let mut render = desk.command(&[RENDER, &["out.mp4", "--force"]].concat());
            let mut child = render.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            if kill_when(&mut child, is_time) {
                break;
            }
            tries += 1;
            assert!(tries < 20, "moment {moment} never came");
            std::fs::remove_file(desk.path("out.mp4")).unwrap();
        }
        while somebody_works_in(&store) {
            std::thread::yield_now();
        }
        assert!(!desk.path("out.mp4").exists(), "moment {moment}");
        let now = finished(&store);
        assert!(kept.iter().all(|(key, stamp)| now.get(key) == Some(stamp)), "moment {moment} made a piece again");
        kept = now;
        moments.push(kept.len());
    }
    let last = desk.run(&[RENDER, &["out.mp4", "--json"]].concat());
    assert_eq!(last.code, 0, "{}", last.whole());
    let made: Value = serde_json::from_str(&last.stdout).unwrap();
    let rendered = made["made"]["rendered"].as_u64().unwrap() as usize;
    let sound = usize::from(made["made"]["sound_rendered"].as_bool().unwrap());
    let now = finished(&store);
    assert_eq!(rendered + sound + kept.len(), now.len(), "{made} after {moments:?}");
    assert!(now.len() <= pieces && kept.iter().all(|(key, stamp)| now.get(key) == Some(stamp)), "{moments:?}");
    assert!(std::fs::read(desk.path("out.mp4")).unwrap() == std::fs::read(desk.path("undisturbed.mp4")).unwrap());
    let mut names = desk.names();
    names.retain(|name| !["out.mp4", "undisturbed.mp4"].contains(&name.as_str()));
    assert_eq!(names, before, "nothing is left beside the output");
}

/// Runs `render` with `folder` on a disk of `size`; what is on that disk afterwards stands behind its own words. `None`
/// where no such disk can be made.
fn on_a_small_disk(desk: &Desk, folder: &Path, size: &str, render: &Command) -> Option<(i32, String)> {
    std::fs::create_dir_all(folder).unwrap();
    let script = "mount -t tmpfs -o size=$SIZE none \"$DISK\" || exit 99; cp \"$DISK.in\"/* \"$DISK\"/ 2>/dev/null; \
                  cd \"$HERE\"; \"$@\"; code=$?; echo \"left: $(ls -A \"$DISK\")\" >&2; exit $code";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(render.get_program()).args(render.get_args()).current_dir(desk.path(""));
    command.envs(render.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("SIZE", size).env("DISK", folder).env("HERE", desk.path(""));
    let outcome = desk.outcome(&mut command);
    if outcome.code == 99 || outcome.stderr.contains("unshare") {
        println!("no small disk can be made here: {}", outcome.stderr);
        return None;
    }
    Some((outcome.code, outcome.stderr))
}

#[test]
fn a_store_on_a_full_disk_is_told_with_what_to_do() {
    let desk = desk();
    let before = desk.names();
    let store = desk.cache.path().to_owned();
    let render = desk.command(&[RENDER, &["out.mp4"]].concat());
    if let Some((code, words)) = on_a_small_disk(&desk, &store, "150k", &render) {
        assert_eq!(code, 1, "{words}");
        assert!(words.contains("cannot write") && words.contains("no storage space; make room"), "{words}");
        assert_eq!(desk.names(), before, "{words}");
    }
    let after = desk.run(&[RENDER, &["out.mp4"]].concat());
    assert_eq!(after.code, 0, "{}", after.whole());
}

#[test]
fn an_output_on_a_full_disk_is_told_and_nothing_is_left_there() {
    let desk = desk();
    let full = desk.path("disk");
    // Room for nearly all of it: what fails is the end.
    let whole = desk.run(&[RENDER, &["whole.mp4"]].concat());
    assert_eq!(whole.code, 0, "{}", whole.whole());
    let bytes = std::fs::metadata(desk.path("whole.mp4")).unwrap().len();
    for size in [bytes / 2, bytes - 10_000] {
        let render = desk.command(&[RENDER, &["disk/out.mp4"]].concat());
        let Some((code, words)) = on_a_small_disk(&desk, &full, &format!("{}k", size / 4096 * 4), &render) else {
            return;
        };
        assert_eq!(code, 1, "{words}");
        assert!(words.contains("cannot write") && words.contains("no storage space; make room"), "{words}");
        assert!(words.ends_with("left: \n"), "{words}");
    }
}

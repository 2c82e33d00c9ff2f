//! The whole flow in Chromium, by `tests/browser/flow.py`: runs where Chromium and Playwright are, and says so where not.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::media::{Clip, MAIN, RED};

/// Two seconds more than is needed, of another colour.
const CITY: Clip = Clip {
    name: "city at night.mp4",
    arguments: "-f lavfi -i color=blue:s=180x320:r=30:d=8 -c:v libx264 -preset ultrafast -crf 10",
};

/// Whatever drives Chromium here, if anything does.
fn means() -> Option<(PathBuf, PathBuf)> {
    let named = std::env::var_os("CALLSHEET_BROWSER_PYTHON").filter(|path| !path.is_empty()).map(PathBuf::from);
    let python = named.unwrap_or_else(|| "python3".into());
    let drives = Command::new(&python).args(["-c", "import playwright"]).output();
    let drives = drives.is_ok_and(|output| output.status.success());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places =
        std::env::split_paths(&path).flat_map(|folder| ["chromium", "chromium-browser"].map(|name| folder.join(name)));
    places.into_iter().find(|place| place.is_file()).filter(|_| drives).map(|chromium| (python, chromium))
}

/// Runs a case of the script; what it saw.
fn seen(case: &str) -> Option<String> {
    let Some((python, chromium)) = means() else {
        println!(
            "skipped: no Chromium with Playwright here (`.ci/browser` installs them and says which python to name in CALLSHEET_BROWSER_PYTHON)"
        );
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, clips) in [("media", [&MAIN, &RED].as_slice()), ("library", &[&CITY])] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        for clip in clips {
            std::fs::copy(clip.path(), folder.path().join(name).join(clip.name)).unwrap();
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/flow.py");
    let mut command = Command::new(python);
    command.arg(script).arg(case).arg(env!("CARGO_BIN_EXE_callsheet")).arg(chromium).arg(folder.path());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{case}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
    Some(said)
}

#[test]
fn by_mouse_in_english_it_goes_from_files_to_a_downloaded_video() {
    seen("mouse-en");
}

#[test]
fn by_keyboard_alone_in_russian_it_goes_from_files_to_a_downloaded_video() {
    seen("keyboard-ru");
}

#[test]
fn a_render_is_cancelled_on_the_page() {
    seen("cancel");
}

#[test]
fn the_page_takes_a_render_up_after_a_reload_and_after_the_server_was_killed() {
    if let Some(said) = seen("restart") {
        assert_eq!(said.trim(), "1 job, done at attempt 2");
    }
}

#[test]
fn a_stale_tab_is_told_and_loses_nothing_that_was_typed() {
    seen("stale");
}

#[test]
fn a_page_of_fifty_scenes_and_four_hundred_subtitles_works() {
    seen("large");
}

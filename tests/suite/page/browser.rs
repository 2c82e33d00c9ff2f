//! The whole flow in Chromium, by `tests/browser/flow.py`: runs where Chromium and Playwright are, and says so where not.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fill::{COAST, bytes};
use crate::media::{Clip, MAIN, PHOTO, RED};
use crate::stock::{Kind, Mood, Stock};
use crate::veo::{Veo, Whim};

/// Two seconds more than is needed, of another colour.
const CITY: Clip = Clip {
    name: "city at night.mp4",
    arguments: "-f lavfi -i color=blue:s=180x320:r=30:d=8 -c:v libx264 -preset ultrafast -crf 10",
};

/// Three pieces of an upload.
const LARGE: Clip =
    Clip { name: "large.wav", arguments: "-f lavfi -i anoisesrc=d=100:c=pink:r=48000 -ac 2 -c:a pcm_s16le" };

/// Whatever drives Chromium here, if anything does.
fn means() -> Option<(PathBuf, PathBuf)> {
    let named = std::env::var_os("CALLSHEET_BROWSER_PYTHON").filter(|path| !path.is_empty()).map(PathBuf::from);
    // Where `.ci/browser` has been before.
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser/bin/python3");
    let python = named.or(Some(made).filter(|path| path.exists())).unwrap_or_else(|| "python3".into());
    let drives = Command::new(&python).args(["-c", "import playwright"]).output();
    let drives = drives.is_ok_and(|output| output.status.success());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places =
        std::env::split_paths(&path).flat_map(|folder| ["chromium", "chromium-browser"].map(|name| folder.join(name)));
    places.into_iter().find(|place| place.is_file()).filter(|_| drives).map(|chromium| (python, chromium))
}

/// The variables that say to a server who offers clips.
type Environment = Vec<(&'static str, String)>;

/// Runs a case of the script against a server that has a library; what it saw.
fn seen(case: &str) -> Option<String> {
    seen_with(case, |folder| vec![("CALLSHEET_LIBRARY", folder.join("library").display().to_string())])
}

/// The same with others who offer clips.
fn seen_with(case: &str, offered: impl FnOnce(&Path) -> Environment) -> Option<String> {
    let Some((python, chromium)) = means() else {
        println!(
            "skipped: no Chromium with Playwright here (`.ci/browser` installs them and says which python to name in CALLSHEET_BROWSER_PYTHON)"
        );
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let large = if case == "upload" || case.starts_with("states") { &[&LARGE][..] } else { &[] };
    let folders = [("media", [&MAIN, &RED].as_slice()), ("library", &[&CITY]), ("large", large)];
    for (name, clips) in folders {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        for clip in clips {
            std::fs::copy(clip.path(), folder.path().join(name).join(clip.name)).unwrap();
        }
    }
    still(&folder.path().join("stills"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/flow.py");
    let mut command = Command::new(python);
    command.arg(script).arg(case).arg(env!("CARGO_BIN_EXE_callsheet")).arg(chromium).arg(folder.path());
    // What whoever runs the tests has set is nobody's business.
    for service in ["LIBRARY", "PEXELS_KEY", "PIXABAY_KEY", "VEO_KEY", "FILL_ORDER"] {
        command.env_remove(format!("CALLSHEET_{service}"));
    }
    command.envs(offered(folder.path())).env("XDG_CACHE_HOME", folder.path().join("cache"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{case}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
    Some(said)
}

/// What a stock shows of a clip.
fn still(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    let file = folder.join("still.jpg");
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-i"]).arg(PHOTO.path()).args(["-frames:v", "1"]).arg(file);
    assert!(ffmpeg.status().unwrap().success());
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
fn by_mouse_in_russian_a_clip_of_a_stock_is_looked_at_and_taken() {
    let stock = Stock::new(Kind::Pexels, Mood::Fine, bytes(&COAST));
    let seen = seen_with("mouse-ru", |_| stock.environment().to_vec());
    if seen.is_some() {
        let files = stock.requests().iter().filter(|request| request.line.contains("/files/")).count();
        assert_eq!(files, 1, "one clip is fetched");
    }
}

#[test]
fn by_keyboard_alone_in_english_a_clip_is_made_by_veo() {
    let veo = Veo::new(Whim::Fine, bytes(&CITY), None);
    if seen_with("keyboard-en", |_| veo.environment().to_vec()).is_some() {
        assert_eq!(veo.orders(), 1, "one clip is paid for");
    }
}

#[test]
fn whoever_cannot_fill_a_segment_says_why_on_the_page() {
    let pexels = Stock::new(Kind::Pexels, Mood::Gone, bytes(&COAST));
    let pixabay = Stock::new(Kind::Pixabay, Mood::Denied, bytes(&COAST));
    let veo = Veo::new(Whim::Unsafe, bytes(&CITY), None);
    let all = [&pexels.environment()[..], &pixabay.environment(), &veo.environment()].concat();
    seen_with("failing", |_| all);
}

#[test]
fn where_nobody_offers_clips_the_page_says_what_to_set_and_takes_files_of_ones_own() {
    seen_with("nobody-ru", |_| Vec::new());
}

#[test]
fn every_state_of_the_pages_suits_eyes_ears_and_fingers() {
    seen("states-ru");
}

#[test]
fn an_upload_goes_on_after_the_connection_broke() {
    seen("upload");
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

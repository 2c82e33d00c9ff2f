//! The examples: each holds its own tests, is right by its rules, and renders to what its plan says.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::cli::Desk;
use crate::media::{frames, place, samples};

/// The examples: their rules, how long they are in frames, and how large at the size of the test.
const EXAMPLES: &[(&str, &str, usize, &str)] = &[
    ("demo", "brand.rules", 1440, "120x214"),
    ("slideshow", "slideshow.rules", 450, "120x214"),
    ("interview", "interview.rules", 480, "120x214"),
    ("social", "social.rules", 372, "120x150"),
    ("accessible", "accessible.rules", 660, "120x214"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// The media of the examples, small; made anew when what makes them has changed.
fn media() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(make_media)
}

fn make_media() -> PathBuf {
    let scripts =
        ["media.sh", "presenter.awk", "scenery.awk"].map(|name| std::fs::read_to_string(root().join(name)).unwrap());
    let folder = place("examples", &scripts.concat());
    let mark = folder.join("made");
    if !mark.exists() {
        // What an earlier script made would be kept.
        let _ = std::fs::remove_dir_all(&folder);
        let mut script = Command::new(root().join("media.sh"));
        let made = script.env("MEDIA", &folder).env("SMALL", "1").output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        std::fs::write(mark, "").unwrap();
    }
    folder
}

/// A folder with the examples and their media in it.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("examples")).unwrap();
    for (name, ..) in EXAMPLES {
        std::os::unix::fs::symlink(root().join(name), desk.path("examples").join(name)).unwrap();
    }
    desk
}

#[test]
fn every_example_holds_its_own_tests_and_is_in_the_style() {
    let desk = desk();
    for (name, rules, ..) in EXAMPLES {
        let folder = format!("examples/{name}");
        let tested = desk.run(&["test", "--ci", &folder]);
        assert_eq!(tested.code, 0, "{}", tested.whole());
        let files = [format!("{folder}/{rules}"), format!("{folder}/scenario.json")];
        let checked = desk.run(&["check", "--deny-warnings", &files[0], &files[1]]);
        assert_eq!(checked.code, 0, "{}", checked.whole());
        let formatted = desk.run(&["fmt", "--check", &files[0]]);
        assert_eq!(formatted.code, 0, "{}", formatted.whole());
    }
    let folders = root().read_dir().unwrap().map(|entry| entry.unwrap().path());
    let folders = folders.filter(|path| path.join("scenario.json").exists()).count();
    assert_eq!(folders, EXAMPLES.len(), "an example is tested");
}

#[test]
fn no_change_of_the_rules_of_an_example_goes_unnoticed() {
    let desk = desk();
    for (name, ..) in EXAMPLES {
        let tried = desk.run(&["test", "--ci", "--mutate", &format!("examples/{name}")]);
        assert_eq!(tried.code, 0, "{}", tried.whole());
    }
}

/// Renders an example at a small size, by its own rules; answers the video.
fn rendered(desk: &Desk, name: &str, rules: &str, frames: usize, size: &str) -> PathBuf {
    let folder = desk.path(name);
    std::fs::create_dir_all(folder.join(name)).unwrap();
    std::os::unix::fs::symlink(media(), folder.join("media")).unwrap();
    for file in [rules, "scenario.json"] {
        std::fs::copy(root().join(name).join(file), folder.join(name).join(file)).unwrap();
    }
    let small = format!("language 1\nextend \"{rules}\"\nsetting resolution = 120px\n");
    std::fs::write(folder.join(name).join("small.rules"), small).unwrap();
    let [scenario, small, video] =
        ["scenario.json", "small.rules", "out.mp4"].map(|file| format!("{name}/{name}/{file}"));
    let arguments =
        ["render", &scenario, "--rules", &small, "-o", &video, "--preset", "ultrafast", "--json", "--quiet"];
    let done = desk.run(&arguments);
    assert_eq!(done.code, 0, "{}", done.whole());
    let told: Value = serde_json::from_str(&done.stdout).unwrap();
    let measured = &told["measured"];
    let seen = format!("{}x{}", measured["width"], measured["height"]);
    assert_eq!((measured["frames"].as_u64(), seen.as_str()), (Some(frames as u64), size), "{name}: {told}");
    desk.path(&video)
}

/// How many pixels of a frame are near a colour: letters of ten pixels have hardly one that is all theirs.
fn near(frame: &[[u8; 3]], colour: [u8; 3]) -> usize {
    frame.iter().filter(|pixel| pixel.iter().zip(colour).all(|(one, other)| one.abs_diff(other) < 80)).count()
}

/// The frames of an example, rendered small, at thirty a second; and the video itself.
struct Seen {
    frames: Vec<Vec<[u8; 3]>>,
    width: usize,
    video: PathBuf,
    _desk: Desk,
}

impl Seen {
    fn of(wanted: &str) -> Self {
        let desk = Desk::new();
        let (name, rules, length, size) = EXAMPLES.iter().find(|(name, ..)| *name == wanted).unwrap();
        let video = rendered(&desk, name, rules, *length, size);
        let (width, height) = size.split_once('x').unwrap();
        let (width, height) = (width.parse().unwrap(), height.parse().unwrap());
        Self { frames: frames(&video, width, height), width, video, _desk: desk }
    }

    fn at(&self, seconds: f64) -> &[[u8; 3]] {
        &self.frames[(seconds * 30.0) as usize]
    }

    /// The part of a frame below its middle.
    fn below(&self, seconds: f64) -> &[[u8; 3]] {
        let frame = self.at(seconds);
        &frame[frame.len() / self.width / 2 * self.width..]
    }

    fn is_black(&self, frame: usize) -> bool {
        near(&self.frames[frame], [0, 0, 0]) == self.frames[frame].len()
    }
}

#[test]
fn the_talking_head_has_the_brands_phrases_and_ends_in_black() {
    let seen = Seen::of("demo");
    assert!(near(seen.at(4.0), [255, 204, 0]) > near(seen.at(1.0), [255, 204, 0]) + 40);
    assert!(!seen.is_black(0) && seen.is_black(1439));
    assert!(near(seen.at(30.0), [201, 96, 122]) > near(seen.at(26.0), [201, 96, 122]) + 2000, "the bay covers her");
}

#[test]
fn the_slideshow_moves_has_captions_and_comes_out_of_black() {
    let seen = Seen::of("slideshow");
    assert!(seen.is_black(0) && !seen.is_black(30) && seen.is_black(449));
    assert!(seen.at(4.0) != seen.at(5.0), "a photo moves");
    let letters = |seconds| near(seen.below(seconds), [255, 255, 255]);
    assert!(letters(7.5) > letters(6.1) + 20, "a caption comes: {} {}", letters(7.5), letters(6.1));
}

#[test]
fn the_interview_shows_who_speaks_and_lights_the_words_up() {
    let seen = Seen::of("interview");
    assert!(near(seen.at(2.9), [255, 210, 63]) > near(seen.at(0.6), [255, 210, 63]) + 30);
    let more = |colour, here, there| near(seen.below(here), colour) > near(seen.below(there), colour) + 1000;
    assert!(more([31, 53, 87], 2.0, 5.0) && more([138, 63, 44], 5.0, 2.0), "she asks, he answers");
}

#[test]
fn the_clip_for_the_feed_has_cards_and_they_go() {
    let seen = Seen::of("social");
    let card = |seconds| near(seen.below(seconds), [255, 210, 63]);
    assert!(card(1.5) > card(2.95) + 600, "{} {}", card(1.5), card(2.95));
}

#[test]
fn the_accessible_version_has_a_colour_for_each_and_a_voice_for_what_is_seen() {
    let seen = Seen::of("accessible");
    assert!(near(seen.below(7.5), [255, 228, 92]) > 60 && near(seen.below(11.0), [126, 232, 255]) > 60);
    let sound = samples(&seen.video);
    let part = &sound[48_000..5 * 48_000];
    let loud = (part.iter().map(|sample| sample * sample).sum::<f32>() / part.len() as f32).sqrt();
    assert!(loud > 0.02, "somebody says what is seen: {loud}");
}

//! What holds for every draft, whatever the media and the prompt.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use callsheet::compile::compile;
use callsheet::decide::Facts;
use callsheet::diagnostic::{Colour, pretty};
use callsheet::draft::{self, Measured, Prompt, Wishes};
use callsheet::ffmpeg::Cancel;
use callsheet::media::{Light, Media, MediaTable, Picture, Sound};
use callsheet::rules::Program;
use callsheet::scenario::{self, Footage};
use callsheet::tasks;
use callsheet::time::Time;
use proptest::prelude::*;

use super::{deaf, shipped};

static PROGRAM: LazyLock<Program> = LazyLock::new(shipped);

fn prompts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/draft");
    let files = ["english.txt", "hostile.txt", "russian.txt"].map(|name| std::fs::read_to_string(folder.join(name)));
    files.into_iter().flat_map(|text| text.unwrap().split("\n---\n").map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn millis(milliseconds: i64) -> Time {
    Time::from_millis(milliseconds).unwrap()
}

/// A file that nobody has, and what was measured of it.
fn any_file() -> impl Strategy<Value = (Media, Measured)> {
    let kind = 0..4_u8;
    let times = || prop::collection::btree_set(0_i64..90_000, 0..14);
    (kind, 200_i64..90_000, times(), times(), 0_i64..3_000, "[a-zа-я .$;'\"{}-]{0,12}").prop_map(
        |(kind, length, shots, speech, opening, name)| {
            let duration = millis(length);
            let still = kind == 1;
            let picture = (kind != 2).then(|| Picture {
                stream: 0,
                width: 320.0,
                height: 180.0,
                rate: 25.0,
                duration: (!still).then_some(duration),
                plain: true,
                alpha: false,
                bt601: false,
                last: None,
                untagged: false,
                square: true,
                light: Light::Sdr,
                wide: false,
                rgb: false,
                turn: 0,
                decoder: None,
            });
            let sound = (kind != 1 && kind != 3).then_some(Sound { stream: 1, duration, channels: 2 });
            let ending = ["mp4", "jpg", "mp3", "mov"][usize::from(kind)];
            let path = PathBuf::from(format!("/nowhere/{name}.{ending}"));
            let inside: Vec<Time> = speech.into_iter().filter(|at| *at < length).map(millis).collect();
            let speech = inside.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
            let shots = shots.into_iter().filter(|at| *at < length).map(millis).collect();
            let measured = Measured { opening: millis(opening.min(length)), shots, speech };
            (Media { path, format: "mov".into(), picture, sound }, measured)
        },
    )
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Everything that must hold; what does not is told.
fn holds(program: &Program, prompt: &str, files: Vec<(Media, Measured)>, duration: Option<Time>) -> Result<(), String> {
    let (media, measured): (Vec<Media>, Vec<Measured>) = files.into_iter().unzip();
    let Ok(mut footage) = Footage::new(media, Path::new("/")) else { return Ok(()) };
    footage.set_main(draft::speaking(&footage, &measured));
    let wishes = Wishes {
        prompt, duration, voiceover: Some("Раз, два, три. Четыре, пять."), ..Wishes::default()
    };
    let cancel = Cancel::new();
    let composed = || draft::compose(&wishes, &footage, &measured, program, &deaf(), &cancel, &mut |_| {}).unwrap();
    let (outline, shape, report) = composed();
    if composed().0 != outline {
        return Err("another draft the second time".into());
    }
    let document = outline.into_document(&footage, prompt, shape).map_err(|found| pretty(&found, Colour::Never))?;
    let total = document.scenario.metadata.total_duration_sec.unwrap_or_default();
    let limit = duration.or(Prompt::read(prompt, program.decider().listener()).length().map(|wish| wish.length));
    if limit.is_some_and(|limit| total > limit) {
        return Err(format!("{total} s are longer than {limit:?}"));
    }
    let mut from = Time::ZERO;
    let mut shown_until = Time::ZERO;
    for scene in &document.scenario.scenes {
        if scene.start_sec != from || scene.end_sec <= from || scene.end_sec.as_secs() - from.as_secs() > 15.0 + 1e-9 {
            return Err(format!("{} runs from {} to {}", scene.id, scene.start_sec, scene.end_sec));
        }
        from = scene.end_sec;
        for overlay in &scene.overlays {
            let words = overlay.text.as_deref().unwrap_or_default();
            if overlay.start_sec < shown_until || !letters(prompt).contains(&letters(words)) {
                return Err(format!("“{words}” from {} to {}", overlay.start_sec, overlay.end_sec));
            }
            shown_until = overlay.end_sec;
        }
    }
    if from != total {
        return Err(format!("the scenes end at {from}, the video at {total}"));
    }
    let decided = program.decider().decide(Some(prompt), Facts::of(&document)).unwrap().0.decision;
    let (scenario, _) = scenario::normalise(document).map_err(|found| pretty(&found, Colour::Never))?;
    let ready = scenario::ready(scenario).map_err(|waits| waits.to_string())?;
    let (plan, _) = compile(&ready, &decided, program).map_err(|found| pretty(&found, Colour::Never))?;
    let texts = plan.tasks.iter().filter(|task| task.spec.name == "add_text_overlay").count();
    if texts != report.theses {
        return Err(format!("{} theses, {texts} texts", report.theses));
    }
    let named = footage.assets().iter().map(|asset| (asset.id.clone(), asset.media.clone()));
    let media: MediaTable = named.collect();
    tasks::validate(plan, media, true).map(|_| ()).map_err(|found| pretty(&found, Colour::Never))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_draft_is_ready_compiles_validates_and_says_nothing_that_the_prompt_does_not(
        files in prop::collection::vec(any_file(), 1..7),
        prompt in prop::sample::select(prompts()),
        duration in prop::option::of((1_i64..120).prop_map(|seconds| millis(seconds * 1000))),
    ) {
        let held = holds(&PROGRAM, &prompt, files, duration);
        prop_assert!(held.is_ok(), "{}", held.unwrap_err());
    }

    #[test]
    fn any_prompt_can_be_read(prompt in "[a-zA-Zа-яА-Я0-9 .,:;!?«»\"“”()*\\n\t•—-]{0,120}|\\PC{0,60}") {
        let read = Prompt::read(&prompt, PROGRAM.decider().listener());
        for phrase in read.theses().phrases {
            prop_assert!(phrase.chars().count() <= 60 && !phrase.contains(char::is_control));
            prop_assert!(phrase.chars().any(char::is_alphanumeric));
        }
    }
}

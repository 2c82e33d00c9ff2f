//! Drafts without a model: what a prompt says, where scenes are cut, what comes out of real files.

#[path = "draft/laws.rs"]
mod laws;
#[path = "draft/outline.rs"]
mod outline;
#[path = "draft/program.rs"]
mod program;

use std::fmt::Write as _;
use std::path::PathBuf;

use callsheet::decide::Listener;
use callsheet::draft::{self, Prompt, Report, Wishes};
use callsheet::ffmpeg::Cancel;
use callsheet::rules::{self, Program};
use callsheet::scenario::{Document, Footage};
use callsheet::speech::Config;

use crate::media::{BLUE, Clip, DAWN, MAIN, MUSIC, PHOTO, RED, SPEECH, TALK, folder};

pub(crate) fn shipped() -> Program {
    rules::load(&rules::default_source(), &rules::from_disk).unwrap().0
}

/// Nobody who could listen.
pub(crate) fn deaf() -> Config {
    let mut config = Config::from_env();
    (config.engine, config.whisper.model, config.server.url) = (None, None, None);
    config
}

fn told(prompt: &str, listener: &Listener) -> String {
    let read = Prompt::read(prompt, listener);
    let theses = read.theses();
    let mut text = String::new();
    for line in prompt.lines() {
        writeln!(text, "| {line}").unwrap();
    }
    if let Some(wish) = read.length() {
        writeln!(text, "length: {} s (“{}”)", wish.length, &prompt[wish.span.clone()]).unwrap();
    }
    if let Some(wish) = read.shape() {
        writeln!(text, "shape: {} (“{}”)", wish.aspect_ratio.word(), &prompt[wish.span.clone()]).unwrap();
    }
    for phrase in &theses.phrases {
        writeln!(text, "- {phrase}").unwrap();
    }
    if theses.too_long > 0 {
        writeln!(text, "{} too long", theses.too_long).unwrap();
    }
    if theses.phrases.is_empty() {
        text.push_str("nothing can be a thesis\n");
    }
    text
}

/// Each file holds prompts, parted by `---`.
#[test]
fn a_prompt_says_these_theses_this_length_and_this_shape() {
    let program = shipped();
    insta::glob!("../fixtures/draft", "*.txt", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let told: Vec<String> =
            text.trim_end().split("\n---\n").map(|prompt| told(prompt, program.decider().listener())).collect();
        insta::assert_snapshot!(told.join("\n"));
    });
}

fn drafted(wishes: &Wishes<'_>, clips: &[&Clip]) -> (Document, Report) {
    let paths: Vec<PathBuf> = clips.iter().map(|clip| clip.path()).collect();
    let cancel = Cancel::new();
    let footage = Footage::probe(&paths, &folder(), &cancel).unwrap();
    draft::draft(wishes, &footage, &shipped(), &deaf(), &cancel, &mut |_| {}).unwrap()
}

/// The draft in a few lines: scenes with their theses, then what each layer holds.
fn brief(document: &Document, report: &Report) -> String {
    let story = &document.scenario;
    let mut text = format!("{report}\n");
    for note in &report.notes {
        writeln!(text, "note: {note}").unwrap();
    }
    for scene in &story.scenes {
        writeln!(text, "{}  {}–{}", scene.id, scene.start_sec, scene.end_sec).unwrap();
        if let Some(words) = &scene.voiceover_text {
            writeln!(text, "    says “{words}”").unwrap();
        }
        for overlay in &scene.overlays {
            let words = overlay.text.as_deref().unwrap_or_default();
            writeln!(text, "    {}–{} “{words}”", overlay.start_sec, overlay.end_sec).unwrap();
        }
    }
    for layer in &story.layers {
        for segment in &layer.segments {
            let asset = segment.asset_id.as_deref().unwrap_or_default();
            write!(text, "{} {asset} {}–{}", layer.kind.word(), segment.start_sec, segment.end_sec).unwrap();
            if let Some(source) = segment.source_in_sec {
                write!(text, " from {source}").unwrap();
            }
            if let Some(words) = segment.params.as_ref().and_then(|params| params.text.as_deref()) {
                write!(text, " “{}”", words.replace('\n', " / ")).unwrap();
            }
            text.push('\n');
        }
    }
    text
}

/// The pauses of a file that a codec has made are where they are to a few hundredths.
fn close(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() < 0.06
}

#[test]
fn scenes_begin_at_shot_changes_and_pauses() {
    let (document, report) = drafted(&Wishes { prompt: "ролик", ..Wishes::default() }, &[&TALK]);
    assert_eq!((report.shot_changes, report.pauses), (4, 3));
    let starts: Vec<f64> = document.scenario.scenes.iter().map(|scene| scene.start_sec.as_secs()).collect();
    assert_eq!(starts, [0.0, 9.0, 15.0], "at shot changes, about seven seconds apart");
    let first = &drafted(&Wishes { prompt: "ролик на 13 секунд", ..Wishes::default() }, &[&TALK]).0.scenario;
    assert!(close(first.metadata.total_duration_sec.unwrap().as_secs(), 11.8), "no word is cut: {:?}", first.metadata);
}

#[test]
fn the_talk_plays_through_and_the_others_cover_it() {
    let clips = [&RED, &TALK, &PHOTO, &MUSIC];
    let (document, report) = drafted(&Wishes { prompt: "Тезисы: раз, два", ..Wishes::default() }, &clips);
    insta::assert_snapshot!(brief(&document, &report));
}

#[test]
fn without_a_talk_the_media_follow_one_another_and_black_is_skipped() {
    let clips = [&DAWN, &RED, &PHOTO, &BLUE, &SPEECH, &MUSIC];
    let wishes = Wishes { prompt: "Key points: dawn; noon; lime; night. Square, 16 seconds", ..Wishes::default() };
    let clips_alone = [&DAWN, &RED, &PHOTO];
    let (document, report) = drafted(&wishes, &clips_alone);
    insta::assert_snapshot!(brief(&document, &report));
    let (document, report) = drafted(&Wishes { main: draft::Main::Nobody, ..wishes }, &clips);
    insta::assert_snapshot!(brief(&document, &report));
}

#[test]
fn the_only_clip_that_is_heard_plays_through_even_without_a_pause() {
    let (document, report) = drafted(&Wishes { prompt: "", ..Wishes::default() }, &[&MAIN, &RED]);
    insta::assert_snapshot!(brief(&document, &report));
}

#[test]
fn the_words_that_are_spoken_stand_in_their_scenes_and_become_subtitles() {
    let text = "Раз. Сегодня мы говорим о правилах. Они решают, что будет на экране. А потом всё это становится видео.";
    let wishes = Wishes { prompt: "Ролик с субтитрами", voiceover: Some(text), ..Wishes::default() };
    let (document, report) = drafted(&wishes, &[&TALK]);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    let said: Vec<&str> = document.scenario.scenes.iter().filter_map(|scene| scene.voiceover_text.as_deref()).collect();
    assert_eq!(said.join(" "), text);
    assert!(report.subtitles > 3 && report.to_string().ends_with("subtitles from the voice-over"), "{report}");
    let silent = Wishes { prompt: "Ролик без текста", ..wishes };
    let (document, report) = drafted(&silent, &[&TALK]);
    assert_eq!(report.subtitles, 0);
    assert!(document.scenario.scenes[0].voiceover_text.is_some(), "they are known all the same");
}

//! What the author of a draft should know, in full sentences.

use std::path::Path;

use crate::scenario::Footage;
use crate::text::FontSet;
use crate::time::Time;

use super::report::{Report, counted};
use super::storyline::{self, Storyline};
use super::{Main, Prompt, Theses, Wishes};

/// What to say of subtitles that nobody asked for.
pub(super) const HIDDEN: &str = "the prompt does not ask for subtitles, so `plan` and `render` do not show them: say \
    «с субтитрами» or \"with subtitles\" in it";

/// A file's name as a message may show it.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().escape_debug().to_string()
}

/// What the author should know about the media and the wishes.
pub(super) fn about_media(
    wishes: &Wishes<'_>,
    prompt: &Prompt<'_>,
    footage: &Footage,
    story: &Storyline,
) -> Vec<String> {
    let mut notes = Vec::new();
    let seen = footage.assets().iter().filter(|asset| asset.media.picture.is_some()).count();
    match (footage.main(), wishes.main) {
        (Some(main), Main::Measured) if seen > 1 => notes.push(format!(
            "`{}` plays through with its sound, and the others cover it; `--main` names another clip, `--no-main` none",
            file_name(&main.media.path)
        )),
        (None, Main::Measured) if seen > 1 && footage.longest(|_| true).is_some() => notes.push(
            "nobody seems to speak in the media, so they follow one another; `--main` names one that plays through"
                .into(),
        ),
        _ => {}
    }
    let available = storyline::time(story.available);
    let wish = wishes.limit(prompt);
    if wish > available && wish < Time::MAX {
        notes.push(format!("{wish} s are asked for, but there are only {available} s to play"));
    }
    let left_out: Vec<String> = story
        .left_out
        .iter()
        .filter_map(|number| footage.assets().get(*number))
        .map(|asset| format!("`{}`", file_name(&asset.media.path)))
        .collect();
    if !left_out.is_empty() {
        let length = storyline::time(story.length());
        notes.push(format!("{} found no room in {length} s and stays unused", left_out.join(", ")));
    }
    if let Some(reference) = wishes.reference {
        let shown: String = reference.chars().take(80).collect();
        notes.push(format!("the reference `{}` is not read: that takes a model", shown.escape_debug()));
    }
    notes
}

/// The phrases without what no shipped font can draw, which a render would refuse.
pub(super) fn drawable(theses: Theses, report: &mut Report) -> Vec<String> {
    if theses.too_long > 0 {
        let phrases = counted(theses.too_long, "phrase of the prompt is", "phrases of the prompt are");
        report.notes.push(format!("{phrases} longer than the 60 characters of a thesis"));
    }
    if theses.phrases.is_empty() {
        report.notes.push(
            "nothing in the prompt can be a thesis: put the words in quotation marks, or list them behind «тезисы:» or \
             \"key points:\""
                .into(),
        );
    }
    let fonts = FontSet::shipped();
    let mut missing = Vec::new();
    let mut kept = Vec::new();
    for phrase in theses.phrases {
        let (drawn, lost): (Vec<char>, Vec<char>) = phrase.chars().partition(|letter| fonts.draws(*letter));
        let drawn: String = drawn.into_iter().collect();
        missing.extend(lost);
        if drawn.chars().any(char::is_alphanumeric) {
            kept.push(drawn.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    missing.sort_unstable();
    missing.dedup();
    if !missing.is_empty() {
        let shown: Vec<String> = missing.iter().take(8).map(|letter| format!("`{}`", letter.escape_debug())).collect();
        report.notes.push(format!("no font can draw {}: left out of the theses", shown.join(", ")));
    }
    kept
}

/// What to say of theses for which there was no place.
pub(super) fn without_room(phrases: &[String], placed: usize) -> Option<String> {
    let left = phrases.len().checked_sub(placed).filter(|left| *left > 0)?;
    let theses = counted(left, "thesis has", "theses have");
    Some(format!("{theses} no room: each stands for two seconds at least"))
}

//! The material that a model gets to see: what the user says, what was measured, what there is to choose from.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use crate::decide::Decision;
use crate::media::{Media, MediaTable};
use crate::reference;
use crate::rules::Program;
use crate::value::{Cue, POSITION};

/// What media are called, by their ids.
pub type Names = BTreeMap<String, String>;

/// A medium, as a model sees it: what it is, never where.
#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    kind: &'static str,
    /// The file's own name: often the only word on what is to be seen.
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<f64>,
    sound: bool,
}

impl<'a> Item<'a> {
    fn new(id: &'a str, media: &Media, name: Option<&String>) -> Self {
        let kind = match () {
            () if media.is_still() => "image",
            () if media.is_video() => "video",
            () => "audio",
        };
        let own = || media.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let file = name.cloned().unwrap_or_else(own);
        Self {
            id,
            kind,
            file,
            seconds: media.duration().map(|time| (time.as_secs() * 1000.0).round() / 1000.0),
            width: media.picture.as_ref().map(|picture| picture.width.round()),
            height: media.picture.as_ref().map(|picture| picture.height.round()),
            sound: media.sound.is_some(),
        }
    }
}

#[derive(Serialize)]
struct Said<'a> {
    start: f64,
    end: f64,
    text: &'a str,
}

/// What a scenario or an edit is made of.
#[derive(Debug)]
pub struct Material<'a> {
    /// What the user asks for.
    pub prompt: &'a str,
    /// The media by id, measured.
    pub media: &'a MediaTable,
    /// What their users call them, where the files' own names say nothing.
    pub names: &'a Names,
    /// The one that plays through.
    pub main: Option<&'a str>,
    /// What is said in it, if that is known.
    pub transcript: &'a [Cue],
    /// What the prompt leads to.
    pub decision: &'a Decision,
    /// The rules in force: their styles can be named.
    pub program: &'a Program,
}

impl Material<'_> {
    /// The values that every template gets.
    pub(super) fn values(&self) -> Value {
        let media: Vec<Item<'_>> =
            self.media.iter().map(|(id, media)| Item::new(id, media, self.names.get(id))).collect();
        let transcript: Vec<Said<'_>> = self
            .transcript
            .iter()
            .map(|cue| Said { start: cue.start.as_secs(), end: cue.end.as_secs(), text: &cue.text })
            .collect();
        let styles: Vec<String> = self.program.styles().keys().cloned().collect();
        context! {
            prompt => self.prompt.to_owned(),
            main => self.main.map(str::to_owned),
            media => Value::from(Serde(&media)),
            transcript => Value::from(Serde(&transcript)),
            decision => context! {
                theses => self.decision.theses,
                subtitles => self.decision.subtitles,
                source => self.decision.source.to_owned(),
            },
            styles,
            positions => Value::from(Serde(POSITION.values)),
            tasks => reference::task_list(),
        }
    }
}

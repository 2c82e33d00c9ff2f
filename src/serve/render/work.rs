//! The work at a render.

use std::path::Path;

use serde_json::{Value, json};

use crate::captions::{self, Format};
use crate::produce::Telling as _;
use crate::render::{self, Progress, Report, Store, Way, render, report_path};
use crate::serve::fill::fill_all;
use crate::serve::jobs::{Desk, Ended, Outcome};
use crate::serve::language::Words;
use crate::serve::outputs;
use crate::serve::scenario::{Planned, plan_given};
use crate::text::FontSet;

use super::brief::Brief;
use super::options::Filling;

/// Renders, and puts what comes of it into the storage.
pub(crate) fn work(desk: &mut Desk<'_>) -> Result<Outcome, Ended> {
    let mut brief = Brief::read(&desk.job.brief)?;
    if brief.options.fill == Filling::Auto {
        fill_all(desk, &mut brief)?;
    }
    let Brief { snapshot, options, name } = brief;
    desk.tell("planning", 0, 0);
    let given = snapshot.given(&desk.app.folder, options.shape())?;
    let Planned { plan, heard, source, .. } = plan_given(desk.app, given, snapshot.etag.clone(), None, desk.cancel)?;
    plan.plan().notes.iter().for_each(|note| heard.say(note));
    let (ending, content_type) = options.container();
    let output = desk.folder.join(format!("video.{ending}"));
    let store = Store::at(desk.app.folder.cache());
    let encoder = options.encoder()?;
    let settings = render::Options {
        output: &output,
        overwrite: true,
        encoder: &encoder,
        fonts: &FontSet::shipped(),
        subtitles: options.subtitles(),
        way: if options.smart { Way::Smart(Some(&store)) } else { Way::Spans(Some(&store)) },
        depth: options.depth(),
        report: true,
        cancel: desk.cancel,
    };
    let report = render(&plan, &settings, &mut |progress| match progress {
        Progress::Listening => desk.tell("listening", 0, 0),
        Progress::Encoding { done, total } => desk.tell("encoding", done, total),
        Progress::Measuring => desk.tell("measuring", 0, 0),
    })?;
    heard.findings(&report.warnings.clone().located_in(&source));
    report.not_copied.iter().for_each(|line| heard.say(line));
    keep(desk, &report, options.name(&name), ending, content_type)?;
    let (warnings, said) = heard.told();
    for found in warnings.as_array().into_iter().flatten() {
        let text = |pointer: &str| found.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let message = text("/message");
        desk.say(&Words::new(message, format!("{}: {message}", text("/titles/ru"))))?;
    }
    said.iter().try_for_each(|line| desk.say(&Words::untranslated(line)))?;
    let result = json!({ "measured": report.measured, "made": report.made, "warnings": warnings, "said": said });
    Ok(Outcome { result })
}

/// Puts what a render made into the storage: the video first.
fn keep(desk: &mut Desk<'_>, report: &Report, name: &str, ending: &str, content_type: &str) -> Result<(), Ended> {
    desk.tell("storing", 0, 0);
    outputs::put(desk, &report.output, "video", &format!("{name}.{ending}"), content_type)?;
    if !report.subtitles.is_empty() {
        for (format, ending, content_type) in
            [(Format::Srt, "srt", "application/x-subrip"), (Format::Vtt, "vtt", "text/vtt; charset=utf-8")]
        {
            let path = desk.folder.join(format!("captions.{ending}"));
            std::fs::write(&path, captions::write(&report.subtitles, format))?;
            outputs::put(desk, &path, "captions", &format!("{name}.{ending}"), content_type)?;
        }
    }
    let proof: &Path = &report_path(&report.output);
    outputs::put(desk, proof, "report", &format!("{name}.report.json"), "application/json")
}

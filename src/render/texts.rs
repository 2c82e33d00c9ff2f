//! The texts of a timeline, laid out: all at once, because where one stands depends on the others.

use std::ops::Range;

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::suggest;
use crate::tasks::{Plan, ValidPlan};
use crate::text::{self, FindingKind, FontSet};

use super::strip::Text;
use super::timeline::{Canvas, Item, ItemContent, Timeline};

/// The documents of `timeline` and the warnings about them. Texts that cannot be drawn as they are (no glyph, no room) are
/// diagnostics.
pub(super) fn texts(
    plan: &ValidPlan,
    timeline: &Timeline,
    fonts: &FontSet,
) -> Result<(Vec<TextRun>, Diagnostics), Diagnostics> {
    let (runs, findings) = text_runs(&timeline.canvas, &timeline.items, fonts);
    let found = text_diagnostics(plan.plan(), &findings);
    if found.has_errors() { Err(found) } else { Ok((runs, found)) }
}

/// One text document: the items from `first` to `last`, which lie directly over one another.
#[derive(Clone, Debug)]
pub(super) struct TextRun {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) name: String,
    pub(super) document: String,
    pub(super) layout: text::Layout,
}

/// What came up when a text was laid out.
#[derive(Debug)]
pub(super) struct TextFinding {
    /// The number of the task that writes it.
    task: usize,
    text: String,
    /// The text that stands in its place, if that is what came up.
    other: String,
    kind: text::FindingKind,
}

pub(super) fn page(canvas: &Canvas) -> text::Page {
    let Canvas { width, height, rate, safe_area, .. } = *canvas;
    text::Page { width, height, rate, safe_area }
}

/// Lays out all texts, so that no two cover each other. Texts between which nothing else is drawn share a document.
pub(super) fn text_runs(canvas: &Canvas, items: &[Item], fonts: &FontSet) -> (Vec<TextRun>, Vec<TextFinding>) {
    let page = page(canvas);
    let mut captions = Vec::new();
    let mut tasks = Vec::new();
    // The items of each document, and the captions of each.
    let mut places: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let ItemContent::Text(text) = &item.content else { continue };
        let first = captions.len();
        for frames in &item.ranges {
            captions.push(caption(text, frames.clone(), canvas));
            tasks.push(text.task);
        }
        match places.last_mut() {
            Some((items, of_items)) if items.end == number => {
                items.end += 1;
                of_items.end = captions.len();
            }
            _ => places.push((number..number + 1, first..captions.len())),
        }
    }
    let layout = text::layout(&captions, &page, fonts);
    let findings = layout.findings.iter().filter_map(|finding| {
        let said = |caption: usize| captions.get(caption).map(|caption| shortened(&caption.text));
        let other = match finding.kind {
            FindingKind::Moved { over, .. } | FindingKind::NoRoom { over } => said(over),
            _ => None,
        };
        let (task, text) = (*tasks.get(finding.caption)?, said(finding.caption)?);
        Some(TextFinding { task, text, other: other.unwrap_or_default(), kind: finding.kind.clone() })
    });
    let findings = findings.collect();
    let run = |(number, (items, captions)): (usize, (Range<usize>, Range<usize>))| {
        let layout = layout.part(&captions);
        let (name, document) = (format!("text{number}.ass"), text::document(&layout, &page));
        TextRun { first: items.start, last: items.end - 1, name, document, layout }
    };
    (places.into_iter().enumerate().map(run).collect(), findings)
}

fn caption(text: &Text, frames: Range<u64>, canvas: &Canvas) -> text::Caption {
    let spoken = text.spoken.iter();
    text::Caption {
        text: text.words.clone(),
        style: text.style.clone(),
        font_size: text.font_size,
        position: text.position,
        frames,
        spoken: spoken
            .map(|word| text::Spoken { letters: word.letters, frame: canvas.rate.frame_at(word.at) })
            .collect(),
        is_subtitle: text.is_subtitle,
    }
}

pub(super) fn text_diagnostics(plan: &Plan, findings: &[TextFinding]) -> Diagnostics {
    let mut found = Diagnostics::new();
    for TextFinding { task: number, text, other, kind } in findings {
        let task = plan.tasks.get(*number);
        let pointer = task
            .and_then(|task| task.origin.as_ref())
            .map_or_else(|| format!("/tasks/{number}"), |origin| origin.pointer.clone());
        found.push(text_diagnostic(text, other, kind).pointer(pointer));
    }
    found
}

fn text_diagnostic(text: &str, other: &str, kind: &FindingKind) -> Diagnostic {
    match kind {
        FindingKind::MissingGlyphs(characters) => {
            let shown: Vec<String> = characters.iter().map(|c| format!("`{c}` (U+{:04X})", u32::from(*c))).collect();
            Diagnostic::new(
                diagnostic::MISSING_GLYPH,
                format!(
                    "no font has a glyph for {}: {text} is drawn without {}",
                    shown.join(", "),
                    if shown.len() == 1 { "it" } else { "them" }
                ),
            )
            .help("write it otherwise, or give a folder with a font that has it: `--fonts DIR`")
        }
        FindingKind::UnknownFont(unknown) => {
            let near = unknown.nearest.as_ref().map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            let families = suggest::list(&unknown.families);
            Diagnostic::new(diagnostic::UNKNOWN_FONT, format!("there is no font `{}`", unknown.family.escape_debug()))
                .help(format!("{near}shipped: {families}; give a folder with the font's file: `--fonts DIR`"))
        }
        FindingKind::NoBoldFace { family } => Diagnostic::new(
            diagnostic::NO_BOLD_FACE,
            format!("the font `{family}` has no bold face: {text} is drawn plain"),
        )
        .help("write `bold = false`, or give a folder with the bold face: `--fonts DIR`"),
        FindingKind::Overflow => {
            Diagnostic::new(diagnostic::TEXT_OVERFLOW, format!("the text {text} does not fit the safe area"))
                .help("shorten it, choose a smaller style, or show it in two parts")
        }
        FindingKind::Shrunk { share } => Diagnostic::new(
            diagnostic::TEXT_SHRUNK,
            format!("the text {text} is drawn at {:.0} % of its size to fit the safe area", share * 100.0),
        )
        .help("shorten it, or choose a smaller style"),
        FindingKind::Moved { by, .. } => Diagnostic::new(
            diagnostic::TEXT_MOVED,
            format!(
                "the text {text} is moved {} by {:.0} px: {other} stands in its place at the same time",
                if *by > 0.0 { "down" } else { "up" },
                by.abs()
            ),
        )
        .help("give one of the two another position, or another time"),
        FindingKind::NoRoom { .. } => Diagnostic::new(
            diagnostic::TEXT_CROWDED,
            format!("there is no room for the text {text} beside {other}, even in small letters"),
        )
        .help("show one after the other, or make them shorter"),
    }
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(30).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("`{}{dots}`", short.replace('\n', " "))
}

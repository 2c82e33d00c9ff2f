//! The texts of a timeline, laid out: all at once, because where one stands depends on the others.

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::suggest;
use crate::tasks::ValidPlan;
use crate::text::{self, FindingKind, FontSet};

use super::timeline::{Canvas, Item, ItemContent, Timeline};

/// The documents of `timeline` and the warnings about them. Texts that cannot be drawn as they are (no glyph, no room) are
/// diagnostics.
pub(super) fn texts(
    plan: &ValidPlan,
    timeline: &Timeline,
    fonts: &FontSet,
) -> Result<(Vec<TextRun>, Diagnostics), Diagnostics> {
    let (runs, findings) = text_runs(timeline, fonts);
    let found = text_diagnostics(plan, &findings);
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
struct TextFinding {
    /// The number of the task that writes it.
    task: usize,
    text: String,
    kind: text::FindingKind,
}

pub(super) fn page(canvas: &Canvas) -> text::Page {
    let Canvas { width, height, rate, safe_area, .. } = *canvas;
    text::Page { width, height, rate, safe_area }
}

/// Lays out all texts. Texts between which nothing else is drawn share a document, and never overlap in it.
fn text_runs(timeline: &Timeline, fonts: &text::FontSet) -> (Vec<TextRun>, Vec<TextFinding>) {
    let page = page(&timeline.canvas);
    let mut runs = Vec::new();
    let mut findings = Vec::new();
    let mut number = 0;
    while number < timeline.items.len() {
        let first = number;
        let mut captions = Vec::new();
        let mut tasks = Vec::new();
        while let Some(Item { ranges, content: ItemContent::Text(text), .. }) = timeline.items.get(number) {
            for frames in ranges {
                captions.push(text::Caption {
                    text: text.words.clone(),
                    style: text.style.clone(),
                    font_size: text.font_size,
                    position: text.position,
                    frames: frames.clone(),
                    spoken: text
                        .spoken
                        .iter()
                        .map(|word| text::Spoken {
                            letters: word.letters,
                            frame: timeline.canvas.rate.frame_at(word.at),
                        })
                        .collect(),
                });
                tasks.push(text.task);
            }
            number += 1;
        }
        if captions.is_empty() {
            number += 1;
            continue;
        }
        let layout = text::layout(&captions, &page, fonts);
        for finding in &layout.findings {
            if let (Some(task), Some(caption)) = (tasks.get(finding.caption), captions.get(finding.caption)) {
                findings.push(TextFinding { task: *task, text: caption.text.clone(), kind: finding.kind.clone() });
            }
        }
        let name = format!("text{}.ass", runs.len());
        let document = text::document(&layout, &page);
        runs.push(TextRun { first, last: number - 1, name, document, layout });
    }
    (runs, findings)
}

fn text_diagnostics(plan: &ValidPlan, findings: &[TextFinding]) -> Diagnostics {
    let mut found = Diagnostics::new();
    for TextFinding { task: number, text, kind } in findings {
        let task = plan.plan().tasks.get(*number);
        let pointer = task
            .and_then(|task| task.origin.as_ref())
            .map_or_else(|| format!("/tasks/{number}"), |origin| origin.pointer.clone());
        found.push(text_diagnostic(&shortened(text), kind).pointer(pointer));
    }
    found
}

fn text_diagnostic(text: &str, kind: &FindingKind) -> Diagnostic {
    match kind {
        FindingKind::MissingGlyphs(characters) => {
            let shown: Vec<String> = characters.iter().map(|c| format!("`{c}` (U+{:04X})", u32::from(*c))).collect();
            Diagnostic::new(diagnostic::MISSING_GLYPH, format!("no font has a glyph for {}", shown.join(", ")))
                .help("leave the character out, or give a folder with a font that has it: `--fonts DIR`")
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
        FindingKind::Moved => Diagnostic::new(
            diagnostic::TEXT_MOVED,
            format!("the text {text} is moved: another one stands in its place at the same time"),
        )
        .help("give one of the two another position, or another time"),
        FindingKind::NoRoom => Diagnostic::new(
            diagnostic::TEXT_COVERED,
            format!("the text {text} covers another one: there is no room for both"),
        )
        .help("show one after the other, or make them shorter"),
    }
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(30).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("`{}{dots}`", short.replace('\n', " "))
}

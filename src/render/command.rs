//! The whole ffmpeg command: inputs, graph, encoder.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::ffmpeg;
use crate::suggest;
use crate::tasks::ValidPlan;
use crate::text::{FindingKind, FontSet, Layout};

use super::graph::{Graph, TextFinding, picture, text_runs};
use super::sound;
use super::timeline::Timeline;

/// How the video is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoder {
    /// x264's preset: how much time it takes to make the file small.
    pub preset: String,
    /// x264's constant rate factor: 0 is lossless, 51 the worst.
    pub crf: u8,
}

/// x264's presets, from the fastest to the slowest.
pub const PRESETS: &[&str] =
    &["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

impl Default for Encoder {
    fn default() -> Self {
        Self { preset: "veryfast".into(), crf: 20 }
    }
}

/// An ffmpeg command and the files that it reads beside the media.
#[derive(Debug)]
pub struct Command {
    /// Options before the output, without the program's name.
    pub arguments: Vec<OsString>,
    /// Text files to be written into the working folder, by name.
    pub files: BTreeMap<String, String>,
    /// The warnings about its texts.
    pub warnings: Diagnostics,
    /// Where its texts stand, and so which fonts they need.
    pub layouts: Vec<Layout>,
}

/// The command that renders `timeline`; `loudness` is what the second pass of loudness does, if there is one.
///
/// Texts that cannot be drawn as they are (no glyph, no room) are diagnostics.
pub fn command(
    plan: &ValidPlan,
    timeline: &Timeline,
    fonts: &FontSet,
    encoder: &Encoder,
    loudness: &str,
) -> Result<Command, Diagnostics> {
    let (texts, findings) = text_runs(timeline, fonts);
    let found = text_diagnostics(plan, &findings);
    if found.has_errors() {
        return Err(found);
    }
    let mut graph = Graph::default();
    picture(timeline, plan.media(), &texts, &mut graph);
    sound::sound(timeline, plan.media(), loudness, &mut graph);
    let input = graph.inputs.len();
    let mut arguments = opening("level+warning", &mut graph);
    let mut maps = ["-map", "[v]", "-map", "[a]"].map(OsString::from).to_vec();
    if let Some(soft) = &timeline.soft {
        soft.add(input, &mut arguments, &mut maps, &mut graph.files);
    }
    arguments.append(&mut maps);
    let rate = timeline.canvas.rate.to_string();
    let crf = encoder.crf.to_string();
    let rate_of_sound = sound::RATE.to_string();
    let encoding = [
        "-c:v",
        "libx264",
        "-preset",
        &encoder.preset,
        "-crf",
        &crf,
        "-profile:v",
        "high",
        "-pix_fmt",
        "yuv420p",
        "-r",
        &rate,
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-colorspace",
        "bt709",
        "-color_range",
        "tv",
        "-c:a",
        "aac",
        "-b:a",
        "192k",
        "-ar",
        &rate_of_sound,
        "-ac",
        "2",
        "-map_metadata",
        "-1",
        "-map_chapters",
        "-1",
    ];
    arguments.extend(encoding.map(OsString::from));
    if timeline.soft.is_none() {
        arguments.push("-sn".into());
    }
    arguments.push("-dn".into());
    let layouts = texts.into_iter().map(|run| run.layout).collect();
    Ok(Command { arguments, files: graph.files, warnings: found, layouts })
}

/// The command of the first pass of loudness: the sound alone, measured, written nowhere.
pub(super) fn measuring_command(plan: &ValidPlan, timeline: &Timeline, target: f64, true_peak: f64) -> Command {
    let mut graph = Graph::default();
    sound::sound(timeline, plan.media(), &sound::measuring(target, true_peak), &mut graph);
    let mut arguments = opening("level+info", &mut graph);
    arguments.extend(["-map", "[a]", "-f", "null", "-"].map(OsString::from));
    Command { arguments, files: graph.files, warnings: Diagnostics::new(), layouts: Vec::new() }
}

/// Every input has a decoder of its own, which keeps its pictures to the end. With one thread each it keeps a third less,
/// and while one is read the encoder has the other cores anyway.
const MANY_INPUTS: usize = 16;

/// Everything before the maps. The graph goes through a file: no argument is too long, and no shell sees it.
fn opening(log_level: &str, graph: &mut Graph) -> Vec<OsString> {
    let opening = ["-nostdin", "-hide_banner", "-nostats", "-y", "-loglevel"];
    let mut arguments: Vec<OsString> = opening.map(OsString::from).to_vec();
    let frugal = graph.inputs.len() > MANY_INPUTS;
    arguments.extend([log_level, "-progress", "pipe:1", "-stats_period", "0.25"].map(OsString::from));
    for input in graph.inputs.drain(..) {
        if frugal {
            arguments.extend(["-threads", "1"].map(OsString::from));
        }
        arguments.extend(input.options.into_iter().map(OsString::from));
        arguments.push("-i".into());
        arguments.push(ffmpeg::file_url(&input.path));
    }
    graph.files.insert("graph.txt".into(), graph.chains.join(";\n") + "\n");
    arguments.extend(["-filter_complex_script", "graph.txt"].map(OsString::from));
    arguments
}

/// A container: how ffmpeg is told to write it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Muxer {
    pub(super) options: &'static [&'static str],
    /// The form that subtitles have in it.
    pub(super) subtitles: &'static str,
}

/// The muxer for an output's name.
pub(super) fn muxer(output: &Path) -> Option<Muxer> {
    let extension = output.extension()?.to_str()?.to_lowercase();
    let (options, subtitles): (&[&str], _) = match extension.as_str() {
        "mp4" | "m4v" => (&["-movflags", "+faststart", "-f", "mp4"], "mov_text"),
        "mov" => (&["-movflags", "+faststart", "-f", "mov"], "mov_text"),
        "mkv" => (&["-f", "matroska"], "srt"),
        _ => return None,
    };
    Some(Muxer { options, subtitles })
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

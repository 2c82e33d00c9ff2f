//! The whole ffmpeg command: inputs, graph, encoder.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use crate::diagnostic::Diagnostics;
use crate::ffmpeg;
use crate::tasks::ValidPlan;
use crate::text::{FontSet, Layout};

use super::encoder::Encoder;
use super::graph::{Graph, picture};
use super::labels::Label;
use super::loudness::MEASURING;
use super::preview::Picture;
use super::proof;
use super::sound::{self, Stems};
use super::texts::{TextRun, texts};
use super::timeline::Timeline;

/// An ffmpeg command and the files that it reads beside the media.
#[derive(Clone, Debug)]
pub struct Command {
    /// Options before the output, without the program's name.
    pub arguments: Vec<OsString>,
    /// Text files to be written into the working folder, by name.
    pub files: BTreeMap<String, String>,
    /// The warnings about its texts.
    pub warnings: Diagnostics,
    /// Where its texts stand, and so which fonts they need.
    pub layouts: Vec<Layout>,
    /// Whether it says which of the pictures that it draws are black or stand still.
    pub(super) watched: bool,
}

impl Command {
    fn new(arguments: Vec<OsString>, files: BTreeMap<String, String>, runs: &[TextRun]) -> Self {
        let layouts = runs.iter().map(|run| run.layout.clone()).collect();
        Self { arguments, files, warnings: Diagnostics::new(), layouts, watched: false }
    }

    /// The same with one thread for each decoder, which keeps fewer pictures, and one for all filters: where several such
    /// commands run side by side, waking more costs a twentieth of the whole. What comes out is the same.
    pub(super) fn frugal(&self) -> Self {
        let mut frugal = self.clone();
        let inputs = self.arguments.iter().map(|argument| (argument == "-i").then_some(["-threads", "1"]));
        let arguments = self.arguments.iter().zip(inputs);
        frugal.arguments = ["-filter_complex_threads", "1"].map(OsString::from).to_vec();
        frugal.arguments.extend(arguments.flat_map(|(argument, threads)| {
            threads.into_iter().flatten().map(OsString::from).chain(std::iter::once(argument.clone()))
        }));
        frugal
    }

    fn with(mut self, label: Option<&Label>) -> Self {
        self.layouts.extend(label.map(|label| label.layout.clone()));
        self
    }
}

/// The command that renders `timeline`, its sound through `mastering` filters where it was measured to need some.
///
/// Texts that cannot be drawn as they are (no glyph, no room) are diagnostics.
pub fn command(
    plan: &ValidPlan,
    timeline: &Timeline,
    fonts: &FontSet,
    encoder: &Encoder,
    mastering: &str,
) -> Result<Command, Diagnostics> {
    let (runs, warnings) = texts(plan, timeline, fonts)?;
    Ok(Command { warnings, ..whole_command(plan, timeline, &runs, encoder, mastering) })
}

/// The same for texts that are laid out already.
pub(super) fn whole_command(
    plan: &ValidPlan,
    timeline: &Timeline,
    runs: &[TextRun],
    encoder: &Encoder,
    mastering: &str,
) -> Command {
    labelled_command(plan, timeline, runs, encoder, mastering, None)
}

/// The same with a label over the finished picture.
pub(super) fn labelled_command(
    plan: &ValidPlan,
    timeline: &Timeline,
    runs: &[TextRun],
    encoder: &Encoder,
    mastering: &str,
    label: Option<&Label>,
) -> Command {
    let mut graph = Graph::default();
    picture(timeline, plan.media(), runs, &mut graph);
    let mut seen = "[v]";
    if let Some(label) = label {
        graph.chains.push(format!("[v]{}[labelled]", label.filter()));
        graph.files.insert(label.name.into(), label.document.clone());
        seen = "[labelled]";
    }
    sound::sound(timeline, plan.media(), &Stems::default(), mastering, &mut graph);
    let input = graph.inputs.len();
    let mut arguments = opening("level+warning", &mut graph);
    let mut maps = ["-map", seen, "-map", "[a]"].map(OsString::from).to_vec();
    if let Some(soft) = &timeline.soft {
        soft.add(input, &mut arguments, &mut maps, &mut graph.files);
    }
    arguments.append(&mut maps);
    arguments.extend(picture_encoding(timeline, encoder));
    arguments.extend(sound_encoding(encoder));
    arguments.extend(NOTHING_ELSE.map(OsString::from));
    if timeline.soft.is_none() {
        arguments.push("-sn".into());
    }
    Command::new(arguments, graph.files, runs).with(label)
}

/// The command that renders the picture of `slice`, a part of a timeline, without its sound. An encoder that is a program
/// gives what it is given; it is watched on the way there, which costs next to nothing. What a chip made of it has to be
/// decoded to be seen.
pub(super) fn picture_command(plan: &ValidPlan, slice: &Timeline, runs: &[TextRun], encoder: &Encoder) -> Command {
    let mut graph = Graph::default();
    picture(slice, plan.media(), runs, &mut graph);
    let watched = !encoder.program().in_hardware;
    let (log_level, seen) = if watched {
        graph.chains.push("[v]split[seen][watched]".into());
        graph.chains.push(format!("[watched]{},nullsink", proof::watching()));
        ("level+info", "[seen]")
    } else {
        ("level+warning", "[v]")
    };
    let mut arguments = opening(log_level, &mut graph);
    arguments.extend(["-map", seen].map(OsString::from));
    arguments.extend(picture_encoding(slice, encoder));
    arguments.extend(["-threads", ENCODER_THREADS, "-an", "-sn"].map(OsString::from));
    arguments.extend(NOTHING_ELSE.map(OsString::from));
    Command { watched, ..Command::new(arguments, graph.files, runs) }
}

/// The command that looks at the pictures of `timeline` for the first of two passes of `encoder`.
pub(super) fn first_pass_command(
    plan: &ValidPlan,
    timeline: &Timeline,
    runs: &[TextRun],
    encoder: &Encoder,
) -> Command {
    let mut graph = Graph::default();
    picture(timeline, plan.media(), runs, &mut graph);
    let mut arguments = opening("level+warning", &mut graph);
    arguments.extend(["-map", "[v]"].map(OsString::from));
    arguments.extend(picture_encoding(timeline, encoder));
    arguments.extend(["-an", "-sn"].map(OsString::from));
    Command::new(arguments, graph.files, runs)
}

/// The command that renders the sound of `timeline` alone.
pub(super) fn sound_command(
    plan: &ValidPlan,
    timeline: &Timeline,
    stems: &Stems,
    encoder: &Encoder,
    mastering: &str,
) -> Command {
    let mut graph = Graph::default();
    sound::sound(timeline, plan.media(), stems, mastering, &mut graph);
    let mut arguments = opening("level+warning", &mut graph);
    arguments.extend(["-map", "[a]"].map(OsString::from));
    arguments.extend(sound_encoding(encoder));
    arguments.extend(["-vn", "-sn"].map(OsString::from));
    arguments.extend(NOTHING_ELSE.map(OsString::from));
    Command::new(arguments, graph.files, &[])
}

/// The command that joins spans by the `list` of ffmpeg's `concat` with the `sound`, and the soft subtitles of `timeline`.
/// Packets of the picture go through `filters`, if there are any. Where all that must be known of it is `in_header`, nothing
/// of it is decoded.
pub(super) fn join_command(timeline: &Timeline, list: String, sound: &Path, filters: &str, in_header: bool) -> Command {
    const LIST: &str = "spans.ffconcat";
    let mut graph = Graph::default();
    graph.files.insert(LIST.into(), list);
    let mut arguments: Vec<OsString> = words("level+warning");
    // All parameter sets are in the header of the first: packets stay as they are.
    arguments.extend(["-auto_convert", "0"].map(OsString::from));
    if in_header {
        arguments.extend(["-codec_whitelist", "none"].map(OsString::from));
    }
    arguments.extend(["-protocol_whitelist", "file", "-f", "concat", "-safe", "0", "-i", LIST].map(OsString::from));
    arguments.extend(["-protocol_whitelist", "file", "-f", "mp4", "-i"].map(OsString::from));
    arguments.push(ffmpeg::file_url(sound));
    let mut maps = ["-map", "0:v", "-map", "1:a", "-c", "copy"].map(OsString::from).to_vec();
    if !filters.is_empty() {
        maps.extend(["-bsf:v", filters].map(OsString::from));
    }
    if let Some(soft) = &timeline.soft {
        soft.add(2, &mut arguments, &mut maps, &mut graph.files);
    }
    arguments.append(&mut maps);
    arguments.extend(NOTHING_ELSE.map(OsString::from));
    Command::new(arguments, graph.files, &[])
}

/// The command that draws the first frame of `slice` as a picture; as wide and high as the `label` says under which it
/// stands, if there is one.
pub(super) fn still_command(
    plan: &ValidPlan,
    slice: &Timeline,
    runs: &[TextRun],
    width: Option<u32>,
    label: Option<&(u32, Label)>,
    format: Picture,
) -> Command {
    let mut graph = Graph::default();
    picture(slice, plan.media(), runs, &mut graph);
    match label {
        None => {
            let width = width.map_or("iw".to_owned(), |width| width.to_string());
            graph.chains.push(format!("[v]scale=w={width}:h=-2:flags=area:{}[still]", format.colours));
        }
        Some((picture, label)) => {
            let (width, height) = (label.width, label.height);
            graph.files.insert(label.name.into(), label.document.clone());
            graph.chains.push(format!(
                "[v]scale=w={width}:h={picture}:flags=area,pad=w={width}:h={height}:color=0x202020,{},scale={}[still]",
                label.filter(),
                format.colours
            ));
        }
    }
    let mut arguments = opening("level+warning", &mut graph);
    arguments.extend(format.arguments("[still]"));
    Command::new(arguments, graph.files, runs).with(label.map(|(_, label)| label))
}

/// The command that puts the pictures `0.png` to `count - 1` side by side.
pub(super) fn sheet_command(count: usize, format: Picture) -> Command {
    // About as many across as down looks best for pictures higher than wide.
    let across = (1..=count).find(|across| across * across >= count).unwrap_or(1);
    let colours = if format.encoder == "png" { "rgb24" } else { "yuvj420p" };
    let mut graph = Graph::default();
    graph.chains.push(format!("[0:v]tile={across}x{}:padding=8,format={colours}[still]", count.div_ceil(across)));
    let mut arguments = words("level+warning");
    arguments.extend(["-protocol_whitelist", "file", "-f", "image2", "-start_number", "0", "-i"].map(OsString::from));
    arguments.push("file:%d.png".into());
    graph.files.insert("graph.txt".into(), graph.chains.join(";\n") + "\n");
    arguments.extend(["-filter_complex_script", "graph.txt"].map(OsString::from));
    arguments.extend(format.arguments("[still]"));
    Command::new(arguments, graph.files, &[])
}

/// How many threads encode a span. Spans are encoded side by side, so more would only take more memory and processor time.
/// It is part of what x264 writes, so it must not depend on the machine or on how many spans are rendered at a time, or
/// the same span would have other bytes.
const ENCODER_THREADS: &str = "1";

/// Neither data nor what the sources say of themselves.
const NOTHING_ELSE: [&str; 5] = ["-map_metadata", "-1", "-map_chapters", "-1", "-dn"];

/// How the pictures are encoded: all that is drawn is in BT.709.
fn picture_encoding(timeline: &Timeline, encoder: &Encoder) -> Vec<OsString> {
    let mut options = encoder.picture_options();
    options.extend(["-r".to_owned(), timeline.canvas.rate.to_string()].map(OsString::from));
    let colours = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"];
    options.extend(colours.map(OsString::from));
    options
}

fn sound_encoding(encoder: &Encoder) -> Vec<OsString> {
    let rate = sound::RATE.to_string();
    encoder.sound_options().iter().copied().chain(["-ar", &rate, "-ac", "2"]).map(OsString::from).collect()
}

/// The command that measures how loud the sound of `timeline` is through `mastering` filters, and writes it nowhere.
pub(super) fn levels_command(plan: &ValidPlan, timeline: &Timeline, stems: &Stems, mastering: &str) -> Command {
    let mut graph = Graph::default();
    sound::sound(timeline, plan.media(), stems, &format!("{mastering},{MEASURING}"), &mut graph);
    let mut arguments = opening("level+info", &mut graph);
    arguments.extend(["-map", "[a]", "-f", "null", "-"].map(OsString::from));
    Command::new(arguments, graph.files, &[])
}

/// The command that writes the sound of `timeline` as somebody listens to it who looks for speech: 8 kHz of bandwidth tell
/// enough, and an hour stays small.
pub(super) fn speech_command(plan: &ValidPlan, timeline: &Timeline, stems: &Stems) -> Command {
    let mut graph = Graph::default();
    sound::sound(timeline, plan.media(), stems, "", &mut graph);
    let mut arguments = opening("level+warning", &mut graph);
    arguments.extend(["-map", "[a]", "-ar", "16000", "-c:a", "pcm_s16le", "-f", "wav"].map(OsString::from));
    Command::new(arguments, graph.files, &[])
}

/// The command that writes a stretch of a sound without any loss, for others to read. RF64 has room for more than four
/// gigabytes.
pub(super) fn stem_command(write: impl FnOnce(&mut Graph)) -> Command {
    let mut graph = Graph::default();
    write(&mut graph);
    let mut arguments = opening("level+warning", &mut graph);
    arguments.extend(["-map", "[a]", "-c:a", "pcm_f32le", "-rf64", "auto", "-f", "wav"].map(OsString::from));
    Command::new(arguments, graph.files, &[])
}

/// Every input has a decoder of its own, which keeps its pictures to the end. With one thread each it keeps a third less,
/// and while one is read the encoder has the other cores anyway.
const MANY_INPUTS: usize = 16;

/// Everything before the maps. The graph goes through a file: no argument is too long, and no shell sees it.
fn opening(log_level: &str, graph: &mut Graph) -> Vec<OsString> {
    let mut arguments = words(log_level);
    let frugal = graph.inputs.len() > MANY_INPUTS;
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

/// How ffmpeg speaks, and that it asks nothing.
fn words(log_level: &str) -> Vec<OsString> {
    let first = ["-nostdin", "-hide_banner", "-nostats", "-y", "-loglevel", log_level];
    first.into_iter().chain(["-progress", "pipe:1", "-stats_period", "0.25"]).map(OsString::from).collect()
}

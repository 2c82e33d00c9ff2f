//! The picture as one filter graph.
//!
//! Each stretch is an input of its own, sought to a little before its first frame, so that what is covered is never
//! decoded. It is brought to the canvas' rate and size and cut to its exact frames; then all are joined, and what lies
//! over them is drawn in order. Only numbers and names of our own stand in the graph.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::media::MediaTable;
use crate::time::{FLICKS, Time};

use super::fit::{Sight, fit};
use super::input::{Input, micros};
use super::strip::Shot;
use super::texts::TextRun;
use super::timeline::{Canvas, Filling, Item, ItemContent, Stretch, Timeline};
use super::{motion, overlay};

/// A filter graph under construction: its inputs, its chains, and the text files that it reads.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) inputs: Vec<Input>,
    pub(super) chains: Vec<String>,
    /// Files to write beside the graph, by name.
    pub(super) files: BTreeMap<String, String>,
}

impl Graph {
    /// Adds an input and returns its number.
    pub(super) fn input(&mut self, input: Input) -> usize {
        self.inputs.push(input);
        self.inputs.len() - 1
    }
}

/// How much earlier than its first frame an input is sought: containers without an index do not find every key frame. Those
/// of the `mov` family have one, and are sought by the time of the picture.
const LEAD_SECONDS: f64 = 1.0;
const INDEXED: &str = "mov";

/// How much earlier than it is due a frame counts: one that lies right between two frames of the canvas must go to the
/// later one wherever a cut is made, and the seconds that ffmpeg is told have but six decimals.
pub(super) const NUDGE_SECONDS: f64 = 3e-6;

/// How long the last frame may stand for what the container promised and the stream does not have. What lacks more is a
/// broken file, and must come out as missing frames rather than as a picture that stands still.
pub(super) const HELD_SECONDS: f64 = 0.5;

/// Writes the picture of `timeline` into `graph`, ending in `[v]`. `texts` are the text documents by the number of the
/// first item that they draw.
pub(super) fn picture(timeline: &Timeline, media: &MediaTable, texts: &[TextRun], graph: &mut Graph) {
    let mut labels = String::new();
    for (number, stretch) in timeline.stretches.iter().enumerate() {
        fill(stretch, number, &timeline.canvas, media, graph);
        let _ = write!(labels, "[s{number}]");
    }
    let count = timeline.stretches.len();
    let rate = timeline.canvas.rate;
    // `concat` forgets the rate; every frame gets its number again.
    let join = if count == 1 { "null".to_owned() } else { format!("concat=n={count}:v=1:a=0") };
    let first = if timeline.lead == 0 { String::new() } else { format!("+{}", timeline.lead) };
    graph.chains.push(format!("{labels}{join},settb={},setpts=N{first}[base]", rate.time_base()));
    let mut below = "base".to_owned();
    let mut number = 0;
    while let Some(item) = timeline.items.get(number) {
        let above = format!("o{number}");
        match &item.content {
            ItemContent::Picture { shot, start } => {
                overlay::picture(shot, *start, item, (&below, &above), timeline, media, graph);
                number += 1;
            }
            ItemContent::Inset { asset, position, width } => {
                let Some(source) = media.get(asset) else { break };
                overlay::inset(source, (*position, *width), item, (&below, &above), &timeline.canvas, graph);
                number += 1;
            }
            ItemContent::Fade { into, frames } => {
                let kind = if *into { "out" } else { "in" };
                // By time, not by frame: a cut may fall into a fade, and `fade` counts from the first frame it sees.
                let (first, length) = (rate.time_of(frames.start), rate.time_of(frames.end - frames.start));
                let (first, length) = (micros(first), micros(length));
                graph
                    .chains
                    .push(format!("[{below}]fade=t={kind}:st={first}:d={length}:enable='{}'[{above}]", shown(item)));
                number += 1;
            }
            ItemContent::Text(_) => {
                let Some(run) = texts.iter().find(|run| run.first == number) else {
                    number += 1;
                    continue;
                };
                graph.chains.push(format!("[{below}]ass=f={}:fontsdir=fonts:shaping=complex[{above}]", run.name));
                graph.files.insert(run.name.clone(), run.document.clone());
                number = run.last + 1;
            }
        }
        below = above;
    }
    let restart = if timeline.lead == 0 { "" } else { ",setpts=N" };
    graph.chains.push(format!("[{below}]format=yuv420p{restart}[v]"));
}

/// An expression that is 1 in the frames in which an item is seen.
pub(super) fn shown(item: &Item) -> String {
    let ranges = item.ranges.iter().map(|range| format!("gte(n,{})*lt(n,{})", range.start, range.end));
    ranges.collect::<Vec<_>>().join("+")
}

/// Writes one stretch, ending in `[s{number}]`.
fn fill(stretch: &Stretch, number: usize, canvas: &Canvas, media: &MediaTable, graph: &mut Graph) {
    let count = stretch.frames.end - stretch.frames.start;
    match &stretch.filling {
        Filling::Shot(shot) => {
            let chain = shot_chain(shot, count, Sight::Solid, canvas, media, graph);
            graph.chains.push(format!("{chain}[s{number}]"));
        }
        Filling::Joint { from, to, kind, length, skip } => {
            let first = shot_chain(from, *length, Sight::Solid, canvas, media, graph);
            let second = shot_chain(to, *length, Sight::Solid, canvas, media, graph);
            graph.chains.push(format!("{first}[s{number}a]"));
            graph.chains.push(format!("{second}[s{number}b]"));
            let seconds = canvas.rate.time_of(*length);
            graph.chains.push(format!(
                "[s{number}a][s{number}b]xfade=transition={}:duration={}:offset=0,settb={},setpts=N,\
                 trim=start_frame={skip}:end_frame={},setpts=PTS-STARTPTS,setsar=1,format=yuv420p[s{number}]",
                xfade_name(kind),
                micros(seconds),
                canvas.rate.time_base(),
                skip + count,
            ));
        }
        Filling::Black => {
            let Canvas { width, height, rate, .. } = canvas;
            graph.chains.push(format!(
                "color=c=black:s={width}x{height}:r={rate},trim=end_frame={count},setpts=PTS-STARTPTS,setsar=1,\
                 format=yuv420p[s{number}]"
            ));
        }
    }
}

fn xfade_name(kind: &str) -> &'static str {
    match kind {
        "dissolve" => "dissolve",
        "wipe_left" => "wipeleft",
        "wipe_right" => "wiperight",
        "wipe_up" => "wipeup",
        "wipe_down" => "wipedown",
        "slide_left" => "slideleft",
        "slide_right" => "slideright",
        "slide_up" => "slideup",
        "slide_down" => "slidedown",
        _ => "fade",
    }
}

/// `count` frames of a shot on the canvas, without a label at the end.
pub(super) fn shot_chain(
    shot: &Shot,
    count: u64,
    sight: Sight,
    canvas: &Canvas,
    media: &MediaTable,
    graph: &mut Graph,
) -> String {
    let Some((source, picture)) = media.get(&shot.asset).and_then(|media| Some((media, media.picture.as_ref()?)))
    else {
        return format!("color=c=black:s={}x{}:r={}", canvas.width, canvas.height, canvas.rate);
    };
    let fitted = fit(picture, canvas, &shot.framing, sight);
    let (rate, base) = (canvas.rate, canvas.rate.time_base());
    // A whole graph may stand in the middle of this chain; its labels must be its own.
    let label = format!("f{}", graph.inputs.len());
    if shot.still {
        let input = graph.input(Input::new(source));
        let repeat = format!("loop=loop={}:size=1:start=0,settb={base},setpts=N,trim=end_frame={count}", count - 1);
        let filters = match motion::filter(shot, rate, fitted.focus) {
            Some(motion) => fitted.filters(canvas, &label, &format!(",{repeat},{motion}")),
            None => format!("{},{repeat}", fitted.filters(canvas, &label, "")),
        };
        return format!("[{input}:{}]{filters}", picture.stream);
    }
    if shot.held && count > 1 {
        let one = shot_chain(shot, 1, sight, canvas, media, graph);
        return format!("{one},loop=loop={}:size=1:start=0,settb={base},setpts=N", count - 1);
    }
    let fitting = fitted.filters(canvas, &label, "");
    // The last frame stands to the end, however long that is, and is there wherever in its time a shot begins.
    let begin = picture.last.map_or(shot.source, |last| shot.source.min(last));
    // A whole second is exact in the clock of any container, so a frame has the same time wherever its input is sought.
    let lead = if source.format == INDEXED { 0.0 } else { LEAD_SECONDS };
    let seek = (begin.as_secs() - lead).floor().max(0.0);
    let first = (begin.as_secs() - seek) / shot.speed - NUDGE_SECONDS;
    // Before its start a file has no frame that could stand.
    let first = if seek > 0.0 { first } else { first.max(0.0) };
    let seek = Time::from_secs(seek).unwrap_or_default();
    let input = graph.input(Input::new(source).seek_key_frame(seek));
    let pace =
        if (shot.speed - 1.0).abs() < 1e-9 { String::new() } else { format!("setpts=round(PTS/{}),", shot.speed) };
    let stands = picture.duration.zip(picture.last).map_or(Time::ZERO, |(end, last)| (end - last).scaled(shot.speed));
    let held = rate.frame_at(stands.max(Time::from_secs(HELD_SECONDS).unwrap_or_default()));
    let resample = format!("settb=1/{FLICKS},{pace}fps={rate}:start_time={first:.6},tpad=stop_mode=clone:stop={held}");
    let cut = format!("trim=end_frame={count},setpts=PTS-STARTPTS");
    // Frames that will be dropped, as those between the key frame and the first that is wanted, are not scaled; frames
    // that will be doubled are scaled once.
    let drops = seek > Time::ZERO || picture.rate * shot.speed > rate.fps() + 0.01;
    let body = if drops || fitted.is_put_together(canvas) {
        format!("{resample},{cut},{fitting}")
    } else {
        format!("{fitting},{resample},{cut}")
    };
    format!("[{input}:{}]{body}", picture.stream)
}

//! The picture as one filter graph.
//!
//! Each stretch is an input of its own, sought to a little before its first frame, so that what is covered is never
//! decoded. It is brought to the canvas' rate and size and cut to its exact frames; then all are joined, and what lies
//! over them is drawn in order. Only numbers and names of our own stand in the graph.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::media::{Media, MediaTable, Picture};
use crate::text;
use crate::time::{FLICKS, Time};

use super::input::{Input, micros};
use super::strip::Shot;
use super::texts::{TextRun, page};
use super::timeline::{Canvas, Filling, Item, ItemContent, Stretch, Timeline, even};

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

/// How much earlier than its first frame an input is sought: containers without an index do not find every key frame.
const LEAD_SECONDS: f64 = 1.0;

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
            ItemContent::Picture { asset, place } => {
                let Some(source) = media.get(asset) else { break };
                overlay(source, *place, item, &below, &above, &timeline.canvas, graph);
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
fn shown(item: &Item) -> String {
    let ranges = item.ranges.iter().map(|range| format!("gte(n,{})*lt(n,{})", range.start, range.end));
    ranges.collect::<Vec<_>>().join("+")
}

/// Writes one stretch, ending in `[s{number}]`.
fn fill(stretch: &Stretch, number: usize, canvas: &Canvas, media: &MediaTable, graph: &mut Graph) {
    let count = stretch.frames.end - stretch.frames.start;
    match &stretch.filling {
        Filling::Shot(shot) => {
            let chain = shot_chain(shot, count, canvas, media, graph);
            graph.chains.push(format!("{chain}[s{number}]"));
        }
        Filling::Joint { from, to, kind, length, skip } => {
            let (first, second) =
                (shot_chain(from, *length, canvas, media, graph), shot_chain(to, *length, canvas, media, graph));
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
fn shot_chain(shot: &Shot, count: u64, canvas: &Canvas, media: &MediaTable, graph: &mut Graph) -> String {
    let Some((source, picture)) = media.get(&shot.asset).and_then(|media| Some((media, media.picture.as_ref()?)))
    else {
        return format!("color=c=black:s={}x{}:r={}", canvas.width, canvas.height, canvas.rate);
    };
    let fitting = fit(picture, canvas);
    let (rate, base) = (canvas.rate, canvas.rate.time_base());
    if shot.still {
        let input = graph.input(Input::new(source));
        return format!(
            "[{input}:{}]{fitting},loop=loop={}:size=1:start=0,settb={base},setpts=N,trim=end_frame={count}",
            picture.stream,
            count - 1,
        );
    }
    // The last frame stands to the end, however long that is, and is there wherever in its time a shot begins.
    let begin = picture.last.map_or(shot.source, |last| shot.source.min(last));
    // A whole second is exact in the clock of any container, so a frame has the same time wherever its input is sought.
    let seek = (begin.as_secs() - LEAD_SECONDS).floor().max(0.0);
    let first = ((begin.as_secs() - seek) / shot.speed - NUDGE_SECONDS).max(0.0);
    let seek = Time::from_secs(seek).unwrap_or_default();
    let input = graph.input(Input::new(source).seek_key_frame(seek));
    let pace =
        if (shot.speed - 1.0).abs() < 1e-9 { String::new() } else { format!("setpts=round(PTS/{}),", shot.speed) };
    let stands = picture.duration.zip(picture.last).map_or(Time::ZERO, |(end, last)| (end - last).scaled(shot.speed));
    let held = rate.frame_at(stands + Time::from_secs(HELD_SECONDS).unwrap_or_default());
    let resample = format!("settb=1/{FLICKS},{pace}fps={rate}:start_time={first:.6},tpad=stop_mode=clone:stop={held}");
    let cut = format!("trim=end_frame={count},setpts=PTS-STARTPTS");
    // Frames that will be dropped, as those between the key frame and the first that is wanted, are not scaled; frames
    // that will be doubled are scaled once.
    let body = if seek > Time::ZERO || picture.rate * shot.speed > rate.fps() + 0.01 {
        format!("{resample},{cut},{fitting}")
    } else {
        format!("{fitting},{resample},{cut}")
    };
    format!("[{input}:{}]{body}", picture.stream)
}

/// Filters that bring a picture to the canvas.
fn fit(picture: &Picture, canvas: &Canvas) -> String {
    let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
    let untouched =
        picture.plain && picture.square && (picture.width - width).abs() < 0.5 && (picture.height - height).abs() < 0.5;
    if untouched {
        return "setsar=1,format=yuv420p".to_owned();
    }
    let (across, down) = (width / picture.width, height / picture.height);
    let scale = if canvas.fit == "contain" { across.min(down) } else { across.max(down) };
    let mut filters = String::new();
    // What the canvas will not show is cut off before it is scaled, but for a margin that keeps the proportions exact.
    // Pixels that are not square are left to the scaler.
    let (mut shown_width, mut shown_height) = (picture.width, picture.height);
    if picture.square {
        let margin = |shown: f64, needed: f64| f64::from(even(needed / scale) + 4).min(shown);
        (shown_width, shown_height) = (margin(shown_width, width), margin(shown_height, height));
        if picture.width - shown_width > 8.0 || picture.height - shown_height > 8.0 {
            let _ = write!(filters, "crop=w={shown_width}:h={shown_height},");
        } else {
            (shown_width, shown_height) = (picture.width, picture.height);
        }
    }
    // A pixel of rounding never leaves a line of border.
    let close = |size: f64, whole: f64| if (size - whole).abs() < 1.5 { whole } else { size };
    let scaled_width = even(close(shown_width * scale, width));
    let scaled_height = even(close(shown_height * scale, height));
    let matrix = if picture.bt601 { ":in_color_matrix=bt601" } else { "" };
    let _ = write!(
        filters,
        "scale=w={scaled_width}:h={scaled_height}:flags=bicubic{matrix}:out_color_matrix=bt709:out_range=tv,format=yuv420p"
    );
    let Canvas { width, height, .. } = *canvas;
    if scaled_width < width || scaled_height < height {
        let (left, top) = ((width - scaled_width.min(width)) / 4 * 2, (height - scaled_height.min(height)) / 4 * 2);
        let _ = write!(filters, ",pad=w={width}:h={height}:x={left}:y={top}:color=black");
    } else if scaled_width > width || scaled_height > height {
        let _ = write!(filters, ",crop=w={width}:h={height}");
    }
    filters.push_str(",setsar=1");
    filters
}

/// Draws a photo over `[below]`, giving `[above]`.
fn overlay(
    source: &Media,
    place: Option<(&'static str, f64)>,
    item: &Item,
    below: &str,
    above: &str,
    canvas: &Canvas,
    graph: &mut Graph,
) {
    let Some(picture) = &source.picture else { return };
    let input = graph.input(Input::new(source));
    let (canvas_width, canvas_height) = (f64::from(canvas.width), f64::from(canvas.height));
    let (width, height, x, y) = match place {
        None => {
            let scale = (canvas_width / picture.width).max(canvas_height / picture.height);
            let (width, height) = (even(picture.width * scale), even(picture.height * scale));
            (width, height, (canvas_width - f64::from(width)) / 2.0, (canvas_height - f64::from(height)) / 2.0)
        }
        Some((position, share)) => {
            let area = text::safe_area(&page(canvas));
            // As wide as asked, but never higher or wider than the safe area.
            let wanted = canvas_width * share;
            let scale = (wanted / picture.width).min(area.width / picture.width).min(area.height / picture.height);
            let (width, height) = (even(picture.width * scale), even(picture.height * scale));
            let place = text::stand(f64::from(width), f64::from(height), position, &area);
            (width, height, place.left, place.top)
        }
    };
    // Even offsets: an odd one would shift the colours by half a pixel.
    let snap = |offset: f64| (offset / 2.0).round() * 2.0;
    graph.chains.push(format!(
        "[{input}:{}]scale=w={width}:h={height}:flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuva420p[p{above}]",
        picture.stream
    ));
    graph.chains.push(format!(
        "[{below}][p{above}]overlay=x={}:y={}:format=yuv420:eof_action=repeat:enable='{}'[{above}]",
        snap(x),
        snap(y),
        shown(item)
    ));
}

//! Pictures that are drawn over the picture: in a place of their own, or over all of it where they can be seen through.

use crate::media::{Media, MediaTable};
use crate::text;

use super::fit::{Sight, fit, upright};
use super::graph::{Graph, shot_chain, shown};
use super::input::Input;
use super::strip::Shot;
use super::texts::page;
use super::timeline::{Canvas, Item, Timeline, even};

/// Draws `shot`, which is seen through, over the whole of the first of `labels`, giving the second; it begins in frame
/// `start`.
pub(super) fn picture(
    shot: &Shot,
    start: u64,
    item: &Item,
    (below, above): (&str, &str),
    timeline: &Timeline,
    media: &MediaTable,
    graph: &mut Graph,
) {
    let canvas = &timeline.canvas;
    let Some(picture) = media.get(&shot.asset).and_then(|media| media.picture.as_ref()) else { return };
    let end = item.ranges.last().map_or(start, |range| range.end);
    let stands = shot.stands();
    let count = if stands { 1 } else { end.saturating_sub(start).max(1) };
    let chain = shot_chain(shot, count, Sight::Through, canvas, media, graph);
    // One frame stands for all; of several each has its time.
    let (times, after, seen) = if stands {
        (String::new(), "repeat", shown(item))
    } else {
        let times = format!(",settb={},setpts=N+{}", canvas.rate.time_base(), start + timeline.lead);
        (times, "pass", shown_by_time(item, timeline))
    };
    graph.chains.push(format!("{chain}{times}[p{above}]"));
    let fitted = fit(picture, canvas, &shot.framing, Sight::Through);
    graph.chains.push(format!(
        "[{below}][p{above}]overlay=x={}:y={}:format=yuv420:eof_action={after}:enable='{}'[{above}]",
        fitted.left, fitted.top, seen
    ));
}

/// An expression that is 1 in the frames in which an item is seen. ffmpeg asks it anew for each frame of either input, and
/// counts those of each by itself; only their times are of one clock.
fn shown_by_time(item: &Item, timeline: &Timeline) -> String {
    let rate = timeline.canvas.rate.fps();
    #[expect(clippy::cast_precision_loss, reason = "a day has few frames")]
    let before = |frame: u64| ((frame + timeline.lead) as f64 - 0.5) / rate;
    let ranges =
        item.ranges.iter().map(|range| format!("gte(t,{:.6})*lt(t,{:.6})", before(range.start), before(range.end)));
    ranges.collect::<Vec<_>>().join("+")
}

/// Draws a photo as wide as a share of the canvas in its place over the first of `labels`, giving the second.
pub(super) fn inset(
    source: &Media,
    (position, share): (&'static str, f64),
    item: &Item,
    (below, above): (&str, &str),
    canvas: &Canvas,
    graph: &mut Graph,
) {
    let Some(picture) = &source.picture else { return };
    let input = graph.input(Input::new(source));
    let area = text::safe_area(&page(canvas));
    // As wide as asked, but never higher or wider than the safe area.
    let wanted = f64::from(canvas.width) * share;
    let scale = (wanted / picture.width).min(area.width / picture.width).min(area.height / picture.height);
    let (width, height) = (even(picture.width * scale), even(picture.height * scale));
    let place = text::stand(f64::from(width), f64::from(height), position, &area);
    // Even offsets: an odd one would shift the colours by half a pixel.
    let snap = |offset: f64| (offset / 2.0).round() * 2.0;
    graph.chains.push(format!(
        "[{input}:{}]{}scale=w={width}:h={height}:flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuva420p[p{above}]",
        picture.stream,
        upright(picture)
    ));
    graph.chains.push(format!(
        "[{below}][p{above}]overlay=x={}:y={}:format=yuv420:eof_action=repeat:enable='{}'[{above}]",
        snap(place.left),
        snap(place.top),
        shown(item)
    ));
}

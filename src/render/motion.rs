//! A photo that moves: slowly larger or smaller, or a view that wanders over it.
//!
//! ffmpeg's `zoompan` cuts at whole pixels, so that what moves slowly trembles. `perspective` samples between them, a
//! 256th of a pixel fine; it is told the corners of what is seen anew for each frame, from the frame's number alone.

use crate::time::FrameRate;

use super::strip::Shot;

/// How much larger a photo becomes, or is while the view wanders over it: enough to be felt in a few seconds.
const GROWTH: f64 = 0.15;

/// The filter that moves `shot`, for frames from its first one on; `None` if it stands. `focus` is the point that stays
/// where it is while the photo grows: shares of width and height.
pub(super) fn filter(shot: &Shot, rate: FrameRate, focus: [f64; 2]) -> Option<String> {
    let motion = shot.framing.motion?;
    let length = motion.length.as_secs() * rate.fps() / shot.speed;
    let done = shot.source.as_secs() * rate.fps() / shot.speed;
    // `in` counts from 1. The last frame is the end of the way.
    let frame = if shot.held { format!("{done:.6}") } else { format!("({done:.6}+in-1)") };
    let way = format!("clip({frame}/{:.6},0,1)", (length - 1.0).max(1.0));
    let share = match motion.kind {
        "zoom_in" => format!("1/(1+{GROWTH}*{way})"),
        "zoom_out" => format!("1/({}-{GROWTH}*{way})", 1.0 + GROWTH),
        _ => format!("1/{}", 1.0 + GROWTH),
    };
    let [across, down] = focus.map(|focus| format!("{focus:.6}"));
    let back = format!("(1-{way})");
    let (across, down) = match motion.kind {
        "pan_left" => (&back, &down),
        "pan_right" => (&way, &down),
        "pan_up" => (&across, &back),
        "pan_down" => (&across, &way),
        _ => (&across, &down),
    };
    // The view is `share` of the picture, and what is left over lies beside it as `across` and `down` say.
    let (left, top) = (format!("{across}*(1-{share})"), format!("{down}*(1-{share})"));
    let (right, bottom) = (format!("({left}+{share})"), format!("({top}+{share})"));
    Some(format!(
        "perspective=x0='W*{left}':y0='H*{top}':x1='W*{right}':y1='H*{top}':x2='W*{left}':y2='H*{bottom}':\
         x3='W*{right}':y3='H*{bottom}':interpolation=cubic:eval=frame"
    ))
}

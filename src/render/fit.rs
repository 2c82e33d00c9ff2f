//! How a picture is brought to the canvas: its size, its place and its colours. None is ever stretched.

use std::fmt::Write as _;

use crate::media::{Light, Picture};
use crate::tasks::{Background, Color};

use super::framing::Framing;
use super::timeline::{Canvas, even};

/// Whether what lies below a picture may be seen through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing lies below it: where it is transparent there is black.
    Solid,
    /// It is drawn over something.
    Through,
}

/// A picture on the canvas.
#[derive(Debug)]
pub(super) struct Fitted {
    /// Filters that give it its size and its colours.
    scaled: String,
    width: u32,
    height: u32,
    /// Where it stands.
    pub(super) left: u32,
    pub(super) top: u32,
    /// Where in what is shown of it its focus lies: shares of width and height.
    pub(super) focus: [f64; 2],
    background: Background,
    /// Whether it fills the canvas, or may leave it open.
    alone: bool,
}

/// How `picture` stands on `canvas`, framed as `framing` says, where it says anything.
pub(super) fn fit(picture: &Picture, canvas: &Canvas, framing: &Framing, sight: Sight) -> Fitted {
    let focus = [0, 1].map(|axis| {
        let own = framing.focus.get(axis).copied().flatten();
        own.or(canvas.focus.get(axis).copied()).unwrap_or(0.5)
    });
    let [x, y] = focus;
    let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
    let (across, down) = (width / picture.width, height / picture.height);
    let contain = framing.fit.unwrap_or(canvas.fit) == "contain";
    let scale = if contain { across.min(down) } else { across.max(down) };
    let horizontal = Axis::new(picture.width, width, scale, x, picture.square);
    let vertical = Axis::new(picture.height, height, scale, y, picture.square);
    let mut scaled = upright(picture).to_owned();
    if horizontal.cut_early(&vertical) {
        let at = |axis: &Axis, name: &str| axis.early.map_or(String::new(), |at| format!(":{name}={at}"));
        let (left, top) = (at(&horizontal, "x"), at(&vertical, "y"));
        let _ = write!(scaled, "crop=w={}:h={}{left}{top},", horizontal.taken, vertical.taken);
    }
    let (horizontal, vertical) = (horizontal.scaled(&vertical), vertical.scaled(&horizontal));
    let untouched =
        picture.plain && picture.square && (picture.width - width).abs() < 0.5 && (picture.height - height).abs() < 0.5;
    if untouched {
        scaled.push_str("format=yuv420p");
    } else {
        scaled.push_str(&colours(picture, horizontal.size, vertical.size, sight));
    }
    let (shown_width, shown_height) = (horizontal.size.min(canvas.width), vertical.size.min(canvas.height));
    if (shown_width, shown_height) != (horizontal.size, vertical.size) {
        let at = |axis: &Scaled, name: &str| axis.late.map_or(String::new(), |at| format!(":{name}={at}"));
        let (left, top) = (at(&horizontal, "x"), at(&vertical, "y"));
        let _ = write!(scaled, ",crop=w={shown_width}:h={shown_height}{left}{top}");
    }
    Fitted {
        scaled,
        width: shown_width,
        height: shown_height,
        left: (canvas.width - shown_width) / 4 * 2,
        top: (canvas.height - shown_height) / 4 * 2,
        focus: [horizontal.focus, vertical.focus],
        background: framing.background.unwrap_or(canvas.background),
        alone: sight == Sight::Through,
    }
}

/// One side of a picture and of the canvas.
struct Axis {
    /// The picture's own length, and the canvas'.
    whole: f64,
    canvas: f64,
    scale: f64,
    focus: f64,
    /// How much of the picture is shown, and from where on, in its own pixels.
    shown: f64,
    from: f64,
    /// How much of it is taken before it is scaled, and from where on, where that is not the middle.
    taken: f64,
    early: Option<f64>,
}

/// The same, scaled.
struct Scaled {
    size: u32,
    /// What is cut off before what is shown, where that is not the same on both ends.
    late: Option<f64>,
    focus: f64,
}

impl Axis {
    fn new(whole: f64, canvas: f64, scale: f64, focus: f64, square: bool) -> Self {
        let shown = (canvas / scale).min(whole);
        let from = (focus * whole - shown / 2.0).clamp(0.0, whole - shown);
        // What the canvas will not show is cut off before it is scaled, but for a margin that keeps the proportions exact.
        // Pixels that are not square are left to the scaler.
        let taken = if square { f64::from(even(canvas / scale) + 4).min(whole) } else { whole };
        let before = (from - (taken - shown) / 2.0).clamp(0.0, whole - taken);
        // `crop` begins at whole pairs of pixels, which share their colour.
        let early = is_off_centre(focus).then_some((before / 2.0).floor() * 2.0);
        Self { whole, canvas, scale, focus, shown, from, taken, early }
    }

    /// Whether so much is cut off that it pays to do so early.
    fn cut_early(&self, other: &Self) -> bool {
        self.whole - self.taken > 8.0 || other.whole - other.taken > 8.0
    }

    fn scaled(&self, other: &Self) -> Scaled {
        let early = self.cut_early(other);
        let (taken, before) = if early { (self.taken, self.early.unwrap_or_default()) } else { (self.whole, 0.0) };
        // A pixel of rounding never leaves a line of border.
        let size = taken * self.scale;
        let size = even(if (size - self.canvas).abs() < 1.5 { self.canvas } else { size });
        let most = (f64::from(size) - self.canvas).max(0.0);
        let late = ((self.from - before) * self.scale / 2.0).round() * 2.0;
        Scaled {
            size,
            late: is_off_centre(self.focus).then_some(late.clamp(0.0, most)),
            focus: ((self.focus * self.whole - self.from) / self.shown.max(1.0)).clamp(0.0, 1.0),
        }
    }
}

/// The filters that turn a picture upright where ffmpeg does not do it by itself.
pub(super) fn upright(picture: &Picture) -> &'static str {
    match picture.turn {
        90 => "transpose=dir=clock,",
        180 => "hflip,vflip,",
        270 => "transpose=dir=cclock,",
        _ => "",
    }
}

fn is_off_centre(focus: f64) -> bool {
    (focus - 0.5).abs() > 1e-6
}

/// Filters that scale a picture to its size and give it the colours of the output: BT.709, video range.
fn colours(picture: &Picture, width: u32, height: u32, sight: Sight) -> String {
    let size = format!("scale=w={width}:h={height}:flags=bicubic");
    if picture.light != Light::Sdr || picture.wide {
        return format!("{size},{},format=yuv420p", to_bt709(picture));
    }
    // What says nothing is taken for BT.601 by the scaler, however large it is.
    let matrix = match (picture.bt601, picture.untagged && !picture.rgb) {
        (true, _) => ":in_color_matrix=bt601",
        (false, true) => ":in_color_matrix=bt709",
        (false, false) => "",
    };
    let pixels = match (picture.alpha, sight) {
        (true, Sight::Through) => "format=yuva420p",
        // On black: as dark as it is transparent.
        (true, Sight::Solid) => "format=yuva420p,premultiply=inplace=1,format=yuv420p",
        (false, _) => "format=yuv420p",
    };
    format!("{size}{matrix}:out_color_matrix=bt709:out_range=tv,{pixels}")
}

/// How bright white is in HDR (ITU-R BT.2408: a diffuse white of 203 cd/m²). It becomes 1, and what is brighter is pressed
/// into what is left.
const WHITE_NITS: f64 = 203.0;

/// How bright a highlight may be: what most of the displays and masters of today have.
const PEAK_NITS: f64 = 1000.0;

/// Filters that give HDR and BT.2020 pictures the colours of BT.709.
fn to_bt709(picture: &Picture) -> String {
    let transfer = match picture.light {
        Light::Pq => "smpte2084",
        Light::Hlg => "arib-std-b67",
        Light::Sdr => "bt709",
    };
    let matrix = if picture.rgb { "" } else { "min=2020_ncl:" };
    let primaries = if picture.wide { "2020" } else { "709" };
    // In light, not in signal: only there do colours add up.
    let linear = format!(
        "zscale={matrix}tin={transfer}:pin={primaries}:t=linear:npl={WHITE_NITS},format=gbrpf32le,zscale=p=709"
    );
    let tone = match picture.light {
        Light::Sdr => String::new(),
        _ => format!(",tonemap=tonemap=mobius:desat=0:peak={:.4}", PEAK_NITS / WHITE_NITS),
    };
    format!("{linear}{tone},zscale=t=709:m=709:r=tv")
}

fn is_grey(Color { red, green, blue, .. }: Color) -> bool {
    red == green && green == blue
}

/// How much smaller a background is while it is blurred: what is blurred has no detail to lose.
const BLUR_SHRINK: f64 = 8.0;

/// How far it is blurred, as a share of the canvas' shorter side.
const BLUR_SHARE: f64 = 0.05;

impl Fitted {
    /// Whether something is put beside it by filters that wait for both: these say that they end with the moment at which
    /// their last frame begins, and `fps` behind them would leave that frame out.
    pub(super) fn is_put_together(&self, canvas: &Canvas) -> bool {
        let fills = (self.width, self.height) == (canvas.width, canvas.height);
        let pads = matches!(self.background, Background::Color(color) if is_grey(color));
        !(fills || self.alone || pads)
    }

    /// The filters that bring the picture to the canvas; `moving` are more, for what it does before anything is put beside
    /// it. `label` begins the names of what is inside.
    pub(super) fn filters(&self, canvas: &Canvas, label: &str, moving: &str) -> String {
        let Self { scaled, width, height, left, top, .. } = self;
        if (*width, *height) == (canvas.width, canvas.height) || self.alone {
            return format!("{scaled}{moving},setsar=1");
        }
        let Canvas { width: across, height: down, .. } = *canvas;
        let background = match self.background {
            Background::Color(color) if is_grey(color) => {
                let Color { red, green, blue, .. } = color;
                let color = format!("0x{red:02x}{green:02x}{blue:02x}");
                return format!("{scaled}{moving},pad=w={across}:h={down}:x={left}:y={top}:color={color},setsar=1");
            }
            Background::Color(color) => {
                // `pad` would take its colours for BT.601.
                let [y, u, v] = bt709(color);
                format!("scale=w={across}:h={down}:flags=neighbor,lutyuv=y={y}:u={u}:v={v}")
            }
            Background::Blur => self.blurred(canvas),
        };
        format!(
            "{scaled}{moving},split[{label}a][{label}b];[{label}b]{background}[{label}c];\
             [{label}c][{label}a]overlay=x={left}:y={top}:format=yuv420,format=yuv420p,setsar=1"
        )
    }

    /// The picture itself, filling the canvas and out of focus.
    fn blurred(&self, canvas: &Canvas) -> String {
        let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
        let (small_width, small_height) = (even(width / BLUR_SHRINK), even(height / BLUR_SHRINK));
        let (own_width, own_height) = (f64::from(self.width), f64::from(self.height));
        let scale = (f64::from(small_width) / own_width).max(f64::from(small_height) / own_height);
        let (scaled_width, scaled_height) = (even(own_width * scale), even(own_height * scale));
        let sigma = f64::from(small_width.min(small_height)) * BLUR_SHARE;
        format!(
            "scale=w={}:h={}:flags=area,crop=w={small_width}:h={small_height},gblur=sigma={sigma:.3}:steps=2,\
             scale=w={width}:h={height}:flags=bicubic",
            scaled_width.max(small_width),
            scaled_height.max(small_height)
        )
    }
}

/// A colour as luma and chroma of BT.709 in video range.
fn bt709(color: Color) -> [f64; 3] {
    let [red, green, blue] = [color.red, color.green, color.blue].map(|part| f64::from(part) / 255.0);
    let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    [16.0 + 219.0 * luma, 128.0 + 224.0 * (blue - luma) / 1.8556, 128.0 + 224.0 * (red - luma) / 1.5748].map(f64::round)
}

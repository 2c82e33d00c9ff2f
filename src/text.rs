//! The words on the picture: from texts with a style, a place and frames to the ASS document that libass draws.
//!
//! [`layout`] breaks, measures and places; [`document`] writes down what it decided; [`FontSet::write_to`] lays out the
//! fonts that the document names. Nothing here looks at the system: the fonts ship with the program or come from a
//! folder that the user gave, and every line is placed by its own coordinates, so libass has nothing left to decide.

mod animate;
mod area;
pub(crate) mod ass;
mod block;
pub(crate) mod breaks;
mod font;
mod karaoke;
mod measure;
mod place;
mod runs;
mod wrap;

use std::ops::Range;

pub use self::area::safe_area;
pub use self::ass::document;
pub use self::block::{Block, Line, Run};
pub use self::font::{FontSet, UnknownFont};
pub use self::place::{Rect, stand};

use crate::tasks::Style;
use crate::time::FrameRate;

use self::block::Setter;
use self::place::Room;

/// A text that is to be seen.
#[derive(Clone, Debug)]
pub struct Caption {
    /// What it says, literally: nothing in it is markup. Line ends are kept.
    pub text: String,
    /// How it looks; its lengths are for a canvas whose shorter side is 1080.
    pub style: Style,
    /// The em's height instead of the style's, for the same canvas.
    pub font_size: Option<f64>,
    /// Where it stands in the safe area: a word of [`POSITION`](crate::value::POSITION).
    pub position: &'static str,
    /// The frames that show it, half-open.
    pub frames: Range<u64>,
    /// When its words are said, in order; only a style with a `highlight_color` shows it.
    pub spoken: Vec<Spoken>,
    /// Whether it is a subtitle: it keeps its place, so that a viewer knows where to look, and other texts make room.
    pub is_subtitle: bool,
}

/// When a word of a text is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// How many letters and digits of the text stand before the word.
    pub letters: usize,
    /// The frame at which it begins.
    pub frame: u64,
}

/// The canvas that texts are put on.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Frames per second; up to 60, because ASS counts time in hundredths of a second.
    pub rate: FrameRate,
    /// The part that texts stay in: a word of [`SAFE_AREA`](crate::value::SAFE_AREA).
    pub safe_area: &'static str,
}

impl Page {
    /// How much longer a style's length is on this canvas.
    fn scale(&self) -> f64 {
        f64::from(self.width.min(self.height)) / 1080.0
    }
}

/// Where every text stands, and what was noteworthy on the way.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The texts in the order of their captions. A caption without a visible character or without frames has none.
    pub blocks: Vec<Block>,
    /// What the author should know, in the order of the captions.
    pub findings: Vec<Finding>,
}

impl Layout {
    /// The texts of these captions, where they stand among all.
    #[must_use]
    pub fn part(&self, captions: &Range<usize>) -> Self {
        let blocks = self.blocks.iter().filter(|block| captions.contains(&block.caption)).cloned().collect();
        Self { blocks, findings: Vec::new() }
    }

    /// The texts that are seen in `frames`, where they stand; their times are counted from the frame `from`, which none of
    /// them begins before.
    #[must_use]
    pub fn seen_in(&self, frames: &Range<u64>, from: u64) -> Self {
        let seen = |block: &&Block| block.frames.start < frames.end && frames.start < block.frames.end;
        let blocks = self.blocks.iter().filter(seen).map(|block| block.counted_from(from)).collect();
        Self { blocks, findings: Vec::new() }
    }
}

/// Something about one caption that its author should know.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which caption, counted from 0.
    pub caption: usize,
    /// What.
    pub kind: FindingKind,
}

/// What there is to know about a caption.
#[derive(Clone, Debug, PartialEq)]
pub enum FindingKind {
    /// The style's font does not exist; Noto Sans is drawn instead.
    UnknownFont(UnknownFont),
    /// The style wants bold letters, and the family has none: plain ones are drawn.
    NoBoldFace {
        /// The family.
        family: String,
    },
    /// No font has these characters; they are left out.
    MissingGlyphs(Vec<char>),
    /// The text was too large for the safe area at its size and is drawn smaller.
    Shrunk {
        /// The share of the asked size that it is drawn at, at least 0.6.
        share: f64,
    },
    /// Even at the smallest allowed size the text is higher than the safe area; it is drawn beyond it.
    Overflow,
    /// The text would have covered another one and was moved.
    Moved {
        /// By so many pixels of the canvas: down, or up if negative.
        by: f64,
        /// The caption that stands in its place.
        over: usize,
    },
    /// The text covers another one: even at the smallest allowed size there is no room for both.
    NoRoom {
        /// The other caption.
        over: usize,
    },
}

/// Breaks, measures and places `captions` on `page`. The same input always gives the same layout.
///
/// Subtitles take their places first, then the others in their order; who comes later makes room, and becomes smaller
/// where there is too little.
#[must_use]
pub fn layout(captions: &[Caption], page: &Page, fonts: &FontSet) -> Layout {
    let safe_area = safe_area(page);
    let mut setter = Setter::new(page, &safe_area, fonts);
    let mut layout = Layout::default();
    let (subtitles, others): (Vec<_>, Vec<_>) =
        captions.iter().enumerate().partition(|(_, caption)| caption.is_subtitle);
    for (index, caption) in subtitles.into_iter().chain(others) {
        let (block, findings) = place(index, caption, &mut setter, &layout.blocks, &safe_area, page.scale());
        layout.blocks.extend(block);
        layout.findings.extend(findings.into_iter().map(|kind| Finding { caption: index, kind }));
    }
    layout.blocks.sort_by_key(|block| block.caption);
    layout.findings.sort_by_key(|finding| finding.caption);
    layout
}

/// Sets one caption at the largest size at which it finds a place beside the `others`.
fn place(
    index: usize,
    caption: &Caption,
    setter: &mut Setter<'_>,
    others: &[Block],
    area: &Rect,
    scale: f64,
) -> (Option<Block>, Vec<FindingKind>) {
    let mut crowded = None;
    for share in block::SHARES {
        let mut findings = Vec::new();
        let Some(mut block) = setter.set(index, caption, *share, &mut findings) else { return (None, findings) };
        match place::avoid(&mut block, caption.position, others, area, scale) {
            Room::Free => return (Some(block), findings),
            Room::Moved { by, over } => {
                findings.push(FindingKind::Moved { by, over });
                return (Some(block), findings);
            }
            Room::None { over } => {
                crowded.get_or_insert_with(|| {
                    findings.push(FindingKind::NoRoom { over });
                    (block, findings)
                });
            }
        }
    }
    crowded.map_or((None, Vec::new()), |(block, findings)| (Some(block), findings))
}

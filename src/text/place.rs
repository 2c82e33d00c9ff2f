//! Where a block stands: safe areas, the nine positions, and room for two texts at once.

use super::block::Block;
use super::{FindingKind, Page};
use crate::tasks::Align;

/// A rectangle of the canvas, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub left: f64,
    /// The upper edge.
    pub top: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

impl Rect {
    /// The right edge.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The lower edge.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right() && other.left < self.right() && self.top < other.bottom() && other.top < self.bottom()
    }
}

/// What a platform's own buttons and captions leave free of a 1080×1920 canvas.
struct Platform {
    name: &'static str,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// Platforms publish few numbers, and the sources disagree; each row takes the larger margin of those named.
const PLATFORMS: &[Platform] = &[
    // What all of the others leave free, made symmetric so that centred text stays centred.
    Platform { name: "universal", left: 120.0, top: 270.0, right: 960.0, bottom: 1440.0 },
    // blitzcutai.com (January 2026): top 130, bottom 320 to 350, right 120 to 164, left 60.
    Platform { name: "tiktok", left: 60.0, top: 130.0, right: 916.0, bottom: 1570.0 },
    // blitzcutai.com: top 108 to 220, bottom 310 to 450, right 120; Meta's advertisement guide: 6 % = 65 left.
    Platform { name: "reels", left: 65.0, top: 220.0, right: 960.0, bottom: 1470.0 },
    // blitzcutai.com: top 120; sides of Google's advertisement template: 48 and 192; below as the universal one, for the
    // template's 672 is for advertisements with a button.
    Platform { name: "shorts", left: 48.0, top: 120.0, right: 888.0, bottom: 1440.0 },
];

/// The margin of `title_safe`, and of a platform's area on a canvas of another shape: EBU R 95.
const TITLE_SAFE: f64 = 0.05;

/// The part of `page` that its safe area leaves to texts. A platform's area is for 9:16; elsewhere it is `title_safe`.
#[must_use]
pub fn safe_area(page: &Page) -> Rect {
    let (width, height) = (f64::from(page.width), f64::from(page.height));
    let is_upright = (width / height / (9.0 / 16.0) - 1.0).abs() < 0.01;
    let platform = PLATFORMS.iter().find(|platform| platform.name == page.safe_area && is_upright);
    match platform {
        Some(area) => Rect {
            left: area.left / 1080.0 * width,
            top: area.top / 1920.0 * height,
            width: (area.right - area.left) / 1080.0 * width,
            height: (area.bottom - area.top) / 1920.0 * height,
        },
        None if page.safe_area == "none" => Rect { left: 0.0, top: 0.0, width, height },
        None => Rect {
            left: width * TITLE_SAFE,
            top: height * TITLE_SAFE,
            width: width * (1.0 - 2.0 * TITLE_SAFE),
            height: height * (1.0 - 2.0 * TITLE_SAFE),
        },
    }
}

/// How a text at `position` stands from left to right, and so how its lines do.
pub(super) fn horizontal(position: &str) -> Align {
    match position.rsplit_once('_') {
        Some((_, "left")) => Align::Left,
        Some((_, "right")) => Align::Right,
        _ => Align::Center,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Vertical {
    Top,
    Center,
    Bottom,
}

fn vertical(position: &str) -> Vertical {
    if position.starts_with("top") {
        Vertical::Top
    } else if position.starts_with("bottom") {
        Vertical::Bottom
    } else {
        Vertical::Center
    }
}

/// The rectangle of a block of this size at `position` in `area`, on whole pixels, where a box is crisp.
#[must_use]
pub fn stand(width: f64, height: f64, position: &str, area: &Rect) -> Rect {
    let left = match horizontal(position) {
        Align::Left => area.left.ceil(),
        Align::Center => (area.left + (area.width - width) / 2.0).round(),
        Align::Right => (area.right() - width).floor(),
    };
    let top = match vertical(position) {
        Vertical::Top => area.top.ceil(),
        Vertical::Center => (area.top + (area.height - height) / 2.0).round(),
        Vertical::Bottom => (area.bottom() - height).floor(),
    };
    Rect { left, top, width, height }
}

/// The space between two texts that would have covered each other, on a canvas whose shorter side is 1080.
const GAP: f64 = 16.0;

/// Moves `block` off the `earlier` ones that are seen at the same time: away from the edge that it stands at, or first
/// down and then up from the centre. Says whether it was moved, or could not be.
pub(super) fn avoid(
    block: &mut Block,
    position: &str,
    earlier: &[Block],
    area: &Rect,
    scale: f64,
) -> Option<FindingKind> {
    let at_once = |other: &&Block| other.frames.start < block.frames.end && block.frames.start < other.frames.end;
    let others: Vec<Rect> = earlier.iter().filter(at_once).map(|other| other.rect).collect();
    if !others.iter().any(|other| other.meets(&block.rect)) {
        return None;
    }
    let ways: &[bool] = match vertical(position) {
        Vertical::Top => &[true],
        Vertical::Bottom => &[false],
        Vertical::Center => &[true, false],
    };
    let free = ways.iter().find_map(|down| slide(block.rect, *down, &others, area, (GAP * scale).round()));
    let Some(rect) = free else { return Some(FindingKind::NoRoom) };
    block.shift(rect.top - block.rect.top);
    Some(FindingKind::Moved)
}

/// The first free place for `rect` on its way `down` or up, if it comes before the end of `area`.
fn slide(mut rect: Rect, down: bool, others: &[Rect], area: &Rect, gap: f64) -> Option<Rect> {
    // Every step leaves one more of the others behind.
    for _ in 0..=others.len() {
        let blocking = others.iter().filter(|other| other.meets(&rect));
        let next = if down {
            blocking.map(Rect::bottom).reduce(f64::max).map(|bottom| (bottom + gap).ceil())
        } else {
            blocking.map(|other| other.top).reduce(f64::min).map(|top| (top - gap - rect.height).floor())
        };
        let Some(top) = next else { return Some(rect) };
        rect.top = top;
        if rect.top < area.top || rect.bottom() > area.bottom() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::FrameRate;
    use crate::value;

    fn page(width: u32, height: u32, safe_area: &'static str) -> Page {
        Page { width, height, rate: FrameRate::from_fps(30.0).expect("a rate"), safe_area }
    }

    #[test]
    fn every_safe_area_is_known() {
        for name in value::SAFE_AREA.values {
            let is_known = PLATFORMS.iter().any(|area| area.name == *name) || ["title_safe", "none"].contains(name);
            assert!(is_known, "{name}");
        }
    }

    #[test]
    fn a_safe_area_grows_with_the_canvas() {
        let half = safe_area(&page(540, 960, "universal"));
        assert_eq!(half, Rect { left: 60.0, top: 135.0, width: 420.0, height: 585.0 });
    }

    #[test]
    fn a_platforms_area_on_a_lying_canvas_is_title_safe() {
        assert_eq!(safe_area(&page(1920, 1080, "tiktok")), safe_area(&page(1920, 1080, "title_safe")));
        assert_eq!(safe_area(&page(1000, 1000, "none")), Rect { left: 0.0, top: 0.0, width: 1000.0, height: 1000.0 });
    }

    #[test]
    fn nine_positions_lie_inside() {
        let area = safe_area(&page(540, 960, "universal"));
        for position in value::POSITION.values {
            let rect = stand(100.0, 50.0, position, &area);
            assert!(rect.left >= area.left && rect.right() <= area.right(), "{position} {rect:?}");
            assert!(rect.top >= area.top && rect.bottom() <= area.bottom(), "{position} {rect:?}");
        }
    }
}

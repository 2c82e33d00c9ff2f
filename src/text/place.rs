//! Where a block stands: the nine positions, and room for two texts at once.

use super::block::Block;
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

/// What came of making room for a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Room {
    /// Nothing stands in its place.
    Free,
    /// It was moved so many pixels down (up, if negative) because of the caption `over`.
    Moved { by: f64, over: usize },
    /// There is no place for it beside the caption `over`.
    None { over: usize },
}

/// Moves `block` off the `others` that are seen at the same time: away from the edge that it stands at, or first down
/// and then up from the centre.
pub(super) fn avoid(block: &mut Block, position: &str, others: &[Block], area: &Rect, scale: f64) -> Room {
    let at_once = |other: &&Block| other.frames.start < block.frames.end && block.frames.start < other.frames.end;
    let others: Vec<(usize, Rect)> =
        others.iter().filter(at_once).map(|other| (other.caption, other.reach())).collect();
    let reach = block.reach();
    let Some((over, _)) = others.iter().find(|(_, other)| other.meets(&reach)).copied() else { return Room::Free };
    // In motion a text may reach out of the safe area; where it stands still it is inside.
    let area = Rect {
        top: area.top - (block.rect.top - reach.top),
        height: area.height + reach.height - block.rect.height,
        ..*area
    };
    let ways: [bool; 2] = if vertical(position) == Vertical::Bottom { [false, true] } else { [true, false] };
    let rects: Vec<Rect> = others.into_iter().map(|(_, rect)| rect).collect();
    let free = ways.iter().find_map(|down| slide(reach, *down, &rects, &area, (GAP * scale).round()));
    let Some(rect) = free else { return Room::None { over } };
    let by = rect.top - reach.top;
    block.shift(by);
    Room::Moved { by, over }
}

/// The first free place for `rect` on its way `down` or up, if it comes before the end of `area`.
fn slide(mut rect: Rect, down: bool, others: &[Rect], area: &Rect, gap: f64) -> Option<Rect> {
    // Every step leaves one more of the others behind.
    for _ in 0..=others.len() {
        let blocking = others.iter().filter(|other| other.meets(&rect));
        let next = if down {
            blocking.map(Rect::bottom).reduce(f64::max).map(|bottom| (bottom + gap - rect.top).ceil())
        } else {
            blocking.map(|other| other.top).reduce(f64::min).map(|top| (top - gap - rect.bottom()).floor())
        };
        let Some(step) = next else { return Some(rect) };
        // Whole pixels, so that a box stays crisp.
        rect.top += step;
        if rect.top < area.top || rect.bottom() > area.bottom() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;

    #[test]
    fn nine_positions_lie_inside() {
        let area = Rect { left: 60.0, top: 135.0, width: 420.0, height: 585.0 };
        for position in value::POSITION.values {
            let rect = stand(100.0, 50.0, position, &area);
            assert!(rect.left >= area.left && rect.right() <= area.right(), "{position} {rect:?}");
            assert!(rect.top >= area.top && rect.bottom() <= area.bottom(), "{position} {rect:?}");
        }
    }
}

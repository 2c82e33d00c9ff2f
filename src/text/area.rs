//! The part of a canvas that texts stay in: `rules/safe_areas.json`, by name and shape.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Page;
use super::place::Rect;

/// Platforms publish few numbers, and the sources disagree; each area takes the larger margin of those that its `source`
/// names.
const FILE: &str = include_str!("../../rules/safe_areas.json");

/// A name's areas by the canvas that they are measured on, e.g. `1080x1920`.
#[derive(Debug, Deserialize)]
struct Named {
    #[serde(rename = "source")]
    _source: String,
    #[serde(flatten)]
    by_canvas: BTreeMap<String, Edges>,
}

/// Pixels from the left and from the top.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edges {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// The shipped areas. The file is the program's own, and a test reads it.
static AREAS: LazyLock<BTreeMap<String, Named>> = LazyLock::new(|| serde_json::from_str(FILE).unwrap_or_default());

/// How far two shapes that count as the same may differ: a rounded size is less than 1 % off.
const SAME_SHAPE: f64 = 0.01;

/// The part of `page` that its safe area leaves to texts, from the canvas of the same shape. A shape that the area has no
/// numbers for takes the shares of the square canvas: its own, or those of `title_safe`.
#[must_use]
pub fn safe_area(page: &Page) -> Rect {
    let (width, height) = (f64::from(page.width), f64::from(page.height));
    let of_shape = |name: &str, shape: f64| {
        let canvases = AREAS.get(name).into_iter().flat_map(|named| &named.by_canvas);
        let measured = canvases.filter_map(|(canvas, edges)| Some((size(canvas)?, *edges)));
        measured.into_iter().find(|((across, down), _)| (shape / (across / down) - 1.0).abs() < SAME_SHAPE)
    };
    let square = |name: &str| of_shape(name, 1.0);
    let area =
        of_shape(page.safe_area, width / height).or_else(|| square(page.safe_area)).or_else(|| square("title_safe"));
    let Some(((across, down), edges)) = area else { return Rect { left: 0.0, top: 0.0, width, height } };
    let (x, y) = (width / across, height / down);
    Rect {
        left: edges.left * x,
        top: edges.top * y,
        width: (edges.right - edges.left) * x,
        height: (edges.bottom - edges.top) * y,
    }
}

/// `1080x1920` as two numbers.
fn size(canvas: &str) -> Option<(f64, f64)> {
    let (width, height) = canvas.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::FrameRate;
    use crate::value;

    fn area(width: u32, height: u32, safe_area: &'static str) -> Rect {
        super::safe_area(&Page { width, height, rate: FrameRate::from_fps(30.0).expect("a rate"), safe_area })
    }

    #[test]
    fn every_safe_area_is_in_the_file_and_lies_on_its_canvas() {
        let names: Vec<&str> = AREAS.keys().map(String::as_str).collect();
        let mut known = value::SAFE_AREA.values.to_vec();
        known.sort_unstable();
        assert_eq!(names, known);
        for (name, named) in &*AREAS {
            for (canvas, edges) in &named.by_canvas {
                let (width, height) = size(canvas).expect("a size");
                assert!(0.0 <= edges.left && edges.left < edges.right && edges.right <= width, "{name} {canvas}");
                assert!(0.0 <= edges.top && edges.top < edges.bottom && edges.bottom <= height, "{name} {canvas}");
            }
        }
    }

    #[test]
    fn a_safe_area_grows_with_the_canvas() {
        assert_eq!(area(540, 960, "universal"), Rect { left: 60.0, top: 135.0, width: 420.0, height: 585.0 });
        assert_eq!(area(2160, 3840, "tiktok"), Rect { left: 120.0, top: 260.0, width: 1712.0, height: 2880.0 });
    }

    #[test]
    fn other_shapes_have_their_own_area() {
        assert_eq!(area(1920, 1080, "tiktok"), Rect { left: 96.0, top: 54.0, width: 1728.0, height: 972.0 });
        assert_eq!(area(864, 1080, "reels"), area(864, 1080, "title_safe"));
        assert_eq!(area(1000, 500, "none"), Rect { left: 0.0, top: 0.0, width: 1000.0, height: 500.0 });
    }
}

//! What a provider offers, held against what is wished for.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::scenario::{Credit, LayerKind};
use crate::time::Time;

use super::{Failure, Shape, Source, Wish, failed};

/// How much a clip may lack without anybody calling it short.
pub(super) const UNSEEN_SECONDS: f64 = 0.1;

/// A clip, photo or sound that a provider offers for a segment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// Its name with its provider.
    pub id: String,
    /// Who offers it.
    pub provider: Source,
    /// What it is called.
    pub title: Option<String>,
    /// A still of it, or itself: a URL of the provider's, or a path in the library.
    pub preview: Option<String>,
    /// Width in pixels, as shown; 0 for a sound.
    pub width: u32,
    /// Height in pixels, as shown; 0 for a sound.
    pub height: u32,
    /// How long it is; none for a photo.
    pub duration_sec: Option<Time>,
    /// Whom it is owed to.
    pub credit: Credit,
    /// How it fits the wish that it was found for.
    pub fit: Suits,
    /// Where the file is: only for the provider that offers it, and never told to anybody else.
    #[serde(skip)]
    pub(super) place: String,
}

/// How a candidate fits a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Suits {
    /// It lies as the output does.
    pub shape: bool,
    /// It is as long as the segment.
    pub length: bool,
    /// It has as many pixels as the output.
    pub size: bool,
}

impl Suits {
    /// How something so wide, high and long fits `wish`.
    pub(super) fn of(wish: &Wish, width: u32, height: u32, duration: Option<Time>) -> Self {
        let is_sound = (width, height) == (0, 0);
        let shape = Shape::of(f64::from(width), f64::from(height));
        let length = |duration: Time| duration.as_secs() + UNSEEN_SECONDS >= wish.length_sec.as_secs();
        // Cropped to the output's shape, it still has to fill it.
        let scale = f64::min(
            f64::from(width) / f64::from(wish.width.max(1)),
            f64::from(height) / f64::from(wish.height.max(1)),
        );
        Self {
            shape: is_sound || shape == wish.shape,
            length: duration.is_none_or(length),
            size: is_sound || scale > 0.999,
        }
    }

    fn rank(self) -> u8 {
        u8::from(self.shape) * 4 + u8::from(self.length) * 2 + u8::from(self.size)
    }
}

/// The best first; of two that fit as well the one that the provider named first.
pub(super) fn ranked(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.fit.rank()));
    candidates
}

/// A clip of `has` seconds does not fill `wish`.
pub(super) fn too_short(wish: &Wish, has: Time, source: Source) -> Error {
    let reason = format!(
        "the clip is {has} s long, and `{}` is a part of the picture underneath that needs {} s",
        wish.segment_id, wish.length_sec
    );
    failed(Failure::Misfit, source, reason, "pick a longer one, or shorten the segment")
}

/// An address from outside that may be shown and followed: one of the web, over https.
pub(super) fn web(url: Option<String>) -> Option<String> {
    let plain = |url: &String| url.starts_with("https://") && url.chars().all(|c| c.is_ascii_graphic() && c != '"');
    url.filter(plain)
}

impl Candidate {
    /// Refuses what would be too short for `wish` and cannot be stretched: better before it is fetched, or paid for.
    pub fn check(&self, wish: &Wish) -> Result<()> {
        if wish.kind != LayerKind::Video || wish.stretches || self.fit.length {
            return Ok(());
        }
        Err(too_short(wish, self.duration_sec.unwrap_or_default(), self.provider))
    }

    /// Whether it can be taken for `wish` without asking: it lies as the output does, and its time can be filled.
    #[must_use]
    pub fn is_fit(&self, wish: &Wish) -> bool {
        self.fit.shape && (self.fit.length || wish.stretches)
    }
}

//! The pieces of a render one by one, so that more than one machine can make them: what to make, one made, all joined.

use std::path::PathBuf;

use serde::Serialize;

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::encoder::Encoder;
use super::pieces::{Piece, Pieces};
use super::smart::Copies;
use super::soft::Subtitles;
use super::store::Store;
use super::texts::texts;
use super::timeline::timeline;

/// A render whose pieces are made one by one.
pub struct Farm<'a> {
    /// What to render.
    pub plan: &'a ValidPlan,
    /// The fonts for its texts.
    pub fonts: &'a FontSet,
    /// How it is encoded.
    pub encoder: &'a Encoder,
    /// Where its subtitles go.
    pub subtitles: Subtitles,
    /// Where its pieces go.
    pub store: &'a Store,
    /// The wish to stop.
    pub cancel: &'a Cancel,
}

/// One piece of a render.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its number: the spans in order, then the sound.
    pub number: usize,
    /// The first frame of a span and the one behind its last; the sound has none.
    pub frames: Option<(u64, u64)>,
    /// A hash of all that makes it.
    pub key: String,
    /// Its file.
    pub file: PathBuf,
    /// Whether the store has it.
    pub kept: bool,
}

impl Farm<'_> {
    /// All pieces, in order.
    pub fn list(&self) -> Result<Vec<Listed>> {
        self.with(|pieces| {
            let listed = pieces.all().iter().enumerate().map(|(number, piece)| self.listed(number, piece));
            Ok(listed.collect())
        })
    }

    /// Makes the pieces called `numbers`, or all, unless the store has them; numbers that are no piece's are passed over.
    /// Tells how many frames are done.
    pub fn run(&self, numbers: Option<&[usize]>, on_frames: &mut dyn FnMut(u64)) -> Result<Vec<Listed>> {
        self.with(|pieces| {
            let wanted = |number: usize| numbers.is_none_or(|numbers| numbers.contains(&number));
            let lease = self.store.lease(pieces.keys())?;
            pieces.make(self.store, &lease, &wanted, self.cancel, on_frames)?;
            let all = pieces.all().iter().enumerate().filter(|(number, _)| wanted(*number));
            Ok(all.map(|(number, piece)| self.listed(number, piece)).collect())
        })
    }

    fn with<T>(&self, done: impl FnOnce(&Pieces<'_>) -> Result<T>) -> Result<T> {
        let mut timeline = timeline(self.plan);
        timeline.show_subtitles(self.subtitles);
        let (runs, _) = texts(self.plan, &timeline, self.fonts)?;
        done(&Pieces::new(self.plan, &timeline, &runs, self.fonts, self.encoder, self.store, &Copies::default())?)
    }

    fn listed(&self, number: usize, piece: &Piece) -> Listed {
        Listed {
            number,
            frames: piece.frames.as_ref().map(|frames| (frames.start, frames.end)),
            key: piece.key.to_string(),
            file: self.store.path(&piece.key),
            kept: self.store.find(&piece.key).is_some(),
        }
    }
}

//! The proof: a finished file held against its plan, and what is different with both numbers.
//!
//! `facts` come from the container and its packets; one `pass` of decoding finds what is black, stands still or is silent;
//! `explain` says which of that the plan means, or a source shows itself.

mod explain;
mod facts;
mod pass;
mod piece;
mod samples;

use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::tasks::ValidPlan;

use super::encoder::Encoder;
use super::soft::Subtitles;
use super::timeline::{Timeline, timeline};

pub use facts::Fact;
pub use pass::{Kind, Levels};

pub(super) use facts::{Packets, Streams};
pub(super) use pass::Found;
pub(super) use piece::{Seen, look, watched, watching};

/// How closely a file is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// Its streams and packets alone: nothing is decoded
    None,
    /// All of the sound, and the pictures as they are drawn; of a file that was there before, the frames that others are
    /// made from, two of five or so
    #[default]
    Quick,
    /// Every frame
    Full,
}

/// What a file was to be and what it is.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// The file's name.
    pub file: String,
    /// How closely it was looked at.
    pub proof: Depth,
    /// Whether nothing is different.
    pub as_planned: bool,
    /// How large the file is.
    pub bytes: u64,
    /// What was planned and what was found, one by one.
    pub facts: Vec<Fact>,
    /// How loud it is; absent where nothing was decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<Levels>,
    /// What is black, stands still, is silent or is not there.
    pub stretches: Vec<Stretch>,
    /// What the decoder complained of.
    pub decode_errors: Vec<String>,
}

/// A part of the file that shows or sounds nothing new.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stretch {
    /// What is the matter.
    pub what: Kind,
    /// Where it begins, in seconds.
    pub start_sec: f64,
    /// Where it ends, in seconds.
    pub end_sec: f64,
    /// Whether it is as the plan or a source has it.
    pub expected: bool,
    /// The parts of it that are not, in seconds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unexplained: Vec<(f64, f64)>,
}

impl Proof {
    /// What is different, each with both numbers.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let facts = self.facts.iter().filter(|fact| !fact.as_planned).map(Fact::difference);
        let stretches = self.stretches.iter().filter(|stretch| !stretch.expected).flat_map(|stretch| {
            let parts = stretch.unexplained.iter();
            parts.map(|(start, end)| format!("{} from {start:.3} s to {end:.3} s", stretch.what.unplanned()))
        });
        let decoder = self.decode_errors.first().map(|first| {
            let count = self.decode_errors.len();
            format!("planned 0 complaints of the decoder, found {count}: {first}")
        });
        facts.chain(stretches).chain(decoder).collect()
    }
}

/// Holds the file at `path` against `plan` by `encoder`, whose subtitles go where `subtitles` says; renders nothing.
pub fn prove(
    plan: &ValidPlan,
    encoder: &Encoder,
    path: &Path,
    subtitles: Subtitles,
    depth: Depth,
    cancel: &Cancel,
) -> Result<Proof> {
    let mut timeline = timeline(plan);
    timeline.show_subtitles(subtitles);
    prove_timeline(plan, &timeline, encoder, &File::open(path, cancel)?, depth, cancel)
}

/// A file with what its container says.
pub(super) struct File<'a> {
    pub(super) path: &'a Path,
    pub(super) streams: Streams,
    pub(super) packets: Packets,
    /// What a decoder sees of it at the usual depth, where that is known.
    pub(super) seen: Option<Found>,
}

impl<'a> File<'a> {
    pub(super) fn open(path: &'a Path, cancel: &Cancel) -> Result<Self> {
        // Starting takes ffprobe longer than reading a minute of video.
        let (streams, listed) = std::thread::scope(|scope| {
            let listing = scope.spawn(|| facts::list(path, cancel));
            (facts::streams(path, cancel), listing.join())
        });
        let (streams, listed) = (streams?, listed.unwrap_or(Err(Error::Cancelled))?);
        let packets = Packets::read(&listed, &streams)?;
        Ok(Self { path, streams, packets, seen: None })
    }

    /// The same where what is in it was looked at in `pieces`, the spans in order and then the sound; if it was not, as
    /// the packets tell, nothing is known.
    pub(super) fn made_of(self, pieces: &[super::store::Facts], timeline: &Timeline) -> Self {
        let seen = piece::of_pieces(pieces, &self.packets, timeline);
        Self { seen, ..self }
    }
}

pub(super) fn prove_timeline(
    plan: &ValidPlan,
    timeline: &Timeline,
    encoder: &Encoder,
    file: &File<'_>,
    depth: Depth,
    cancel: &Cancel,
) -> Result<Proof> {
    let File { path, streams, packets, seen } = file;
    let facts = facts::facts(streams, packets, timeline, encoder);
    let mut stretches = facts::missing(packets, timeline);
    let (mut levels, mut decode_errors) = (None, Vec::new());
    if depth != Depth::None {
        let found = match seen {
            Some(seen) if depth == Depth::Quick => seen.clone(),
            _ => pass::of_output(path, streams, depth, cancel)?,
        };
        stretches.extend(explain::explain(plan, timeline, &found.stretches, depth, cancel)?);
        decode_errors = found.errors;
        levels = found.levels.map(|levels| Levels { planned_lufs: timeline.loudness.map(|wanted| wanted.0), ..levels });
    }
    let mut proof = Proof {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        proof: depth,
        as_planned: true,
        bytes: std::fs::metadata(path).map_or(0, |file| file.len()),
        facts,
        levels,
        stretches,
        decode_errors,
    };
    proof.as_planned = proof.differences().is_empty();
    Ok(proof)
}

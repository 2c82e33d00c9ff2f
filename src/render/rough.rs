//! A rough cut: the whole video small and fast, with the rules that are at work written over it.

use std::path::Path;

use crate::diagnostic::Diagnostics;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::command::labelled_command;
use super::encode::{encode, write_error};
use super::encoder::{Codec, Encoder, muxer};
use super::job::{Progress, make_readable};
use super::join::with_words;
use super::labels;
use super::measure::{Measured, measure};
use super::proof::File;
use super::texts::texts;
use super::timeline::{even, timeline};

/// A rough cut, and where it goes.
pub struct Rough<'a> {
    /// How wide it is in pixels; 540 on its shorter side, or the video's own size where that is smaller, if absent.
    pub width: Option<u32>,
    /// The file to write: `.mp4`, `.m4v`, `.mov` or `.mkv`. One that exists is replaced.
    pub output: &'a Path,
    /// The fonts for its texts.
    pub fonts: &'a FontSet,
    /// The wish to stop.
    pub cancel: &'a Cancel,
}

/// The shorter side: texts of 1080p can still be read.
const SHORTER_SIDE: f64 = 540.0;

/// A fifth of the time that a fine encoding takes; nobody keeps it.
const PRESET: &str = "ultrafast";
const CRF: u8 = 28;

/// Renders the rough cut; answers what was measured of it and what came up about its texts.
///
/// The loudness is left as it is: to measure it would take another pass.
pub fn rough(
    plan: &ValidPlan,
    rough: &Rough<'_>,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<(Measured, Diagnostics)> {
    let muxer =
        muxer(rough.output, Codec::H264).map_err(|reason| Error::Output { path: rough.output.to_owned(), reason })?;
    let mut timeline = timeline(plan);
    let (width, height) = (f64::from(timeline.canvas.width), f64::from(timeline.canvas.height));
    let scale = rough.width.map_or((SHORTER_SIDE / width.min(height)).min(1.0), |wide| f64::from(wide) / width);
    (timeline.canvas.width, timeline.canvas.height) = (even(width * scale), even(height * scale));
    let (runs, warnings) = texts(plan, &timeline, rough.fonts)?;
    let label = labels::rules(plan.plan(), &timeline, rough.fonts);
    let encoder = Encoder::h264(PRESET, CRF);
    let command = labelled_command(plan, &timeline, &runs, &encoder, "", Some(&label));
    let parent = rough.output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = parent.canonicalize().map_err(|source| write_error(parent, source))?;
    let part = tempfile::Builder::new().prefix(".preview-").suffix(".part").tempfile_in(&parent);
    let part = part.map_err(|source| write_error(&parent, source))?.into_temp_path();
    let folder = tempfile::tempdir().map_err(|source| write_error(&std::env::temp_dir(), source))?;
    let total = timeline.frames;
    on_progress(Progress::Encoding { done: 0, total });
    let mut tell = |done: u64| on_progress(Progress::Encoding { done: done.min(total), total });
    let said = encode(&command, muxer.options, rough.fonts, folder.path(), &part, rough.cancel, &mut tell)?;
    on_progress(Progress::Measuring);
    let file = File::open(&part, rough.cancel)?;
    let measured = measure(&file, &timeline, rough.cancel).map_err(|error| with_words(error, &said.words))?;
    make_readable(&part).map_err(|source| write_error(rough.output, source))?;
    part.persist(rough.output).map_err(|failed| write_error(rough.output, failed.error))?;
    Ok((measured, warnings))
}

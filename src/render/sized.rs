//! A video that may not be larger than somebody says: its bits a second follow from its length.

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use super::command::{first_pass_command, whole_command};
use super::encode::{encode, write_error};
use super::encoder::{Encoder, Pass};
use super::job::{Heard, Joined, Progress, Work};
use super::pieces::Made;
use super::timeline::Timeline;

/// How much of the size is for pictures and sound; the rest is the container's: its index, and what an encoder is off.
const CONTENT: f64 = 0.985;

/// After a video that came out too large the next is aimed that much lower than the sum says.
const CAUTION: f64 = 0.97;

/// An encoder that misses the size is asked again, so often at most.
const TRIES: u32 = 3;

/// Bits for a pixel below which there is no picture worth the name, whatever the encoder.
const LEAST_BITS: f64 = 0.003;

impl Work<'_> {
    /// All by one ffmpeg, in two passes where the encoder has them, until the file is small enough.
    pub(super) fn sized(&self, on_progress: &mut dyn FnMut(Progress)) -> Result<Joined> {
        let Self { plan, timeline, runs, options, .. } = *self;
        let largest = options.encoder.largest().unwrap_or(u64::MAX);
        let mut bits = picture_bits(timeline, options.encoder, largest)?;
        let folder = tempfile::Builder::new()
            .prefix("callsheet-")
            .tempdir()
            .map_err(|source| write_error(&std::env::temp_dir(), source))?;
        let Heard { timeline, filters, loudness_before } = &self.hear(folder.path(), on_progress)?;
        let two = options.encoder.program().two_passes;
        let total = timeline.frames * if two { 2 } else { 1 };
        for _ in 0..TRIES {
            let part = self.part()?;
            let mut before = 0;
            let mut tell = |done: u64, before: u64| {
                on_progress(Progress::Encoding { done: (before + done.min(timeline.frames)).min(total), total });
            };
            tell(0, 0);
            let pass = if two {
                let encoder = options.encoder.with_bits(bits, Some(Pass::First));
                let command = first_pass_command(plan, timeline, runs, &encoder);
                self.look(&command, folder.path(), options.cancel, &mut |done| tell(done, 0))?;
                before = timeline.frames;
                Some(Pass::Second)
            } else {
                None
            };
            let encoder = options.encoder.with_bits(bits, pass);
            let command = whole_command(plan, timeline, runs, &encoder, filters);
            let said = self.encode(&command, folder.path(), part.path(), &mut |done| tell(done, before))?;
            let found = std::fs::metadata(part.path()).map_err(|source| write_error(part.path(), source))?.len();
            if found <= largest {
                let made = Made { spans: 1, rendered: 1, sound_rendered: true, copied_frames: 0 };
                return Ok(Joined {
                    part,
                    said,
                    made,
                    loudness_before: *loudness_before,
                    not_copied: Vec::new(),
                    pieces: None,
                });
            }
            bits = lower(bits, found, largest, options.encoder, timeline);
        }
        Err(Error::Measured(format!(
            "planned at most {}, and {} does not come below it in {TRIES} tries; allow more",
            megabytes(largest),
            options.encoder.program().name
        )))
    }

    fn look(
        &self,
        command: &super::command::Command,
        folder: &std::path::Path,
        cancel: &Cancel,
        tell: &mut dyn FnMut(u64),
    ) -> Result<()> {
        let nowhere = folder.join("nothing");
        encode(command, &["-f", "null"], self.options.fonts, folder, &nowhere, cancel, tell).map(|_| ())
    }
}

/// Bits a second for the pictures of a file of `largest` bytes.
fn picture_bits(timeline: &Timeline, encoder: &Encoder, largest: u64) -> Result<u64> {
    let canvas = &timeline.canvas;
    let pixels = f64::from(canvas.width) * f64::from(canvas.height) * canvas.rate.fps();
    let seconds = canvas.rate.time_of(timeline.frames).as_secs();
    let sound = as_number(encoder.sound_bits());
    let bits = as_number(largest) * 8.0 * CONTENT / seconds - sound;
    if bits < pixels * LEAST_BITS {
        let least = (pixels * LEAST_BITS + sound) * seconds / 8.0 / CONTENT;
        return Err(Error::Usage {
            reason: format!(
                "{} leaves nothing for the pictures of {seconds:.1} s of {}x{}",
                megabytes(largest),
                canvas.width,
                canvas.height
            ),
            fix: format!("allow at least {:.1}MB, a smaller canvas, or make it shorter", (least / 1e5).ceil() / 10.0),
        });
    }
    Ok(whole(bits))
}

/// What to ask for after `bits` have given a file of `found` bytes.
fn lower(bits: u64, found: u64, largest: u64, encoder: &Encoder, timeline: &Timeline) -> u64 {
    let seconds = timeline.canvas.rate.time_of(timeline.frames).as_secs();
    let sound = as_number(encoder.sound_bits()) * seconds / 8.0;
    let share = (as_number(largest) * CONTENT - sound) / (as_number(found) - sound).max(1.0);
    whole(as_number(bits) * share.clamp(0.05, 1.0) * CAUTION)
}

fn megabytes(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{:.0} kB", as_number(bytes) / 1e3)
    } else {
        format!("{:.1} MB", as_number(bytes) / 1e6)
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes and rates far below 2^53")]
fn as_number(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive rate of bits")]
fn whole(bits: f64) -> u64 {
    bits.max(1.0) as u64
}

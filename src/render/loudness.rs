//! Two passes of loudness (EBU R 128): the mix is measured, brought to its target, and what came out of the encoder is
//! measured again. What is not as planned then is mended or an error, never left.

use std::path::Path;

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::command::{Command, levels_command, sound_command};
use super::encode::{encode, write_files};
use super::encoder::Encoder;
use super::sound::{RATE, Stems};
use super::timeline::Timeline;

/// How far the integrated loudness may be from its target, in LU (EBU R 128 s1 allows as much where a gain is not free).
pub(super) const TOLERANCE: f64 = 1.0;

/// The gate of EBU R 128: what is not louder than this, or shorter than one block of 0.4 s, has no loudness.
const UNHEARD: f64 = -69.9;

/// How much an AAC encoder at 192 kb/s commonly adds to a peak, in dB; what it really adds is measured.
const ENCODER_PEAKS: f64 = 0.5;

/// How often a sound is encoded again because its peaks or its loudness came out wrong.
const ATTEMPTS: usize = 4;

/// How often a limited mix is measured to find the gain that makes up for what the limiter takes.
const ROUNDS: usize = 4;

/// What was measured of a sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Levels {
    /// LUFS; `None` for silence, and for a sound too short to have a loudness.
    pub(super) integrated: Option<f64>,
    /// dBTP, oversampled; minus infinity for silence.
    pub(super) true_peak: f64,
}

/// The filter that measures them. The log of every tenth of a second would be all that is kept of it.
pub(super) const MEASURING: &str = "ebur128=peak=true:framelog=verbose";

impl Levels {
    /// The summary at the end of a log.
    fn read(words: &str) -> Option<Self> {
        let number = |key: &str, unit: &str| {
            let mut lines = words.lines().rev();
            lines.find_map(|line| line.trim().strip_prefix(key)?.strip_suffix(unit)?.trim().parse::<f64>().ok())
        };
        let integrated = number("I:", "LUFS")?;
        Some(Self {
            integrated: Some(integrated).filter(|loudness| *loudness > UNHEARD),
            true_peak: number("Peak:", "dBFS")?,
        })
    }

    fn listen(run: std::process::Command, cancel: &Cancel) -> Result<Self> {
        let output = ffmpeg::run(run, Reading::Log, cancel, &mut |_| {})?;
        let unread = || Error::Ffmpeg { status: "loudness not measured".into(), words: output.words.clone() };
        Self::read(&output.words).ok_or_else(unread)
    }

    /// Those of the sound of `timeline` through `mastering` filters.
    pub(super) fn of_mix(
        plan: &ValidPlan,
        timeline: &Timeline,
        stems: &Stems,
        mastering: &str,
        folder: &Path,
        cancel: &Cancel,
    ) -> Result<Self> {
        let Command { arguments, files, .. } = levels_command(plan, timeline, stems, mastering);
        write_files(folder, &files)?;
        let mut run = Confinement::of_system().command(Tool::Ffmpeg, folder);
        run.args(arguments);
        Self::listen(run, cancel)
    }

    /// Those of the sound in a file of ours, as it is decoded.
    pub(super) fn of_file(path: &Path, cancel: &Cancel) -> Result<Self> {
        let mut run = Confinement::of_system().command(Tool::Ffmpeg, Path::new("/"));
        run.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"]);
        run.args(["-progress", "pipe:1", "-stats_period", "0.25", "-protocol_whitelist", "file", "-i"]);
        run.arg(ffmpeg::file_url(path));
        run.args(["-map", "0:a:0", "-af", MEASURING, "-f", "null", "-"]);
        Self::listen(run, cancel)
    }

    /// What of `target` they miss, with both numbers. A sound without a loudness misses nothing: there is none to change.
    pub(super) fn misses(&self, (target, true_peak): (f64, f64)) -> Vec<String> {
        let Some(integrated) = self.integrated else { return Vec::new() };
        let mut misses = Vec::new();
        if (integrated - target).abs() > TOLERANCE {
            misses.push(format!("planned {target} LUFS within {TOLERANCE}, found {integrated} LUFS"));
        }
        if self.true_peak > true_peak {
            misses.push(format!("planned a true peak of at most {true_peak} dBTP, found {} dBTP", self.true_peak));
        }
        misses
    }
}

/// How a mix is brought to its loudness.
#[derive(Clone, Copy, Debug)]
struct Mastering {
    /// dB.
    gain: f64,
    /// dBTP; none where the gain alone leaves the peaks below.
    ceiling: Option<f64>,
}

impl Mastering {
    fn filters(self) -> String {
        let gain = format!(",volume={:.3}dB", self.gain);
        match self.ceiling {
            None => gain,
            // Peaks between the samples are seen at four times their rate (ITU-R BS.1770-4, annex 2).
            Some(ceiling) => format!(
                "{gain},aresample={},alimiter=limit={:.6}:attack=5:release=50:level=0:latency=1,aresample={RATE}",
                4 * RATE,
                decibels(ceiling)
            ),
        }
    }
}

/// The factor that so many decibels are.
pub(super) fn decibels(level: f64) -> f64 {
    10_f64.powf(level / 20.0)
}

/// A sound that was brought to its loudness.
pub(super) struct Mastered {
    /// The filters that do it.
    pub(super) filters: String,
    /// How loud it was before, in LUFS; `None` if it had no loudness.
    pub(super) before: Option<f64>,
}

/// Encodes the sound of `timeline`, which asks for a loudness, into `part`, and sees to it that it has it.
#[expect(clippy::too_many_arguments, reason = "what an encoding needs, and what it is held to")]
pub(super) fn master(
    plan: &ValidPlan,
    timeline: &Timeline,
    stems: &Stems,
    wanted: (f64, f64),
    encoder: &Encoder,
    fonts: &FontSet,
    folder: &Path,
    part: &Path,
    cancel: &Cancel,
) -> Result<Mastered> {
    let (target, true_peak) = wanted;
    let write = |filters: &str| {
        let command = sound_command(plan, timeline, stems, encoder, filters);
        encode(&command, &["-f", encoder.piece_format()], fonts, folder, part, cancel, &mut |_| {})
    };
    let mix = Levels::of_mix(plan, timeline, stems, "", folder, cancel)?;
    let Some(before) = mix.integrated else {
        write("")?;
        return Ok(Mastered { filters: String::new(), before: None });
    };
    let gain = target - before;
    let fits = mix.true_peak + gain <= true_peak - ENCODER_PEAKS;
    let mut mastering = Mastering { gain, ceiling: (!fits).then_some(true_peak - 2.0 * ENCODER_PEAKS) };
    let mut misses = Vec::new();
    for _ in 0..ATTEMPTS {
        if mastering.ceiling.is_some() {
            mastering = made_up(plan, timeline, stems, mastering, target, folder, cancel)?;
        }
        let filters = mastering.filters();
        write(&filters)?;
        let found = Levels::of_file(part, cancel)?;
        misses = found.misses(wanted);
        if misses.is_empty() {
            return Ok(Mastered { filters, before: Some(before) });
        }
        let over = (found.true_peak - true_peak).max(0.0);
        let ceiling = mastering.ceiling.unwrap_or(true_peak - 2.0 * ENCODER_PEAKS);
        mastering.ceiling = Some(if over > 0.0 { ceiling - over - 0.2 } else { ceiling });
    }
    let help = "write a lower `target` or a higher `true_peak`: the sound has peaks far above its loudness";
    Err(Error::Measured(format!("{}; {help}", misses.join("; "))))
}

/// `mastering` with the gain that makes up for what its limiter takes.
fn made_up(
    plan: &ValidPlan,
    timeline: &Timeline,
    stems: &Stems,
    mut mastering: Mastering,
    target: f64,
    folder: &Path,
    cancel: &Cancel,
) -> Result<Mastering> {
    for _ in 0..ROUNDS {
        let limited = Levels::of_mix(plan, timeline, stems, &mastering.filters(), folder, cancel)?;
        let short = target - limited.integrated.unwrap_or(target);
        if short.abs() <= TOLERANCE / 4.0 {
            break;
        }
        mastering.gain += short;
    }
    Ok(mastering)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_the_summary() {
        let words = "[Parsed_ebur128_0 @ 0x1] [info] Summary:\n\n  Integrated loudness:\n    I:         -22.4 LUFS\n    \
                     Threshold: -32.4 LUFS\n\n  True peak:\n    Peak:      -18.5 dBFS\n";
        assert_eq!(Levels::read(words), Some(Levels { integrated: Some(-22.4), true_peak: -18.5 }));
        let silent = words.replace("-22.4", "-70.0").replace("-18.5", "-inf");
        assert_eq!(Levels::read(&silent), Some(Levels { integrated: None, true_peak: f64::NEG_INFINITY }));
        assert_eq!(Levels::read("nothing"), None);
    }

    #[test]
    fn a_miss_names_both_numbers_and_silence_misses_nothing() {
        let wanted = (-14.0, -1.0);
        let levels = |integrated, true_peak| Levels { integrated, true_peak };
        assert!(levels(Some(-15.0), -1.0).misses(wanted).is_empty());
        assert!(levels(None, f64::NEG_INFINITY).misses(wanted).is_empty());
        assert_eq!(
            levels(Some(-15.1), -0.9).misses(wanted),
            ["planned -14 LUFS within 1, found -15.1 LUFS", "planned a true peak of at most -1 dBTP, found -0.9 dBTP"]
        );
    }
}

//! Holds the rendered file against the plan: exit code 0 is not success.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use super::loudness::Levels;
use super::proof::File;
use super::timeline::Timeline;

/// What was measured of a video.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Pictures in it.
    pub frames: u64,
    /// How long its picture is, in seconds.
    pub duration_sec: f64,
    /// How long its sound is, in seconds.
    pub sound_sec: f64,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Frames a second, as ffprobe writes it.
    pub frame_rate: String,
    /// How loud it is, in LUFS, where the plan asks for a loudness; absent for silence and for what is shorter than 0.4 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loudness_lufs: Option<f64>,
    /// Its highest true peak, in dBTP, where the plan asks for a loudness.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub true_peak_dbtp: Option<f64>,
    /// How many streams of subtitles it has.
    pub subtitle_streams: usize,
    /// How large the file is.
    pub bytes: u64,
}

/// An AAC frame at 48 kHz and the priming before the first: sound may be that much longer than the picture.
const SOUND_GRAIN: f64 = 2.0 * 1024.0 / 48_000.0;

/// Compares `file` with `timeline`; every difference is named with both numbers.
pub(super) fn measure(file: &File<'_>, timeline: &Timeline, cancel: &Cancel) -> Result<Measured> {
    let File { path, streams, packets, seen } = file;
    let (pictures, sounds) = (streams.of_kind("video"), streams.of_kind("audio"));
    let ([picture], [sound]) = (pictures.as_slice(), sounds.as_slice()) else {
        let found = format!("{} picture and {} sound streams", pictures.len(), sounds.len());
        return Err(Error::Measured(format!("planned one picture and one sound stream, found {found}")));
    };
    let (planned, found) = (usize::from(timeline.soft.is_some()), streams.of_kind("subtitle").len());
    if found != planned {
        return Err(Error::Measured(format!("planned {planned} subtitle streams, found {found}")));
    }
    // A decoding of the whole sound: only where the answer is part of the plan, and nobody has heard it yet.
    let known = seen.as_ref().and_then(|seen| seen.levels).map(|levels| Levels {
        integrated: levels.integrated_lufs,
        true_peak: levels.true_peak_dbtp.unwrap_or(f64::NEG_INFINITY),
    });
    let levels = timeline.loudness.map(|_| known.map_or_else(|| Levels::of_file(path, cancel), Ok)).transpose()?;
    let measured = Measured {
        frames: packets.frames(),
        duration_sec: streams.seconds(picture).unwrap_or(0.0),
        sound_sec: streams.seconds(sound).unwrap_or(0.0),
        width: picture.width.unwrap_or(0),
        height: picture.height.unwrap_or(0),
        frame_rate: picture.avg_frame_rate.clone().unwrap_or_default(),
        loudness_lufs: levels.and_then(|levels| levels.integrated),
        true_peak_dbtp: levels.map(|levels| levels.true_peak).filter(|peak| peak.is_finite()),
        subtitle_streams: found,
        bytes: std::fs::metadata(path).map_or(0, |file| file.len()),
    };
    let mut differences = differences(&measured, timeline);
    if let (Some(levels), Some(wanted)) = (levels, timeline.loudness) {
        differences.extend(levels.misses(wanted));
    }
    if differences.is_empty() { Ok(measured) } else { Err(Error::Measured(differences.join("; "))) }
}

fn differences(measured: &Measured, timeline: &Timeline) -> Vec<String> {
    let canvas = &timeline.canvas;
    let planned = canvas.rate.time_of(timeline.frames).as_secs();
    let frame = 1.0 / canvas.rate.fps();
    let mut differences = Vec::new();
    if measured.frames != timeline.frames {
        differences.push(format!("planned {} frames, found {}", timeline.frames, measured.frames));
    }
    if (measured.width, measured.height) != (canvas.width, canvas.height) {
        let found = format!("{}x{}", measured.width, measured.height);
        differences.push(format!("planned {}x{}, found {found}", canvas.width, canvas.height));
    }
    if (measured.duration_sec - planned).abs() > frame {
        differences.push(format!("planned {planned:.3} s of picture, found {:.3} s", measured.duration_sec));
    }
    if (measured.sound_sec - planned).abs() > frame + SOUND_GRAIN {
        differences.push(format!("planned {planned:.3} s of sound, found {:.3} s", measured.sound_sec));
    }
    differences
}

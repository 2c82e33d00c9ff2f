//! The sound of a file as speech models want it: one channel at 16 kHz.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::media::{Media, probe};
use crate::time::Time;

use super::failed;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What `whisper-cli` of every age reads.
    Wav,
    /// Half as large without loss: servers have limits (OpenAI: 25 MB).
    Flac,
}

/// An extracted sound, in a folder that goes when it goes.
#[derive(Debug)]
pub(super) struct Sound {
    pub(super) folder: tempfile::TempDir,
    pub(super) path: PathBuf,
    pub(super) length: Time,
}

pub(super) fn extract(media: &Media, wanted: Wanted, cancel: &Cancel) -> Result<Sound> {
    let shown = media.path.display();
    let stream = media.sound.as_ref().ok_or_else(|| {
        failed(format!("`{shown}` has no sound"), "give a file in which somebody speaks, or a caption file")
    })?;
    let folder = tempfile::Builder::new()
        .prefix("callsheet-")
        .tempdir()
        .map_err(|source| Error::Write { path: std::env::temp_dir(), source })?;
    let (name, codec, muxer) = match wanted {
        Wanted::Wav => ("sound.wav", "pcm_s16le", "wav"),
        Wanted::Flac => ("sound.flac", "flac", "flac"),
    };
    let path = folder.path().join(name);
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, folder.path());
    command.args(["-nostdin", "-hide_banner", "-y", "-loglevel", "level+warning", "-progress", "pipe:1"]);
    command.args(ffmpeg::input_guards()).args(["-f", &media.format, "-i"]).arg(ffmpeg::file_url(&media.path));
    command.args(["-map", &format!("0:{}", stream.stream), "-map_metadata", "-1", "-map_chapters", "-1"]);
    // A sound that starts late or has holes keeps its times: silence stands where nothing is.
    command.args(["-af", "aresample=16000:async=1:first_pts=0", "-ac", "1", "-sample_fmt", "s16", "-c:a", codec]);
    // Bit-exact, so that the same sound is the same file and is found in the cache.
    command.args(["-fflags", "+bitexact", "-flags:a", "+bitexact", "-t", &Time::MAX.to_string(), "-f", muxer]);
    command.arg(ffmpeg::file_url(&path));
    ffmpeg::run(command, Reading::Progress, cancel, &mut |_| {})?;
    let length = probe("sound", &path, cancel).ok().and_then(|made| made.sound).map(|sound| sound.duration);
    match length {
        Some(length) if length > Time::ZERO => Ok(Sound { folder, path, length }),
        _ => Err(failed(format!("the sound of `{shown}` is empty"), "give a file in which somebody speaks")),
    }
}

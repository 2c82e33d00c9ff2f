//! One ffmpeg that writes one file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Event, Output, Reading, Tool};
use crate::text::FontSet;

use super::command::Command;

/// Runs `command` in `folder`, where its files and fonts are put first, with `muxer`'s options, into `output`.
pub(super) fn encode(
    command: &Command,
    muxer: &[impl AsRef<OsStr>],
    fonts: &FontSet,
    folder: &Path,
    output: &Path,
    cancel: &Cancel,
    on_frames: &mut dyn FnMut(u64),
) -> Result<Output> {
    write_files(folder, &command.files)?;
    for layout in &command.layouts {
        fonts.write_to(folder, layout)?;
    }
    let mut run = Confinement::of_system().command(Tool::Ffmpeg, folder);
    run.env("FONTCONFIG_FILE", folder.join("fonts.conf"));
    run.args(&command.arguments).args(muxer).arg(ffmpeg::file_url(output));
    ffmpeg::run(run, Reading::Progress, cancel, &mut |Event::Frames(done)| on_frames(done))
        .map_err(|error| full(error, output))
}

/// What ffmpeg says of a disk without room, as the error that it is.
fn full(error: Error, output: &Path) -> Error {
    let Error::Ffmpeg { status, words } = &error else { return error };
    let kind = if words.contains("No space left on device") {
        ErrorKind::StorageFull
    } else if words.contains("Disk quota exceeded") {
        ErrorKind::QuotaExceeded
    } else if words.contains("File too large") || status.contains("SIGXFSZ") {
        ErrorKind::FileTooLarge
    } else {
        return error;
    };
    write_error(output, kind.into())
}

pub(super) fn write_files(folder: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|source| write_error(&path, source))?;
    }
    Ok(())
}

pub(super) fn write_error(path: &Path, source: std::io::Error) -> Error {
    Error::Write { path: path.to_owned(), source }
}

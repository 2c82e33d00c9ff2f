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
    let mut ffmpeg = Confinement::of_system().command(Tool::Ffmpeg, folder);
    ffmpeg.env("FONTCONFIG_FILE", folder.join("fonts.conf"));
    ffmpeg.args(&command.arguments).args(muxer);
    let reading = if command.watched { Reading::Log } else { Reading::Progress };
    run(ffmpeg, reading, output, cancel, on_frames)
}

/// Runs an ffmpeg that writes `output`, a name that it is not told yet.
pub(super) fn run(
    mut command: std::process::Command,
    reading: Reading,
    output: &Path,
    cancel: &Cancel,
    on_frames: &mut dyn FnMut(u64),
) -> Result<Output> {
    command.arg(ffmpeg::file_url(output));
    let said = ffmpeg::run(command, reading, cancel, &mut |Event::Frames(done)| on_frames(done))
        .map_err(|error| full(error, output))?;
    // The end of a file that could not be written does not make ffmpeg fail.
    match no_room(&said.words) {
        Some(kind) => Err(write_error(output, kind.into())),
        None => Ok(said),
    }
}

const MAKE_ROOM: &str = "make room, or let CALLSHEET_CACHE name a folder on a larger disk; `callsheet cache` says how much \
                         earlier renders take";

/// What ffmpeg says of a disk without room, as the error that it is.
fn full(error: Error, output: &Path) -> Error {
    let Error::Ffmpeg { status, words } = &error else { return error };
    let too_large = status.contains("SIGXFSZ").then_some(ErrorKind::FileTooLarge);
    match no_room(words).or(too_large) {
        Some(kind) => write_error(output, kind.into()),
        None => error,
    }
}

fn no_room(words: &str) -> Option<ErrorKind> {
    let known = [
        ("No space left on device", ErrorKind::StorageFull),
        ("Disk quota exceeded", ErrorKind::QuotaExceeded),
        ("File too large", ErrorKind::FileTooLarge),
    ];
    known.into_iter().find(|(said, _)| words.contains(said)).map(|(_, kind)| kind)
}

pub(super) fn write_files(folder: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|source| write_error(&path, source))?;
    }
    Ok(())
}

pub(super) fn write_error(path: &Path, source: std::io::Error) -> Error {
    let source = match source.kind() {
        kind @ (ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            std::io::Error::new(kind, format!("{kind}; {MAKE_ROOM}"))
        }
        _ => source,
    };
    Error::Write { path: path.to_owned(), source }
}

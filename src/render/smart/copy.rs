//! One run of groups copied, and proved.

use std::ffi::OsString;
use std::ops::Range;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::media::Media;
use crate::text::FontSet;
use crate::time::{FrameRate, Time};

use super::super::command::Command;
use super::super::encode::{encode, write_error};
use super::super::input::Input;
use super::super::key::Key;
use super::super::proof::look;
use super::super::store::Lease;
use super::Tried;
use super::source::Run;

/// A run that is to be copied.
#[derive(Debug)]
pub(super) struct Copying {
    pub(super) frames: Range<u64>,
    pub(super) delay: u64,
    /// Writes its packets, each with its place on the frame grid for its time.
    pub(super) command: Command,
    /// Writes the hashes of its pictures as the source gives them, decoded from the key frame before.
    reference: Vec<OsString>,
}

impl Copying {
    pub(super) fn new(media: &Media, run: Run, rate: FrameRate) -> Self {
        let Run { frames, key, delay } = run;
        // A little before the key frame: ffmpeg then seeks to the one before, and lets nothing through before this one.
        let seek = Time::from_secs((key - 0.25 / rate.fps()).max(0.0)).unwrap_or_default();
        let input = Input::new(media).from(seek);
        let (stream, count) = (media.picture.as_ref().map_or(0, |picture| picture.stream), frames.end - frames.start);
        let open = |words: &[&str], options: &[&str]| {
            let mut arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
            arguments.extend(input.options.iter().map(OsString::from));
            arguments.push("-i".into());
            arguments.push(ffmpeg::file_url(&input.path));
            arguments.extend(["-map", &format!("0:{stream}"), "-frames:v", &count.to_string()].map(OsString::from));
            arguments.extend(options.iter().map(OsString::from));
            arguments
        };
        let words = ["-nostdin", "-hide_banner", "-nostats", "-y", "-loglevel", "level+warning", "-progress", "pipe:1"];
        let (second, step) = rate.clock();
        let times = format!(
            "filter_units=remove_types=7-8,setts=pts=PTS:dts=DTS:time_base=1/{second},setts=pts=round((PTS-STARTPTS)*TB*{rate})*{step}:dts=(N-{delay})*{step}:duration={step}"
        );
        // Nothing of before the key frame.
        let copy = [
            "-c",
            "copy",
            "-copypriorss:v",
            "0",
            "-bsf:v",
            &times,
            "-video_track_timescale",
            &second.to_string(),
            "-map_metadata",
            "-1",
        ];
        let hashes = ["-fps_mode", "passthrough", "-f", "framehash", "-hash", "murmur3", "-"];
        let command = Command {
            arguments: open(&words, &[&copy[..], &["-map_chapters", "-1"]].concat()),
            files: std::collections::BTreeMap::new(),
            warnings: crate::diagnostic::Diagnostics::new(),
            layouts: Vec::new(),
            watched: false,
        };
        let quiet = ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+warning"];
        Self { frames, delay, command, reference: open(&quiet, &hashes) }
    }

    /// Copies it into the store if it stands the proof; else says why not.
    pub(super) fn make(&self, key: &Key, lease: &Lease, fonts: &FontSet, cancel: &Cancel) -> Result<Tried> {
        let folder = tempfile::tempdir_in(lease.folder()).map_err(|source| write_error(lease.folder(), source))?;
        let part = folder.path().join("piece.mp4");
        match encode(&self.command, &["-f", "mp4"], fonts, folder.path(), &part, cancel, &mut |_| {}) {
            Err(Error::Ffmpeg { words, .. }) => {
                return Ok(Err(format!("its packets cannot be copied ({})", last(&words))));
            }
            other => other?,
        };
        let facts = look(&part, false, cancel)?;
        let planned = self.frames.end - self.frames.start;
        if facts.frames != planned {
            return Ok(Err(format!("its copy has {} frames instead of {planned}", facts.frames)));
        }
        let alone =
            ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+warning", "-xerror", "-err_detect", "explode"];
        let mut alone: Vec<OsString> = alone.iter().map(OsString::from).collect();
        alone.extend(["-protocol_whitelist", "file", "-f", "mp4", "-i"].map(OsString::from));
        alone.push(ffmpeg::file_url(&part));
        alone.extend(
            ["-map", "0:v", "-fps_mode", "passthrough", "-f", "framehash", "-hash", "murmur3", "-"].map(OsString::from),
        );
        let copied = match pictures(&alone, folder.path(), cancel) {
            Err(Error::Ffmpeg { words, .. }) => return Ok(Err(format!("its copy does not decode ({})", last(&words)))),
            other => other?,
        };
        if !copied.words.is_empty() {
            return Ok(Err(format!("its copy does not decode without a word ({})", last(&copied.words))));
        }
        let step = copied.times.get(1).map_or(1, |second| second - copied.times.first().unwrap_or(&0));
        if step < 1 || copied.times.windows(2).any(|pair| matches!(pair, [one, next] if next - one != step)) {
            return Ok(Err("the pictures of its copy do not follow one another frame by frame".to_owned()));
        }
        let source = pictures(&self.reference, folder.path(), cancel)?;
        if copied.hashes.len() as u64 != planned || copied.hashes != source.hashes {
            return Ok(Err("its copy shows other pictures than the source".to_owned()));
        }
        Ok(Ok(lease.keep(key, &part, facts)?))
    }
}

struct Pictures {
    hashes: Vec<String>,
    /// When each is shown, in a unit of the file's.
    times: Vec<i64>,
    words: String,
}

/// The hashes of the pictures that a command of `framehash` writes, in order.
fn pictures(arguments: &[OsString], folder: &Path, cancel: &Cancel) -> Result<Pictures> {
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, folder);
    command.args(arguments);
    let output = ffmpeg::run(command, Reading::Answer, cancel, &mut |_| {})?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // Stream, decoding time, time, length, size, hash.
    let lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').map(str::trim));
    let pictures =
        lines.filter_map(|mut fields| Some((fields.nth(2)?.parse::<i64>().ok()?, fields.nth(2)?.to_owned())));
    let (times, hashes) = pictures.unzip();
    Ok(Pictures { hashes, times, words: output.words })
}

fn last(words: &str) -> String {
    words.lines().last().unwrap_or("ffmpeg gave no reason").to_owned()
}

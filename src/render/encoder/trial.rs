//! Whether an encoder runs here: a build of ffmpeg lists encoders whose devices or drivers are not there.

use std::path::Path;

use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};

use super::{Encoder, Program};

/// What came of trying an encoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The encoder.
    pub program: &'static Program,
    /// Why it does not run; nothing if it does.
    pub obstacle: Option<String>,
}

/// Encodes a few pictures of nothing by `program`, and says whether that went well.
#[must_use]
pub fn try_out(program: &'static Program) -> Trial {
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, Path::new("/"));
    command.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+error", "-progress", "pipe:1"]);
    // Devices refuse pictures much smaller than that.
    command.args(["-f", "lavfi", "-i", "color=c=gray:s=320x320:r=30:d=0.2"]);
    command.args(Encoder::of(program).picture_options()).args(["-f", "null", "-"]);
    let mut encoded = 0;
    let result = ffmpeg::run(command, Reading::Progress, &Cancel::new(), &mut |ffmpeg::Event::Frames(done)| {
        encoded = encoded.max(done);
    });
    let obstacle = match result {
        Ok(_) if encoded > 0 => None,
        Ok(_) => Some("it wrote no picture".to_owned()),
        Err(crate::error::Error::Ffmpeg { words, status }) => Some(reason(&words).unwrap_or(status)),
        Err(other) => Some(other.to_string()),
    };
    Trial { program, obstacle }
}

/// The first thing that ffmpeg said, without where in ffmpeg it was said.
fn reason(words: &str) -> Option<String> {
    let line = words.lines().find(|line| !line.trim().is_empty())?;
    let line = line.rsplit_once("[error] ").map_or(line, |(_, said)| said);
    Some(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_what_was_said_first() {
        let words =
            "[h264_nvenc @ 0x55] [error] Cannot load libcuda.so.1\n[error] Error initializing output stream 0:0";
        assert_eq!(reason(words).as_deref(), Some("Cannot load libcuda.so.1"));
        assert_eq!(reason(" \n"), None);
    }
}

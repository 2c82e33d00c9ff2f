//! How a video is encoded, for every command that renders one.

use std::path::Path;

use crate::error::{Error, Result};
use crate::render::{Codec, Encoder, Program, Subtitles, Unfit, try_out};

use super::output::Terminal;

/// What the pictures of a video depend on, beside its plan.
#[derive(Debug, clap::Args)]
pub(super) struct EncodingArgs {
    /// What the video is written in; if absent VP9 for .webm, else H.264
    #[arg(long, value_name = "CODEC")]
    codec: Option<Codec>,
    /// How much time the encoder takes to make the file small: for H.264 ultrafast to veryslow, for AV1 13 to 2, for VP9
    /// 8 to 0; for ProRes its profile, proxy to hq
    #[arg(long, value_name = "PRESET")]
    preset: Option<String>,
    /// The encoder's quality: for H.264 from 0, lossless, to 51, usually 20; for AV1 and VP9 to 63
    #[arg(long, value_name = "N", visible_alias = "quality")]
    crf: Option<u8>,
    /// Let a device encode where one can; `callsheet doctor` says which
    #[arg(long)]
    hardware: bool,
    /// Where the subtitles go
    #[arg(long, value_name = "WHERE", default_value = "burned")]
    pub(super) subs: Subtitles,
}

impl EncodingArgs {
    /// The encoder that is asked for, for a video at `output` if that is known. Says so where no device can do it.
    pub(super) fn encoder(&self, output: Option<&Path>, terminal: &Terminal) -> Result<Encoder> {
        let is_webm = output.and_then(Path::extension).is_some_and(|ending| ending.eq_ignore_ascii_case("webm"));
        let codec = self.codec.unwrap_or(if is_webm { Codec::Vp9 } else { Codec::H264 });
        let program = if self.hardware { in_hardware(codec, terminal) } else { codec.software() };
        let mut encoder = Encoder::of(program);
        // What was asked of a device means nothing to the program in its stead, and the other way round.
        let fallen_back = self.hardware && !program.in_hardware;
        if let Some(preset) = self.preset.as_ref().filter(|_| !fallen_back) {
            encoder = encoder.with_preset(preset).map_err(unfit)?;
        }
        if let Some(quality) = self.crf.filter(|_| !fallen_back) {
            encoder = encoder.with_quality(quality).map_err(unfit)?;
        }
        Ok(encoder)
    }
}

/// The first device that is proved to encode `codec`, or else the program that needs none, and why.
fn in_hardware(codec: Codec, terminal: &Terminal) -> &'static Program {
    let mut obstacles = Vec::new();
    for program in codec.hardware() {
        match try_out(program).obstacle {
            None => return program,
            Some(obstacle) => obstacles.push(format!("{}: {obstacle}", program.name)),
        }
    }
    let software = codec.software();
    let why = if obstacles.is_empty() { "there are none for it".into() } else { obstacles.join("; ") };
    terminal
        .say(&format!("no device here encodes {codec} ({why}); {} does it, with its usual settings", software.name));
    software
}

pub(super) fn unfit(unfit: Unfit) -> Error {
    Error::Usage { reason: unfit.reason, fix: unfit.fix }
}

/// A size as people write it: `16MB`, `700 kB`, `25MiB`, `1000000`.
pub(super) fn size(text: &str) -> std::result::Result<u64, String> {
    let text = text.trim();
    let number: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let unit = text.get(number.len()..).unwrap_or_default().trim().to_lowercase();
    let factor = match unit.as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err("write a size, as in 16MB".into()),
    };
    let number: f64 = number.parse().map_err(|_| "write a size, as in 16MB")?;
    let bytes = number * factor;
    if !(1e3..=1e13).contains(&bytes) {
        return Err("write a size from 1kB to 10000GB".into());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the range above")]
    Ok(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(size("16MB"), Ok(16_000_000));
        assert_eq!(size("700 kB"), Ok(700_000));
        assert_eq!(size("1.5MiB"), Ok(1_572_864));
        for wrong in ["", "MB", "16 bananas", "-3MB", "1", "1.2.3MB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}

//! What is measured of the media: where somebody speaks, and where one shot gives way to another.

use std::path::Path;

use crate::captions;
use crate::error::Result;
use crate::ffmpeg::{self, Cancel, Confinement, Event, Reading, Tool};
use crate::media::Media;
use crate::scenario::Footage;
use crate::time::Time;

use super::Progress;

/// What was measured of one of the media, in its own time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Where its picture is first seen: before, it is black or comes out of black.
    pub opening: Time,
    /// Where one shot gives way to another.
    pub shots: Vec<Time>,
    /// Where its sound is not silent.
    pub speech: Vec<(Time, Time)>,
}

impl Measured {
    /// Where nothing is said between two things that are said: beginning and end.
    pub fn pauses(&self) -> impl Iterator<Item = (Time, Time)> {
        self.speech.iter().zip(self.speech.iter().skip(1)).map(|(one, next)| (one.1, next.0))
    }
}

/// How different two frames are when a shot changes: `scdet`'s own measure and default, of 100.
const THRESHOLD: u32 = 10;

/// A shot that is shorter than this is a flash: the change into it is the one that counts.
const SHORTEST_SHOT: f64 = 0.5;

/// A picture is black where all of it is darker than this share of white; so long it must be to count.
const BLACK: f64 = 0.2;
const SHORTEST_BLACK: f64 = 0.1;

/// Out of black a picture fades in for about a second.
const FADE: f64 = 1.0;

/// Of a clip that only covers another one, so much is looked at: a cutaway is shorter.
const COVERING: f64 = 10.0;

/// Listens to every clip for its first `limit`, in the order of `footage`.
pub fn speech(
    footage: &Footage,
    limit: Time,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for asset in footage.assets() {
        let mut heard = Measured::default();
        if asset.media.is_video() && asset.media.sound.is_some() {
            on_progress(Progress::Listening(&asset.media.path));
            heard.speech = captions::speech(&asset.media, Time::ZERO..limit, cancel)?;
        }
        measured.push(heard);
    }
    Ok(measured)
}

/// Looks at every clip for its first `limit`, and where one plays through, at the beginnings of the others.
pub fn shots(
    footage: &Footage,
    measured: &mut [Measured],
    limit: Time,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<()> {
    let covering = Time::from_secs(COVERING).unwrap_or_default().min(limit);
    for (asset, measured) in footage.assets().iter().zip(measured) {
        let plays_through = footage.main().is_none_or(|main| main.id == asset.id);
        let until = if plays_through { limit } else { covering };
        if asset.media.is_video() {
            (measured.opening, measured.shots) = changes(&asset.media, until, cancel, on_progress)?;
        }
    }
    Ok(())
}

/// The number of the clip that should play through: the longest in whose sound somebody seems to speak, that is, pauses;
/// else the only one that can be heard.
#[must_use]
pub fn speaking(footage: &Footage, measured: &[Measured]) -> Option<usize> {
    let at = |id: &str| footage.assets().iter().position(|asset| asset.id == id);
    let heard = |id: &str| at(id).and_then(|number| measured.get(number)).map_or(0, |heard| heard.speech.len());
    let speaks = footage.longest(|asset| heard(&asset.id) > 1);
    let audible = footage.assets().iter().filter(|asset| heard(&asset.id) > 0).count();
    speaks.or_else(|| footage.longest(|asset| audible == 1 && heard(&asset.id) > 0))
}

/// Where a clip is first seen, and where its shots change, before `until`.
///
/// One decode, scaled down to a stamp: the size of the difference between two frames needs no more.
fn changes(
    media: &Media,
    until: Time,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Time, Vec<Time>)> {
    let Some(picture) = &media.picture else { return Ok((Time::ZERO, Vec::new())) };
    let total = picture.duration.unwrap_or_default().min(until);
    on_progress(Progress::Looking(&media.path));
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, Path::new("/"));
    command.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"]);
    command.args(["-progress", "pipe:1", "-stats_period", "0.25"]);
    command.args(ffmpeg::input_guards()).args(["-f", &media.format]);
    command.args(["-t", &format!("{:.6}", total.as_secs()), "-i"]).arg(ffmpeg::file_url(&media.path));
    let filters = format!(
        "scale=160:90:flags=fast_bilinear,format=yuv420p,scdet=threshold={THRESHOLD},\
         blackdetect=d={SHORTEST_BLACK}:pix_th={BLACK}"
    );
    command.args(["-map", &format!("0:{}", picture.stream), "-vf", &filters, "-f", "null", "-"]);
    let output = ffmpeg::run(command, Reading::Log, cancel, &mut |Event::Frames(frames)| {
        #[expect(clippy::cast_precision_loss, reason = "frames of a day fit f64")]
        let seconds = frames as f64 / picture.rate.max(1.0);
        let done = Time::from_secs(seconds).unwrap_or_default().min(total);
        on_progress(Progress::Looked(done, total));
    })?;
    Ok((opening(&output.words), without_flashes(&output.words, total)))
}

/// Where a clip that begins black is first seen.
fn opening(words: &str) -> Time {
    let value = |key: &str| -> Option<f64> {
        let line = words.lines().find(|line| line.contains("black_start:"))?;
        line.split_once(key)?.1.split_whitespace().next()?.parse().ok()
    };
    let end = value("black_start:").filter(|start| *start < SHORTEST_BLACK).and_then(|_| value("black_end:"));
    end.and_then(|end| Time::from_secs(end + FADE)).unwrap_or_default()
}

/// The changes that `scdet` told of, but for those right behind another one and at the very ends.
fn without_flashes(words: &str, total: Time) -> Vec<Time> {
    let shortest = Time::from_secs(SHORTEST_SHOT).unwrap_or_default();
    let mut changes: Vec<Time> = Vec::new();
    for line in words.lines() {
        let seconds = line.split_once("lavfi.scd.time: ").and_then(|(_, rest)| rest.trim().parse().ok());
        let Some(time) = seconds.and_then(Time::from_secs) else { continue };
        let before = changes.last().copied().unwrap_or_default();
        if time >= before + shortest && time + shortest <= total {
            changes.push(time);
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_out_of_black_is_seen_from_where_it_is_bright() {
        let words = "[blackdetect @ 0x1] [info] black_start:0.003 black_end:0.961 black_duration:0.958\n";
        assert_eq!(opening(words), Time::from_secs(1.961).expect("a time"));
        assert_eq!(opening(&words.replace("0.003", "4")), Time::ZERO);
    }

    #[test]
    fn a_flash_is_one_change_and_the_ends_are_none() {
        let line = |seconds: f64| format!("[scdet @ 0x1] [info] lavfi.scd.score: 25.155, lavfi.scd.time: {seconds}\n");
        let words: String = [0.04, 3.0, 3.2, 3.44, 8.5, 9.8].map(line).concat();
        let seconds = |seconds| Time::from_secs(seconds).expect("a time");
        assert_eq!(without_flashes(&words, seconds(10.0)), [seconds(3.0), seconds(8.5)]);
    }
}

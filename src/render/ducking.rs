//! Music that stays below speech, and swells in its pauses.
//!
//! Where somebody speaks is measured in the mix of all that is not ducked, and so is how loud; the music's own loudness too.
//! What comes of it are plain gains of the music: the speech passes untouched, and the same files always sound the same.
//! A compressor on a side chain would duck by the level of the moment, and not at all under a quiet recording.

use std::path::Path;

use crate::captions::{self, Speech};
use crate::error::Result;
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::media::{Media, Sound as Stream};
use crate::tasks::ValidPlan;
use crate::time::Time;

use super::command::{Command, speech_command};
use super::encode::write_files;
use super::loudness::{Levels, decibels};
use super::sound::Stems;
use super::strip::{Gain, GainShape, Sound};
use super::timeline::Timeline;

/// How long music takes to step back and to swell: slow enough not to pump, and over before the first word.
const EASE_SECONDS: f64 = 0.25;

/// A pause shorter than this is no time to swell and to step back again.
const SHORTEST_SWELL: f64 = 4.0 * EASE_SECONDS;

/// Speech begins and ends more quietly than where a detector hears it.
const MARGIN_SECONDS: f64 = 0.05;

/// `timeline` with its ducked sounds as loud as they shall be.
pub(super) fn ducked(
    plan: &ValidPlan,
    timeline: &Timeline,
    stems: &mut Stems,
    folder: &Path,
    cancel: &Cancel,
) -> Result<Timeline> {
    let mut ducked = timeline.clone();
    if ducked.sounds.iter().all(|sound| sound.ducking <= 0.0) {
        return Ok(ducked);
    }
    let (music, others): (Vec<Sound>, Vec<Sound>) =
        std::mem::take(&mut ducked.sounds).into_iter().partition(|sound| sound.ducking > 0.0);
    let is_heard = |sound: &Sound| sound.volume > 0.0;
    let speech = if music.iter().any(is_heard) && others.iter().any(is_heard) {
        spoken(plan, &Timeline { sounds: others.clone(), ..timeline.clone() }, stems, folder, cancel)?
    } else {
        None
    };
    let mut known: Vec<(Sound, Option<f64>)> = Vec::new();
    ducked.sounds = others;
    for mut sound in music {
        if let Some(speech) = speech.as_ref().filter(|_| is_heard(&sound)) {
            let alone = alone(&sound);
            let loudness = match known.iter().find(|(other, _)| *other == alone) {
                Some((_, loudness)) => *loudness,
                None => loudness(plan, timeline, alone.clone(), folder, cancel)?,
            };
            known.push((alone, loudness));
            if let Some(loudness) = loudness {
                let level = decibels(speech.loudness - sound.ducking - loudness) / sound.volume;
                sound.gains.extend(dips(&speech.ranges, level));
            }
        }
        sound.ducking = 0.0;
        ducked.sounds.push(sound);
    }
    Ok(ducked)
}

/// What a ducked sound is by itself: from the start, as recorded.
fn alone(sound: &Sound) -> Sound {
    let end = sound.end - sound.start;
    Sound { start: Time::ZERO, end, volume: 1.0, ducking: 0.0, gains: Vec::new(), ..sound.clone() }
}

fn loudness(
    plan: &ValidPlan,
    timeline: &Timeline,
    sound: Sound,
    folder: &Path,
    cancel: &Cancel,
) -> Result<Option<f64>> {
    let frames = timeline.canvas.rate.frame_at(sound.end).max(1);
    let alone = Timeline { frames, sounds: vec![sound], ..timeline.clone() };
    Ok(Levels::of_mix(plan, &alone, &Stems::default(), "", folder, cancel)?.integrated)
}

/// Where somebody speaks in the sound of `timeline`, and how loud.
fn spoken(
    plan: &ValidPlan,
    timeline: &Timeline,
    stems: &mut Stems,
    folder: &Path,
    cancel: &Cancel,
) -> Result<Option<Speech>> {
    stems.render(timeline, plan.media(), folder, cancel)?;
    let path = folder.join("speech.wav");
    let Command { arguments, files, .. } = speech_command(plan, timeline, stems);
    write_files(folder, &files)?;
    let mut run = Confinement::of_system().command(Tool::Ffmpeg, folder);
    run.args(arguments).arg(ffmpeg::file_url(&path));
    ffmpeg::run(run, Reading::Progress, cancel, &mut |_| {})?;
    let duration = timeline.canvas.rate.time_of(timeline.frames);
    let stream = Stream { stream: 0, duration, channels: 2 };
    let media = Media { path: path.clone(), format: "wav".into(), picture: None, sound: Some(stream) };
    let speech = captions::spoken(&media, Time::ZERO..duration, cancel);
    // It is large, and the folder lives until the video is made.
    let _ = std::fs::remove_file(path);
    speech
}

/// The dips to `level` under speech in `ranges`; none where the music is that quiet anyway.
fn dips(ranges: &[(Time, Time)], level: f64) -> Vec<Gain> {
    if level >= 1.0 {
        return Vec::new();
    }
    let seconds = |seconds: f64| Time::from_secs(seconds).unwrap_or_default();
    let (ease, margin, shortest) = (seconds(EASE_SECONDS), seconds(MARGIN_SECONDS), seconds(SHORTEST_SWELL));
    let mut dips: Vec<Gain> = Vec::new();
    for (start, end) in ranges {
        let (start, end) = (start.saturating_sub(margin), *end + margin);
        match dips.last_mut() {
            Some(last) if start < last.end + shortest => last.end = end,
            _ => dips.push(Gain { start, end, shape: GainShape::Dip { level, ease } }),
        }
    }
    dips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn music_stays_down_in_a_short_pause_and_swells_in_a_long_one() {
        let at = |seconds: f64| Time::from_secs(seconds).expect("a time");
        let ranges = [(at(1.0), at(2.0)), (at(2.9), at(4.0)), (at(6.0), at(7.0))];
        let found: Vec<(f64, f64)> =
            dips(&ranges, 0.2).iter().map(|dip| (dip.start.as_secs(), dip.end.as_secs())).collect();
        assert_eq!(found, [(0.95, 4.05), (5.95, 7.05)]);
        assert!(dips(&ranges, 1.2).is_empty());
    }
}

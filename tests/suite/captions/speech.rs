//! Speech found in sound, and cues over it.

use std::path::Path;

use callsheet::captions::{self, Language, Limits, Listing, Window};
use callsheet::ffmpeg::Cancel;
use callsheet::media::probe;
use callsheet::time::{FrameRate, Time};

use super::{millis, seconds};
use crate::media::{Clip, RED, SPEECH, WHISPER};

fn heard(clip: &Clip, from: f64, to: f64) -> Vec<(f64, f64)> {
    let media = probe(clip.id(), &clip.path(), &Cancel::new()).unwrap();
    let ranges = captions::speech(&media, seconds(from)..seconds(to), &Cancel::new()).unwrap();
    ranges.into_iter().map(|(start, end)| (start.as_secs(), end.as_secs())).collect()
}

fn close(found: &[(f64, f64)], expected: &[(f64, f64)]) -> bool {
    found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, expected)| (found.0 - expected.0).abs() < 0.03 && (found.1 - expected.1).abs() < 0.03)
}

#[test]
fn speech_is_found_between_pauses_however_loud_it_is() {
    for clip in [SPEECH, WHISPER] {
        let found = heard(&clip, 0.0, 10.0);
        assert!(close(&found, &[(1.0, 3.0), (3.4, 4.0), (6.0, 8.5)]), "{}: {found:?}", clip.id());
    }
}

#[test]
fn speech_is_told_in_the_files_own_time_whatever_the_window() {
    let found = heard(&SPEECH, 2.0, 7.0);
    assert!(close(&found, &[(2.0, 3.0), (3.4, 4.0), (6.0, 7.0)]), "{found:?}");
    assert_eq!(heard(&SPEECH, 4.2, 5.8), []);
    assert_eq!(heard(&SPEECH, 20.0, 30.0), []);
}

#[test]
fn a_clip_without_sound_has_no_speech() {
    assert_eq!(heard(&RED, 0.0, 4.0), []);
}

/// Real speech, where the machine has it.
#[test]
fn cues_over_a_talking_head_fall_on_its_speech_and_not_on_its_pauses() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/media/talking_head.mp4");
    if !path.exists() {
        println!("skipped: {} is not on this machine", path.display());
        return;
    }
    let media = probe("main", &path, &Cancel::new()).unwrap();
    let end = seconds(42.4);
    let speech = captions::speech(&media, Time::ZERO..end, &Cancel::new()).unwrap();
    let text = "Привет! Сегодня мы поговорим о том, как устроен монтаж видео, и почему паузы в речи важнее, чем кажется. \
                В первой части я покажу, как программа находит тишину. Потом посмотрим, что с этим делать. Всё!";
    let limits = Limits::of(Language::Russian, FrameRate::thirty());
    let Listing { entries, found } =
        captions::time(text, &Window { start: Time::ZERO, end, speech: &speech }, &limits, 1);
    assert!(found.is_empty(), "{found:?}");
    assert!(entries.len() >= 5, "{entries:?}");
    for entry in &entries {
        let cue = &entry.cue;
        let begins = speech.iter().any(|range| range.0 <= cue.start + millis(1) && cue.start < range.1);
        assert!(begins, "cue {} begins in a pause: {cue:?}", entry.number);
        // Between one stretch of speech and the next, a cue may stand for half a second.
        for pause in speech.windows(2).map(|two| (two[0].1, two[1].0)) {
            let over = cue.end.min(pause.1).saturating_sub(cue.start.max(pause.0));
            assert!(over <= millis(501), "cue {} stands over a pause for {over} s", entry.number);
        }
    }
}

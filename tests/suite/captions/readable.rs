//! Texts without times become cues that a person can read.

use callsheet::captions::{Language, Limits, Listing, Window, time};
use callsheet::diagnostic::Diagnostics;
use callsheet::time::{FrameRate, Time};
use callsheet::value::Cue;
use proptest::prelude::*;

use super::{millis, seconds};

const SPEECH: &str = "Сегодня мы поговорим о том, как устроен монтаж. Я покажу, как программа находит тишину в записи, и что \
                      с этим делать. А в конце сравним её работу с ручной, и вы решите сами, что вам ближе.";

fn timed(text: &str, speech: &[(Time, Time)], end: Time) -> (Vec<Cue>, Diagnostics) {
    let limits = Limits::of(Language::of(text), FrameRate::thirty());
    let listing = time(text, &Window { start: Time::ZERO, end, speech }, &limits, 1);
    (listing.entries.into_iter().map(|entry| entry.cue).collect(), listing.found)
}

fn shown(cues: &[Cue]) -> String {
    let line = |cue: &Cue| {
        let text = cue.text.replace('\n', " | ");
        format!("{:>6}–{:<6} {text}", cue.start.to_string(), cue.end.to_string())
    };
    cues.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_text_is_divided_by_sense_and_spread_over_the_speech() {
    let speech = [(seconds(0.4), seconds(3.6)), (seconds(4.5), seconds(9.2)), (seconds(9.5), seconds(15.0))];
    let (cues, found) = timed(SPEECH, &speech, seconds(18.0));
    assert!(found.is_empty(), "{found:?}");
    insta::assert_snapshot!(shown(&cues));
}

#[test]
fn english_lines_are_longer_and_read_faster() {
    let text = "When we arrived in the old town, winter had long been there, and the streets were empty. Nobody waited \
                for us; the only light came from a small cafe that never seemed to close.";
    let (cues, found) = timed(text, &[(seconds(1.0), seconds(11.0))], seconds(12.0));
    assert!(found.is_empty(), "{found:?}");
    insta::assert_snapshot!(shown(&cues));
}

#[test]
fn more_text_than_its_speech_has_time_for_is_reported_with_numbers() {
    let (cues, found) = timed(SPEECH, &[(seconds(0.0), seconds(4.0))], seconds(4.0));
    let words: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    assert!(words.iter().any(|words| words.starts_with("the text of 188 characters needs")), "{words:?}");
    assert!(words.iter().any(|words| words.contains("characters a second read; 17 can be")), "{words:?}");
    assert!(cues.windows(2).all(|two| two[0].end <= two[1].start));
    assert!(cues.last().unwrap().end <= seconds(4.0));
}

#[test]
fn without_any_speech_the_text_is_spread_over_its_time_and_that_is_said() {
    let (cues, found) = timed(SPEECH, &[], seconds(20.0));
    assert!(found.iter().any(|one| one.message == "no speech is heard from 0 s to 20 s"));
    assert_eq!(cues.first().unwrap().start, Time::ZERO);
    assert!(cues.last().unwrap().end > seconds(12.0));
}

#[test]
fn a_text_for_ten_thousand_cues_is_timed_whole() {
    let text = "Это предложение занимает одну строку. ".repeat(10_000);
    let speech: Vec<(Time, Time)> = (0..10_000).map(|n| (millis(n * 4000), millis(n * 4000 + 3000))).collect();
    let (cues, found) = timed(&text, &speech, seconds(40_000.0));
    assert!(found.is_empty(), "{:?}", found.iter().next());
    assert_eq!(cues.len(), 10_000);
    assert!(cues.iter().zip(&speech).all(|(cue, speech)| cue.start == speech.0));
}

/// The limits of a Russian cue once more, in other words than the program's.
fn breaks_a_limit(cue: &Cue, previous: Option<&Cue>) -> bool {
    let seconds = (cue.end - cue.start).as_secs();
    let letters = cue.text.chars().filter(|letter| *letter != '\n').count() as f64;
    let gap = previous.map_or(1.0, |previous| (cue.start - previous.end).as_secs());
    cue.text.lines().count() > 2
        || cue.text.lines().any(|line| line.chars().count() > 39)
        || letters / seconds > 17.0 * 1.002
        || !(0.832..=7.001).contains(&seconds)
        || gap < 2.0 / 30.0 - 0.001
}

fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => "[а-я]{2,12}",
        3 => prop::sample::select(vec!["в", "к", "с", "о", "у", "и", "а", "я", "В", "И"]).prop_map(String::from),
        2 => "[а-я]{2,9}[.,!?:;…]",
        1 => "[а-я]{30,60}",
        1 => Just("—".to_owned()),
    ];
    prop::collection::vec(word, 0..80).prop_map(|words| words.join(" "))
}

fn speech() -> impl Strategy<Value = Vec<(Time, Time)>> {
    prop::collection::vec((50_i64..3000, 50_i64..9000), 0..12).prop_map(|parts| {
        let mut at = 0;
        let range = |(pause, length)| {
            let start = at + pause;
            at = start + length;
            (millis(start), millis(at))
        };
        parts.into_iter().map(range).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn every_cue_keeps_to_the_limits_or_is_reported(text in words(), speech in speech(), more in 0_i64..4000) {
        let end = speech.last().map_or(millis(10_000), |range| range.1 + millis(more));
        let limits = Limits::of(Language::Russian, FrameRate::thirty());
        let Listing { entries, found } = time(&text, &Window { start: Time::ZERO, end, speech: &speech }, &limits, 1);
        let mut previous = None;
        for entry in &entries {
            if breaks_a_limit(&entry.cue, previous) {
                let named = format!("cue {} ", entry.number);
                prop_assert!(found.iter().any(|one| one.message.contains(&named)), "{:?}", entry.cue);
            }
            prop_assert!(entry.cue.start < entry.cue.end);
            prop_assert!(previous.is_none_or(|previous: &Cue| previous.end <= entry.cue.start) || !found.is_empty());
            previous = Some(&entry.cue);
        }
        let said: Vec<&str> = entries.iter().flat_map(|entry| entry.cue.text.split_whitespace()).collect();
        prop_assert_eq!(said, text.split_whitespace().collect::<Vec<_>>(), "no word is lost");
    }

    #[test]
    fn no_line_ends_behind_a_preposition_of_one_letter(text in words(), speech in speech()) {
        let end = speech.last().map_or(millis(60_000), |range| range.1);
        let limits = Limits::of(Language::Russian, FrameRate::thirty());
        let Listing { entries, .. } = time(&text, &Window { start: Time::ZERO, end, speech: &speech }, &limits, 1);
        let count = entries.len();
        for (number, entry) in entries.iter().enumerate() {
            let lines: Vec<&str> = entry.cue.text.lines().collect();
            for (place, line) in lines.iter().enumerate() {
                let is_last = number + 1 == count && place + 1 == lines.len();
                let last = line.split(' ').next_back().unwrap_or_default().to_lowercase();
                prop_assert!(is_last || !["в", "к", "с", "о", "у", "и", "а", "я"].contains(&last.as_str()), "{:?}", line);
            }
        }
    }

    #[test]
    fn any_text_can_be_timed(text in "\\PC{0,300}", speech in speech()) {
        let _ = timed(&text, &speech, seconds(30.0));
    }

    #[test]
    fn with_time_enough_no_cue_appears_or_stays_on_a_long_pause(words in 1_usize..12, speech in speech()) {
        let text = "слово ".repeat(words);
        let enough: f64 = speech.iter().map(|range| (range.1 - range.0).as_secs()).sum();
        prop_assume!(enough > words as f64);
        let (cues, found) = timed(&text, &speech, speech.last().unwrap().1 + seconds(1.0));
        prop_assume!(found.is_empty());
        for cue in cues {
            let voiced = |time: Time| speech.iter().any(|range| range.0 <= time && time < range.1 + millis(501));
            prop_assert!(voiced(cue.start), "{:?} over {:?}", cue, speech);
        }
    }
}

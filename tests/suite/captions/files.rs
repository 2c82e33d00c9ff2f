//! Whole files of each kind, good and broken, and the laws of reading and writing.

use std::fmt::Write as _;

use callsheet::captions::{self, Format};
use callsheet::diagnostic::{Colour, pretty};
use callsheet::time::FrameRate;
use callsheet::value::Cue;
use proptest::prelude::*;

use super::{cue, cues, millis, read, track};

const FORMATS: [Format; 3] = [Format::Srt, Format::Vtt, Format::Ass];

/// What came up, and the file as it is written again; all in a video of 80 s.
fn converted(name: &str, bytes: &[u8]) -> String {
    let (source, found) = captions::decode(name, bytes, None);
    let format = Format::of_source(&source);
    let mut shown = format!("read as {format:?}\n\n");
    let listing = captions::read(&source, format).after(found);
    let result = captions::mend(listing, Some(millis(80_000)), FrameRate::thirty());
    match result {
        Ok((track, found)) => {
            let _ = write!(shown, "{}", pretty(&found, Colour::Never));
            for format in FORMATS.into_iter().filter(|format| *format == Format::Srt || name.starts_with("plain")) {
                let text = captions::write(&track, format);
                let _ = write!(shown, "--- written as {format:?}\n{text}");
            }
        }
        Err(found) => {
            let _ = writeln!(shown, "{}--- refused", pretty(&found, Colour::Never));
        }
    }
    shown
}

#[test]
fn a_file_is_read_as_players_read_it_and_mended() {
    insta::glob!("../../fixtures/captions", "*.*", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        insta::assert_snapshot!(converted(name, &std::fs::read(path).unwrap()));
    });
}

#[test]
fn a_file_in_the_form_that_is_written_is_written_as_it_was() {
    let text = include_str!("../../fixtures/captions/plain.srt");
    let (track, found) = read(text, Format::Srt).unwrap();
    assert!(found.is_empty());
    assert_eq!(captions::write(&track, Format::Srt), text);
}

#[test]
fn a_refused_cue_is_named_with_its_line() {
    let found = read(include_str!("../../fixtures/captions/broken.srt"), Format::Srt).unwrap_err();
    let first = found.iter().find(|one| one.message.contains("cue 3")).unwrap();
    let place = first.location.as_ref().unwrap();
    assert_eq!(place.source.line_column(place.span.start), (10, 1));
}

#[test]
fn ten_thousand_cues_keep_their_number_and_their_words() {
    let long =
        track((0..10_000).map(|number| cue(number * 3000, number * 3000 + 2500, &format!("Номер {number}\nи слова"))));
    for format in FORMATS {
        let (again, found) = read(&captions::write(&long, format), format).unwrap();
        assert!(found.is_empty());
        assert_eq!(cues(&again), cues(&long), "{format:?}");
    }
}

#[test]
fn ffmpeg_reads_in_a_written_file_what_was_written() {
    let written = track([
        cue(0, 1500, "Первая строка\nи вторая"),
        cue(1500, 2500, "42"),
        cue(2600, 3600, "R&D < 5 > 4 «да»"),
        cue(4000, 5010, "1984\nГод."),
        cue(3_600_000, 3_601_000, "Час спустя"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    for (format, name) in [(Format::Srt, "srt"), (Format::Vtt, "webvtt"), (Format::Ass, "ass")] {
        let path = folder.path().join(format!("a.{name}"));
        std::fs::write(&path, captions::write(&written, format)).unwrap();
        let output = std::process::Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-f", name, "-i"])
            .arg(&path)
            .args(["-f", "srt", "-"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
        let (again, _) = read(&text, Format::Srt).unwrap();
        assert_eq!(cues(&again), cues(&written), "{name}:\n{text}");
    }
}

/// Texts full of what the formats take for markup, times and numbers.
fn texts() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "<i>",
        "</i>",
        "<b",
        ">",
        "<",
        "&amp;",
        "&",
        "&lt;",
        "{\\an8}",
        "{",
        "}",
        "\\N",
        "\\n",
        "\\h",
        "\\",
        "-->",
        "->",
        "—>",
        "00:00:01,000 --> 00:00:02,000",
        "00:00:01.000",
        "1",
        "42",
        "\n",
        "\n\n",
        " ",
        "WEBVTT",
        "NOTE",
        "STYLE",
        "Dialogue: 0,",
        ",",
        "слово",
        "word",
        "\u{a0}",
        "\u{2060}",
        "\u{feff}",
        "\u{200f}",
        "שלום",
        "🎬",
        "\t",
        "\r",
        "\0",
        "3 --> 4",
        "{y:i}",
        "<c.x>",
        "<v Anna>",
        "&#8212;",
        "- ",
        "—",
        "5 -> 6",
    ]);
    prop_oneof![prop::collection::vec(parts, 0..8).prop_map(|parts| parts.concat()), "\\PC{0,60}"]
}

/// Cues in no order, overlapping, some without length or text; times in hundredths, which every format can hold.
fn any_cues() -> impl Strategy<Value = Vec<Cue>> {
    let one = (0_i64..60_000, 0_i64..600, texts())
        .prop_map(|(start, length, text)| cue(start * 10, (start + length) * 10, &text));
    prop::collection::vec(one, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn what_is_written_is_read_again(any in any_cues()) {
        let mended = track(any);
        for format in FORMATS {
            let text = captions::write(&mended, format);
            let again = read(&text, format).map(|(track, _)| cues(&track)).unwrap_or_default();
            let close = |left: i64, right: i64| (left - right).abs() <= if format == Format::Ass { 10 } else { 0 };
            prop_assert_eq!(again.len(), mended.len(), "{:?}\n{}", format, text);
            for (again, cue) in again.iter().zip(mended.cues()) {
                prop_assert_eq!(&again.text, &cue.text, "{:?}\n{}", format, text);
                prop_assert!(close(again.start.as_millis(), cue.start.as_millis()), "{:?}\n{}", format, text);
                prop_assert!(close(again.end.as_millis(), cue.end.as_millis()), "{:?}\n{}", format, text);
            }
        }
    }

    #[test]
    fn mended_cues_are_in_order_and_mending_them_again_changes_nothing(any in any_cues()) {
        let mended = track(any);
        let all = cues(&mended);
        prop_assert!(all.windows(2).all(|two| two[0].start < two[0].end && two[0].end <= two[1].start));
        prop_assert_eq!(cues(&track(all.clone())), all);
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = converted("any", &bytes);
    }

    #[test]
    fn any_mixture_of_what_caption_files_hold_can_be_read(parts in prop::collection::vec(texts(), 0..20), signed in any::<bool>()) {
        let text = if signed { format!("WEBVTT\n\n{}", parts.concat()) } else { parts.concat() };
        for format in FORMATS {
            let _ = read(&text, format);
        }
    }
}

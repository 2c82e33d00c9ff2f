//! From a file's bytes to text: caption files come in whatever encoding their author's editor had.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};

use crate::diagnostic::{self, Diagnostic, Diagnostics, Source};

/// An encoding that somebody named: any label of the WHATWG Encoding Standard, e.g. `utf-8`, `windows-1251`, `koi8-r`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl FromStr for Encoding {
    type Err = String;

    fn from_str(label: &str) -> Result<Self, String> {
        let usual = "`utf-8`, `utf-16le`, `utf-16be`, `windows-1251`, `windows-1252`, `koi8-r`";
        encoding_rs::Encoding::for_label(label.as_bytes())
            .map(Self)
            .ok_or_else(|| format!("no such encoding; the usual ones are {usual}"))
    }
}

/// The text of a caption file, with `\n` at the end of its lines; `name` is the file's.
///
/// A byte-order mark tells the encoding, else `given` does. With neither it is found out: NULs give UTF-16 away, and
/// what is not UTF-8 is taken for Windows-1251, the commonest of old Russian subtitles, with a warning.
#[must_use]
pub fn decode(name: &str, bytes: &[u8], given: Option<Encoding>) -> (Arc<Source>, Diagnostics) {
    let (text, doubt) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, length)) => decode_as(encoding, bytes.get(length..).unwrap_or_default()),
        None => match given {
            Some(Encoding(encoding)) => decode_as(encoding, bytes),
            None => guess(bytes),
        },
    };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let source = Source::new(name, text);
    let mut found = Diagnostics::new();
    if let Some(doubt) = doubt {
        let place = diagnostic::Location::new(&source, diagnostic::SourceSpan::default());
        found.push(
            Diagnostic::new(diagnostic::CAPTION_ENCODING, doubt)
                .at(place)
                .help("if the letters are wrong, name the encoding: `--encoding koi8-r`"),
        );
    }
    (source, found)
}

fn decode_as<'a>(encoding: &'static encoding_rs::Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, Option<String>) {
    let (text, is_broken) = encoding.decode_without_bom_handling(bytes);
    let doubt =
        is_broken.then(|| format!("the file has bytes that are no {}: each has become `\u{fffd}`", encoding.name()));
    (text, doubt)
}

fn guess(bytes: &[u8]) -> (Cow<'_, str>, Option<String>) {
    if let Some(encoding) = utf16(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        return (text, Some(format!("the file has no byte-order mark: it is read as {}", encoding.name())));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(_) if is_damaged_utf8(bytes) => decode_as(UTF_8, bytes),
        Err(_) => {
            let (text, _) = WINDOWS_1251.decode_without_bom_handling(bytes);
            (text, Some("the file is not UTF-8: it is read as windows-1251".into()))
        }
    }
}

/// UTF-16 without a mark: digits, blanks and line ends, which every caption file is full of, have a NUL on one side, and
/// no text has NULs of its own.
fn utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let pairs = head.len() / 2;
    let nuls = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    // A tenth is far below what a caption file has (it is a half in Russian ones) and far above a stray NUL.
    match (even * 10 > pairs, odd * 10 > pairs) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether the bytes are UTF-8 that was cut or patched badly: whole letters of it stand far more often than broken ones.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > 4 * broken
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "1\n00:00:01,000 --> 00:00:02,000\nПривет, мир!\n";

    fn decoded(bytes: &[u8], label: Option<&str>) -> (String, Option<String>) {
        let (source, found) = decode("a.srt", bytes, label.map(|label| label.parse().expect("a label")));
        (source.text().to_owned(), found.iter().next().map(|one| one.message.clone()))
    }

    #[test]
    fn utf8_needs_no_words_about_it() {
        assert_eq!(decoded(TEXT.as_bytes(), None), (TEXT.into(), None));
        assert_eq!(decoded(format!("\u{feff}{TEXT}").as_bytes(), None), (TEXT.into(), None));
        assert_eq!(decoded(TEXT.replace('\n', "\r\n").as_bytes(), None), (TEXT.into(), None));
        assert_eq!(decoded(TEXT.replace('\n', "\r").as_bytes(), None), (TEXT.into(), None));
    }

    #[test]
    fn utf16_is_found_with_and_without_its_mark() {
        let le: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&[&[0xff, 0xfe], le.as_slice()].concat(), None), (TEXT.into(), None));
        assert_eq!(decoded(&[&[0xfe, 0xff], be.as_slice()].concat(), None), (TEXT.into(), None));
        assert_eq!(
            decoded(&le, None),
            (TEXT.into(), Some("the file has no byte-order mark: it is read as UTF-16LE".into()))
        );
        assert_eq!(
            decoded(&be, None),
            (TEXT.into(), Some("the file has no byte-order mark: it is read as UTF-16BE".into()))
        );
    }

    #[test]
    fn what_is_not_utf8_is_windows_1251_unless_it_is_said_to_be_another() {
        let (bytes, _, _) = WINDOWS_1251.encode(TEXT);
        assert_eq!(
            decoded(&bytes, None),
            (TEXT.into(), Some("the file is not UTF-8: it is read as windows-1251".into()))
        );
        let (bytes, _, _) = encoding_rs::KOI8_R.encode(TEXT);
        assert_eq!(decoded(&bytes, Some("KOI8-R")), (TEXT.into(), None));
    }

    #[test]
    fn one_broken_letter_does_not_make_a_file_another_encoding() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.push(0xd0);
        let (text, doubt) = decoded(&bytes, None);
        assert_eq!(text, format!("{TEXT}\u{fffd}"));
        assert!(doubt.is_some_and(|words| words.contains("no UTF-8")));
    }
}

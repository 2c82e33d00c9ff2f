//! The times in caption files, read and written.

use crate::time::Time;

/// How the digits behind the decimal sign are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decimals {
    /// As a count of milliseconds, `,5` being 0.005 s: so ffmpeg, mpv and VLC read SRT.
    Count,
    /// As decimals, `.5` being 0.5 s: so libass reads ASS.
    Share,
}

/// Why a line of times was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// It is no line of times.
    Unreadable,
    /// It names a time beyond 24 hours.
    TooLate,
}

/// A time at the start of `text`, in milliseconds, and what follows it.
///
/// Hours and decimals may be missing, the decimal sign may be a stop, a comma or a third colon, and blanks may stand
/// around the signs. More than nine digits are as many as nine.
pub(super) fn read(text: &str, decimals: Decimals) -> Option<(i64, &str)> {
    let text = text.trim_start_matches([' ', '\t']);
    let (sign, mut rest) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut fields = Vec::new();
    let mut fraction = None;
    loop {
        let (digits, after) = digits(rest)?;
        fields.push(number(digits));
        rest = after;
        let next = after.trim_start_matches([' ', '\t']);
        if let Some(behind) = next.strip_prefix([',', '.'])
            && let Some((digits, after)) = self::digits(behind)
        {
            fraction = Some(digits);
            rest = after;
            break;
        }
        match next.strip_prefix(':') {
            Some(behind) if fields.len() < 3 => rest = behind,
            // `00:00:01:500`, with a colon for the comma.
            Some(behind) if fields.len() == 3 => {
                let (digits, after) = self::digits(behind).filter(|(digits, _)| digits.len() == 3)?;
                fraction = Some(digits);
                rest = after;
                break;
            }
            _ => break,
        }
    }
    let seconds = match fields.as_slice() {
        [hours, minutes, seconds] => (hours * 60 + minutes) * 60 + seconds,
        [minutes, seconds] => minutes * 60 + seconds,
        _ => return None,
    };
    let milliseconds = fraction.map_or(0, |digits| milliseconds(digits, decimals));
    Some((sign * (seconds * 1000 + milliseconds), rest))
}

fn digits(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches([' ', '\t']);
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn number(digits: &str) -> i64 {
    if digits.len() > 9 { 999_999_999 } else { digits.parse().unwrap_or(0) }
}

/// Three digits are the same either way, and more are no count that anybody meant.
fn milliseconds(digits: &str, decimals: Decimals) -> i64 {
    if decimals == Decimals::Count && digits.len() < 3 {
        return number(digits);
    }
    let padded: String = digits.chars().chain("0000".chars()).take(4).collect();
    (number(&padded) + 5) / 10
}

/// The two times of a line like `00:00:01,000 --> 00:00:04,000 X1:40`, and what follows them.
pub(super) fn read_line(line: &str, arrows: &[&str]) -> Result<(Time, Time), Bad> {
    let (start, rest) = read(line, Decimals::Count).ok_or(Bad::Unreadable)?;
    let rest = rest.trim_start_matches([' ', '\t']);
    let rest = arrows.iter().find_map(|arrow| rest.strip_prefix(arrow)).ok_or(Bad::Unreadable)?;
    let (end, after) = read(rest, Decimals::Count).ok_or(Bad::Unreadable)?;
    if after.starts_with(|letter: char| letter.is_alphanumeric() || letter == ':') {
        return Err(Bad::Unreadable);
    }
    Ok((time(start)?, time(end)?))
}

/// The exact time of a count of milliseconds.
pub(super) fn time(milliseconds: i64) -> Result<Time, Bad> {
    Time::from_millis(milliseconds).ok_or(Bad::TooLate)
}

/// `00:00:01,500`, with `sign` before the milliseconds. Negative times, which no format has, are zero.
pub(super) fn write(time: Time, sign: char) -> String {
    let milliseconds = time.as_millis().max(0);
    let (seconds, milliseconds) = (milliseconds / 1000, milliseconds % 1000);
    format!("{:02}:{:02}:{:02}{sign}{milliseconds:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(text: &str) -> Option<i64> {
        read(text, Decimals::Count).map(|(time, _)| time)
    }

    #[test]
    fn times_are_read_as_players_read_them() {
        assert_eq!(milliseconds("00:00:01,500"), Some(1500));
        assert_eq!(milliseconds("1:02:03.004"), Some(3_723_004));
        assert_eq!(milliseconds("02:03.004"), Some(123_004));
        assert_eq!(milliseconds("00:00:01"), Some(1000));
        assert_eq!(milliseconds("00:00:01:250"), Some(1250));
        assert_eq!(milliseconds("00: 00 : 01 , 250"), Some(1250));
        assert_eq!(milliseconds("-00:00:01,000"), Some(-1000));
        assert_eq!(milliseconds("00:00:01,5"), Some(1005));
        assert_eq!(read("0:00:01.5", Decimals::Share).map(|(time, _)| time), Some(1500));
        assert_eq!(milliseconds("00:00:01,123456"), Some(1123));
        assert_eq!(milliseconds("99:99:99,999"), Some(362_439_999));
        assert_eq!(milliseconds("12"), None);
        assert_eq!(milliseconds("1:2:3:4:5"), None);
    }

    #[test]
    fn a_line_of_times_ends_with_its_times() {
        let read = |line| read_line(line, &["-->"]).map(|(start, end)| (start.as_millis(), end.as_millis()));
        assert_eq!(read("00:00:01,000-->00:00:02,000"), Ok((1000, 2000)));
        assert_eq!(read(" 00:00:01,000  -->  00:00:02,000  X1:40 Y1:20"), Ok((1000, 2000)));
        assert_eq!(read("100:00:01,000 --> 100:00:02,000"), Err(Bad::TooLate));
        assert_eq!(read("00:00:01,000 --> soon"), Err(Bad::Unreadable));
        assert_eq!(read("00:00:01,000 -> 00:00:02,000"), Err(Bad::Unreadable));
    }
}

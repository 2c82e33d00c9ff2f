//! What a person can read: the limits that cues are made for and held against.

use crate::time::{FrameRate, Time};

/// A language, as far as reading it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Russian
    #[value(name = "ru")]
    Russian,
    /// English
    #[value(name = "en")]
    English,
    /// Arabic
    #[value(name = "ar")]
    Arabic,
    /// Hindi
    #[value(name = "hi")]
    Hindi,
    /// Thai
    #[value(name = "th")]
    Thai,
    /// Chinese
    #[value(name = "zh")]
    Chinese,
    /// Korean
    #[value(name = "ko")]
    Korean,
    /// Japanese
    #[value(name = "ja")]
    Japanese,
    /// Any other
    #[value(name = "other")]
    Other,
}

impl Language {
    /// The language that the script of `text` speaks for: most of its letters decide. Latin letters count as English.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let kinds = [
            Self::Russian,
            Self::English,
            Self::Arabic,
            Self::Hindi,
            Self::Thai,
            Self::Chinese,
            Self::Korean,
            Self::Japanese,
        ];
        let mut counts = [0_usize; 8];
        for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
            let kind = match letter {
                '\u{400}'..='\u{52f}' => Self::Russian,
                'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' => Self::English,
                '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => Self::Arabic,
                '\u{900}'..='\u{97f}' => Self::Hindi,
                '\u{e00}'..='\u{e7f}' => Self::Thai,
                '\u{3040}'..='\u{30ff}' => Self::Japanese,
                '\u{3400}'..='\u{9fff}' => Self::Chinese,
                '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => Self::Korean,
                _ => continue,
            };
            for (count, _) in counts.iter_mut().zip(kinds).filter(|(_, other)| *other == kind) {
                *count += 1;
            }
        }
        // Kana are in Japanese only; its Chinese characters are not.
        if kinds.iter().zip(counts).any(|(kind, count)| *kind == Self::Japanese && count > 0) {
            return Self::Japanese;
        }
        let most = counts.iter().max().copied().unwrap_or(0);
        let first = kinds.iter().zip(counts).find(|(_, count)| *count == most);
        first.filter(|_| most > 0).map_or(Self::Other, |(kind, _)| *kind)
    }

    /// Characters in a line, and characters in a second, for grown-up readers.
    ///
    /// Both from Netflix' Timed Text Style Guides, as Subtitle Edit checks them (`NetflixQualityController.cs`); 39 in a
    /// Russian line is from the Russian guide itself (partnerhelp 215346638).
    fn pace(self) -> (usize, f64) {
        match self {
            Self::Russian => (39, 17.0),
            Self::English | Self::Arabic => (42, 20.0),
            Self::Hindi => (42, 22.0),
            Self::Thai => (35, 17.0),
            Self::Chinese => (16, 9.0),
            Self::Korean => (16, 12.0),
            Self::Japanese => (23, 4.0),
            Self::Other => (42, 17.0),
        }
    }
}

/// The limits of a cue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Characters in a line, at most.
    pub line_length: usize,
    /// Lines, at most.
    pub lines: usize,
    /// Characters in a second, at most; blanks count, line ends do not.
    pub speed: f64,
    /// The shortest time that a cue is shown for.
    pub shortest: Time,
    /// The longest.
    pub longest: Time,
    /// What lies between two cues, at least.
    pub gap: Time,
    /// Gaps shorter than this are closed to `gap`: they would flicker.
    pub flicker: Time,
}

impl Limits {
    /// Netflix' general requirements (partnerhelp 215758617): two lines, 5/6 s to 7 s, two frames between cues.
    #[must_use]
    pub fn of(language: Language, rate: FrameRate) -> Self {
        let (line_length, speed) = language.pace();
        let time = |seconds: f64| Time::from_secs(seconds).unwrap_or_default();
        Self {
            line_length,
            lines: 2,
            speed,
            shortest: time(5.0 / 6.0),
            longest: time(7.0),
            gap: rate.time_of(2),
            // 3 to 11 frames at 24 a second are closed to two (Netflix' timing guide).
            flicker: time(0.5),
        }
    }

    /// How long `text` must be shown to be read, within the limits on a cue's length.
    #[must_use]
    pub fn reading_time(&self, text: &str) -> Time {
        self.time_for(length(text)).max(self.shortest)
    }

    /// How long so many characters take to read.
    #[expect(clippy::cast_precision_loss, reason = "a text has fewer than 2^52 characters")]
    pub(super) fn time_for(&self, characters: usize) -> Time {
        Time::from_secs(characters as f64 / self.speed).unwrap_or(Time::MAX)
    }
}

/// How many characters a reader sees: line ends and what has no width do not count.
pub(super) fn length(text: &str) -> usize {
    let is_seen = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
    };
    text.chars().filter(is_seen).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_a_text_says_how_fast_it_is_read() {
        for (text, expected) in [
            ("Привет, world!", Language::Russian),
            ("Hello, Мир", Language::English),
            ("今日は、世界", Language::Japanese),
            ("你好", Language::Chinese),
            ("안녕하세요", Language::Korean),
            ("123", Language::Other),
            ("", Language::Other),
        ] {
            assert_eq!(Language::of(text), expected, "{text}");
        }
    }

    #[test]
    fn line_ends_and_what_has_no_width_take_no_time_to_read() {
        assert_eq!(length("аб\nвг"), 4);
        assert_eq!(length("e\u{301}\u{200f}"), 1);
        let limits = Limits::of(Language::Russian, FrameRate::thirty());
        assert_eq!(limits.reading_time(&"а".repeat(34)).as_millis(), 2000);
        assert_eq!(limits.reading_time("а").as_millis(), 833);
    }
}

//! The caller's language: what goes wrong is told in it.

use axum::http::{HeaderMap, header};

/// A language that the server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    #[default]
    English,
    Russian,
}

impl Language {
    /// The one that `Accept-Language` (RFC 9110, 12.5.4) likes best of those; English where it says nothing.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let wishes = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        let mut best = (Self::default(), 0.0);
        for wish in wishes.flat_map(|value| value.split(',')) {
            let (range, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
            let weight: f64 = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(0.0);
            let primary = range.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let language = match primary.as_str() {
                "ru" => Self::Russian,
                "en" | "*" => Self::English,
                _ => continue,
            };
            // The first of equals is meant more.
            if weight > best.1 && weight <= 1.0 {
                best = (language, weight);
            }
        }
        best.0
    }

    /// Its tag, for `Content-Language`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }
}

/// The same in each of the languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) english: String,
    pub(crate) russian: String,
}

impl Words {
    pub(crate) fn new(english: impl Into<String>, russian: impl Into<String>) -> Self {
        Self { english: english.into(), russian: russian.into() }
    }

    /// What was said by something that knows English alone.
    pub(crate) fn untranslated(words: impl Into<String>) -> Self {
        let words = words.into();
        Self { russian: words.clone(), english: words }
    }

    pub(crate) fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Russian => &self.russian,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_most_weight_is_spoken() {
        for (wish, language) in [
            ("", Language::English),
            ("ru", Language::Russian),
            ("RU-ru, en;q=0.8", Language::Russian),
            ("en;q=0.7, ru;q=0.9", Language::Russian),
            ("en, ru", Language::English),
            ("de, fr;q=0.9", Language::English),
            ("de, ru;q=0.1", Language::Russian),
            ("ru;q=0", Language::English),
            ("ru;q=nonsense", Language::English),
            ("*", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, wish.parse().unwrap());
            assert_eq!(Language::of(&headers), language, "{wish}");
        }
    }
}

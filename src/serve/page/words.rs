//! What pages say, in both languages: one table, `templates/page/words.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::serve::language::Language;

const TABLE: &str = include_str!("../../../templates/page/words.json");

static WORDS: LazyLock<[BTreeMap<String, String>; 2]> = LazyLock::new(|| {
    let table: BTreeMap<String, [String; 2]> = serde_json::from_str(TABLE).unwrap_or_default();
    let side =
        |pick: fn(&[String; 2]) -> &String| table.iter().map(|(key, both)| (key.clone(), pick(both).clone())).collect();
    [side(|[english, _]| english), side(|[_, russian]| russian)]
});

/// All of them in one language, by their keys.
pub(super) fn words(language: Language) -> &'static BTreeMap<String, String> {
    let [english, russian] = &*WORDS;
    match language {
        Language::English => english,
        Language::Russian => russian,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that a text asks for with `mark` before them, e.g. `t("`.
    fn asked(text: &str, mark: &str) -> Vec<String> {
        let parts = text.split(mark).skip(1);
        parts.filter_map(|part| Some(part.split_once('"')?.0.to_owned())).collect()
    }

    #[test]
    fn every_word_that_a_page_asks_for_is_there_and_every_word_there_is_asked_for() {
        let script = super::super::files::SCRIPT.concat();
        let templates = super::super::dress::TEMPLATES.iter().map(|(_, text)| *text).collect::<String>();
        let table = words(Language::English);
        assert!(table.len() > 100, "the table is read");
        let mut used = asked(&script, "t(\"");
        used.extend(asked(&templates, "w[\""));
        for key in &used {
            assert!(table.contains_key(key), "nobody has the words `{key}`");
        }
        for key in table.keys() {
            // Families of words, asked for by their beginning.
            let family = [
                "phase.",
                "state.",
                "signal.",
                "provider.",
                "kind.",
                "style.",
                "layer.",
                "says.",
                "position.",
                "task.",
            ];
            let known = used.contains(key) || family.iter().any(|family| key.starts_with(family));
            assert!(known, "nobody asks for the words `{key}`");
        }
    }

    #[test]
    fn both_languages_fill_in_the_same_places() {
        let places = |text: &str| {
            let mut found: Vec<String> =
                text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.into())).collect();
            found.sort();
            found
        };
        for (key, english) in words(Language::English) {
            let russian = &words(Language::Russian)[key];
            assert_eq!(places(english), places(russian), "{key}");
            assert!(!english.is_empty() && !russian.is_empty(), "{key}");
        }
    }
}

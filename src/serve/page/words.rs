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

    /// The keys that a text asks for by `mark`, e.g. `t("`, which no other name ends with.
    fn asked(text: &str, mark: &str) -> Vec<String> {
        let mut parts = text.split(mark);
        let mut before = parts.next().unwrap_or_default();
        let mut found = Vec::new();
        for part in parts {
            if !before.ends_with(|letter: char| letter.is_ascii_alphanumeric()) {
                found.extend(part.split_once('"').map(|(key, _)| key.to_owned()));
            }
            before = part;
        }
        found
    }

    #[test]
    fn every_word_that_a_page_asks_for_is_there_and_every_word_there_is_asked_for() {
        let script = super::super::files::SCRIPT.concat();
        let templates = super::super::dress::TEMPLATES.iter().map(|(_, text)| *text).collect::<String>();
        let table = words(Language::English);
        assert!(table.len() > 100, "the table is read");
        for key in asked(&script, "t(\"").into_iter().chain(asked(&templates, "w[\"")) {
            assert!(table.contains_key(&key), "nobody has the words `{key}`");
        }
        // Families of words are asked for by their beginning.
        let families = [
            "phase.",
            "state.",
            "provider.",
            "kind.",
            "style.",
            "layer.",
            "says.",
            "position.",
            "task.",
            "unit.",
            "decision.",
            "stock.not_",
            "plan.",
            "setup.",
        ];
        for key in table.keys() {
            let quoted = format!("\"{key}\"");
            let is_asked = script.contains(&quoted) || templates.contains(&quoted);
            let known = is_asked || families.iter().any(|family| key.starts_with(family));
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

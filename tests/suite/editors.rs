//! The extension in `editors/vscode`: its grammar knows the words of the language, all of them and no others.

use std::collections::BTreeSet;
use std::path::Path;

use callsheet::decide::{DECISION, Turn};
use callsheet::scenario::field::{NodeKind, fields};
use callsheet::tasks::catalogue::TASKS;
use callsheet::tasks::{STYLE, color_names};
use callsheet::value::{SIGNAL_STATE, Type};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/editors/vscode");

fn read(file: &str) -> Value {
    let path = Path::new(FOLDER).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The words of the first group of alternatives behind `before` in a pattern.
fn alternatives(pattern: &Value, before: &str) -> BTreeSet<String> {
    let pattern = pattern.as_str().unwrap();
    let (_, rest) = pattern.split_once(before).unwrap_or_else(|| panic!("`{before}` in {pattern}"));
    let (words, _) = rest.split_once(')').unwrap();
    words.split('|').map(str::to_owned).collect()
}

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// Every word that the grammar of the language names, of its keywords and of what it keeps for itself.
fn of_the_language() -> BTreeSet<String> {
    let grammar = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/grammar/rules.pest")).unwrap();
    let (_, reserved) = grammar.split_once("reserved = _{").unwrap();
    let (reserved, _) = reserved.split_once('}').unwrap();
    let keywords = grammar.lines().filter(|line| line.starts_with("k_"));
    let quoted = keywords.chain([reserved]).flat_map(|text| text.split('"').skip(1).step_by(2));
    quoted.filter(|word| word.chars().all(char::is_alphabetic)).map(str::to_owned).collect()
}

#[test]
fn the_grammar_knows_every_word_of_the_language() {
    let grammar = read("syntaxes/callsheet.tmLanguage.json");
    let repository = &grammar["repository"];
    let mut keywords = alternatives(&repository["keyword"]["match"], "(?:");
    keywords.extend(alternatives(&repository["truth"]["match"], "(?:"));
    assert_eq!(keywords, of_the_language());
    let items = &repository["item"]["patterns"];
    let turns = &items[3]["match"];
    assert_eq!(alternatives(turns, "(prompt)\\s+("), set(Turn::ALL.iter().map(|(verb, _, _)| *verb)));
    assert_eq!(alternatives(turns, "forgets)\\s+("), set(Turn::ALL.iter().map(|(_, how, _)| *how)));
}

#[test]
fn the_grammar_knows_every_task_parameter_property_node_colour_and_word() {
    let grammar = read("syntaxes/callsheet.tmLanguage.json");
    let repository = &grammar["repository"];
    let lines = &repository["line"]["patterns"];
    assert_eq!(alternatives(&lines[0]["match"], "\\s+(?:("), set(TASKS.iter().map(|task| task.name)));
    let params = TASKS.iter().flat_map(|task| task.params).map(|param| param.name);
    let params = params.chain(["inputs", "output_id"]).chain(STYLE.iter().map(|property| property.name));
    assert_eq!(alternatives(&lines[1]["match"], ".])("), set(params));
    let nodes = set(NodeKind::ALL.iter().map(|kind| kind.word()));
    assert_eq!(alternatives(&repository["path"]["match"], "(?:("), nodes);
    assert_eq!(alternatives(&repository["color"]["match"], "(?:"), set(color_names()));

    let of_fields = NodeKind::ALL.into_iter().flat_map(fields).map(|field| field.ty);
    let of_params = TASKS.iter().flat_map(|task| task.params).map(|param| param.ty);
    let others = STYLE.iter().map(|property| property.ty).chain(DECISION.iter().map(|field| field.ty));
    let types = of_fields.chain(of_params).chain(others).chain([Type::Enum(&SIGNAL_STATE)]);
    let words = types.flat_map(|ty| match ty {
        Type::Enum(set) => set.values,
        _ => &[],
    });
    // `9:16` is no word, and is quoted.
    let mut words =
        set(words.copied().filter(|word| word.chars().all(|letter| letter.is_alphabetic() || letter == '_')));
    words.extend(nodes.into_iter().filter(|node| node != "layer"));
    words.extend(["main", "blur"].map(str::to_owned));
    assert_eq!(alternatives(&repository["word"]["match"], "(?:"), words);
}

#[test]
fn all_that_the_extension_names_is_there() {
    let package = read("package.json");
    let contributes = &package["contributes"];
    let language = &contributes["languages"][0];
    assert_eq!(language["extensions"][0], ".rules");
    read(language["configuration"].as_str().unwrap());
    let grammar = &contributes["grammars"][0];
    let written = read(grammar["path"].as_str().unwrap());
    assert_eq!((&grammar["language"], &grammar["scopeName"]), (&language["id"], &written["scopeName"]));
    let main = std::fs::read_to_string(Path::new(FOLDER).join(package["main"].as_str().unwrap())).unwrap();
    for command in contributes["commands"].as_array().unwrap() {
        assert!(main.contains(command["command"].as_str().unwrap()), "{command}");
    }
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    // Every rule that is included stands in the repository.
    let text = written.to_string();
    let included = text.split("\"include\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap());
    for name in included {
        assert!(written["repository"][name].is_object(), "#{name}");
    }
}

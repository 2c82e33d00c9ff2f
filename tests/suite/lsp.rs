//! `callsheet lsp`, as an editor speaks with it.

use serde_json::{Value, json};

use crate::cli::Desk;
use crate::editor::{Editor, applied};

const HOUSE: &str = "\
language 1
extend \"default\"

setting lower_third = headline

style headline { size = 48px   color = white }

signal punchlines = prompt mentions \"панчлайны 🎬\", \"punchlines\"

rule badge {
  for  segment in video layer
  when segment.purpose is cutaway and signal.punchlines is asked
  make add_text_overlay {
    text       = \"🎬 Архив\"
    position   = top_left
    style      = setting.lower_third
    start_time = segment.start_sec
    end_time   = segment.end_sec
  }
}
";

const BRAND: &str = "\
language 1
extend \"house.rules\"

style headline { color = #ffcc00 }   # «золото» 🎬

signal punchlines = prompt also mentions \"соль\"

override badge {
  make add_text_overlay { position = top_right   style = headline }
}
";

/// A folder with a house's rules and a brand's.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("house.rules", HOUSE);
    desk.write("brand.rules", BRAND);
    desk
}

fn editor(desk: &Desk) -> Editor {
    Editor::begin(desk.command(&["lsp"]), &desk.path(""))
}

fn labels(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect()
}

#[test]
fn a_session_opens_breaks_mends_completes_hovers_renames_follows_and_formats() {
    let desk = desk();
    let mut editor = Editor::start(desk.command(&["lsp", "--stdio"]), &desk.path(""));
    let folders = json!([{ "uri": editor.uri(""), "name": "acme" }]);
    let hello = json!({ "processId": null, "capabilities": {}, "workspaceFolders": folders });
    let capabilities = editor.ask("initialize", hello);
    editor.note("initialize", &capabilities["capabilities"]);
    editor.tell("initialized", json!({}));

    let found = editor.open("brand.rules", BRAND);
    editor.note("open brand.rules", &found);
    let found = editor.types("brand.rules", "position = top_right", "positon = top_right");
    editor.note("break it: `positon`", &found);
    let range = found[0]["range"].clone();
    let document = json!({ "uri": editor.uri("brand.rules") });
    let actions = editor.ask(
        "textDocument/codeAction",
        json!({ "textDocument": document, "range": range, "context": { "diagnostics": found } }),
    );
    editor.note("what mends it", &actions);
    editor.apply(&actions[0]["edit"]);
    assert_eq!(editor.text("brand.rules"), BRAND);

    let found = editor.types("brand.rules", "top_right", "");
    editor.note("take a value out", &found);
    let list = editor.ask("textDocument/completion", editor.behind("brand.rules", "position = "));
    editor.note_list("complete the position", &list);
    editor.types("brand.rules", "position = ", "position = top_right");

    for words in ["make add_text", "{ pos", "top_r", "style = head", "override bad", "also men", "color = #ffc", "col"]
    {
        let hover = editor.ask("textDocument/hover", editor.behind("brand.rules", words));
        editor.note(&format!("hover behind `{words}`"), &hover);
    }
    for words in ["override bad", "style = head", "signal punch", "extend \"hou"] {
        let places = editor.ask("textDocument/definition", editor.behind("brand.rules", words));
        editor.note(&format!("definition of `{words}`"), &places);
    }
    editor.open("house.rules", HOUSE);
    for (words, name) in [("override bad", "archive_badge"), ("style = head", "заголовок"), ("signal punch", "jokes")]
    {
        let mut params = editor.behind("brand.rules", words);
        let prepared = editor.ask("textDocument/prepareRename", params.clone());
        params["newName"] = name.into();
        let edit = editor.ask("textDocument/rename", params);
        editor.note(&format!("rename `{words}` to `{name}`"), &json!([prepared, edit]));
        editor.apply(&edit);
    }
    let (brand, house) = (editor.text("brand.rules").to_owned(), editor.text("house.rules").to_owned());
    editor.note("after that", &json!({ "brand.rules": lines(&brand), "house.rules": lines(&house) }));
    let symbols =
        editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": editor.uri("house.rules") } }));
    editor.note("outline of house.rules", &outline(&symbols));
    let folds =
        editor.ask("textDocument/foldingRange", json!({ "textDocument": { "uri": editor.uri("house.rules") } }));
    editor.note("folds", &folds);
    let format = json!({ "textDocument": document, "options": { "tabSize": 2, "insertSpaces": true } });
    let edits = editor.ask("textDocument/formatting", format);
    editor.note("format brand.rules", &edits);

    editor.ask("shutdown", Value::Null);
    editor.tell("exit", Value::Null);
    let log = std::mem::take(&mut editor.log);
    assert_eq!(editor.hang_up(), (Some(0), String::new()));
    insta::assert_snapshot!(log);
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// The names of symbols with their first and last line.
fn outline(symbols: &Value) -> Value {
    let one = |symbol: &Value| {
        let (range, name) = (&symbol["range"], &symbol["selectionRange"]["start"]);
        let place = format!(
            "{}-{}, name at {}:{}",
            range["start"]["line"], range["end"]["line"], name["line"], name["character"]
        );
        json!([symbol["name"], symbol["detail"], symbol["kind"], place, outline(&symbol["children"])])
    };
    symbols.as_array().into_iter().flatten().map(one).collect()
}

#[test]
fn what_could_come_next_is_known_where_the_file_is_broken() {
    let desk = desk();
    let mut editor = editor(&desk);
    // A rule that was begun and left, above the one that is being written; `|` is the cursor.
    let broken = "language 1\nextend \"house.rules\"\nrule left_over {\n  for segment\n  make trim {\n    start_time = \n\n\
                  rule one {\n  for overlay\n";
    for (written, some, none) in [
        ("  |", &["for", "when", "require", "make"][..], &["rule", "start_time"][..]),
        (
            "  when |",
            &["overlay.format", "decision.theses", "setting.lower_third", "signal.punchlines", "not"],
            &["segment.id"],
        ),
        ("  when overlay.|", &["overlay.text", "overlay.position"], &["scene.id", "not"]),
        ("  when overlay.format is |", &["thesis", "subtitle", "absent"], &["top_left", "overlay.text"]),
        ("  when overlay.format is one of thesis, |", &["subtitle"], &["overlay.text"]),
        ("  when overlay.text |", &["is", "exists", "and"], &["overlay.text", "then"]),
        ("  when signal.punchlines is |", &["asked", "refused", "silent"], &["thesis"]),
        ("  make |", &["add_text_overlay", "fade"], &["overlay.text"]),
        ("  make add_text_overlay {\n    |", &["text", "style", "inputs"], &["for", "fade_in"]),
        ("  make add_text_overlay {\n    text = overlay.text\n    |", &["style", "position"], &["text"]),
        ("  make add_text_overlay {\n    position = |", &["center", "overlay.position", "if"], &["headline"]),
        ("  make add_text_overlay {\n    position = overlay.position or |", &["center"], &["headline"]),
        ("  make add_text_overlay {\n    style = |", &["headline", "box_dark", "overlay.font_style"], &["center"]),
        ("  make add_text_overlay {\n    style = if overlay.format is |", &["thesis"], &["headline"]),
        ("  make add_text_overlay {\n    style = if overlay.format is thesis then |", &["headline"], &["thesis"]),
        ("  make add_subtitles {\n    segments = each |", &["segment", "segment in subtitle layer"], &["center"]),
        ("  make add_subtitles {\n    segments = each segment { start = |", &["segment.start_sec"], &["center"]),
        ("  make add_subtitles {\n    segments = each segment { |", &["start", "end", "text"], &["style"]),
        ("  make fit_canvas { aspect_ratio = |", &["9:16"], &["center"]),
        ("}\n|", &["rule", "style", "override"], &["for"]),
        ("}\noverride |", &["badge", "theses"], &["one"]),
        ("}\noverride badge {\n  make |", &["add_text_overlay"], &["fade"]),
        ("}\nstyle loud {\n  |", &["size", "box", "animate"], &["text"]),
        ("}\nstyle loud { size = 4px  animate = |", &["pop", "typewriter"], &["size"]),
        ("}\nstyle loud { color = |", &["white", "black"], &["size"]),
        ("}\nsetting lower_third = |", &["headline", "minimal"], &["center"]),
        ("}\nsetting |", &["lower_third", "overlay_style"], &[]),
        ("}\nextend |", &["default", "house.rules", "brand.rules"], &[]),
        ("}\nprompt refuses |", &["after", "around"], &["by"]),
        ("}\nsignal x = |", &["prompt mentions"], &[]),
        ("  # when |", &[], &["overlay.text"]),
        ("  require overlay.text \"|", &[], &["overlay.text"]),
    ] {
        let cursor = format!("{broken}{written}");
        let (before, after) = cursor.split_once('|').unwrap();
        let file = "half.rules";
        editor.open(file, &format!("{before}{after}"));
        let list = editor.ask("textDocument/completion", editor.behind(file, before));
        let labels = labels(&list);
        let missing: Vec<_> = some.iter().filter(|word| !labels.contains(word)).collect();
        let wrong: Vec<_> = none.iter().filter(|word| labels.contains(word)).collect();
        assert!(missing.is_empty() && wrong.is_empty(), "{written}: without {missing:?}, with {wrong:?} in {labels:?}");
    }
}

#[test]
fn what_is_wrong_is_told_for_every_set_that_a_change_reaches() {
    let desk = desk();
    let mut editor = editor(&desk);
    assert_eq!(editor.open("house.rules", HOUSE), json!([]));
    assert_eq!(editor.told("brand.rules"), None, "nothing is wrong with it, and it is not open");
    // The child is not open, and breaks when its parent loses what it changes.
    editor.types("house.rules", "rule badge", "rule stamp");
    // All that a change leads to is told before the next question is answered.
    editor.types("house.rules", "top_left", "top_left ");
    let of_child = editor.told("brand.rules").unwrap();
    assert_eq!(of_child[0]["code"], "E0214", "{of_child}");
    editor.types("house.rules", "rule stamp", "rule badge");
    editor.types("house.rules", "top_left ", "top_left");
    assert_eq!(editor.told("brand.rules"), Some(&json!([])));
}

#[test]
fn scripts_and_cases_are_checked_too() {
    let desk = desk();
    desk.write("own.rules", "language 1\nextend \"default\"\ndecide by \"own.rhai\"\n");
    let script = "#{ theses: asked.theses, subtitles: false, source: \"none\" }\n";
    desk.write("own.rhai", script);
    let mut editor = editor(&desk);
    assert_eq!(editor.open("own.rhai", script), json!([]));
    let found = editor.types("own.rhai", "asked.theses", "asked.thesis");
    assert!(found[0]["message"].as_str().unwrap().contains("`thesis`"), "{found}");
    std::fs::create_dir(desk.path("tests")).unwrap();
    let case = "{ \"scenario\": { \"scenario\": { \"scenes\": [], \"layers\": [] } }, \"promt\": \"x\" }\n";
    desk.write("tests/look.case.json", case);
    let found = editor.open("tests/look.case.json", case);
    assert_eq!(found[0]["code"], "E0102", "{found}");
    let scenario = "{ \"scenario\": { \"scenes\": [], \"layres\": [] } }\n";
    let found = editor.open("scenario.json", scenario);
    assert_eq!(found[0]["range"]["start"]["line"], 0, "{found}");
    let document = json!({ "uri": editor.uri("scenario.json") });
    let (range, context) = (found[0]["range"].clone(), json!({ "diagnostics": [] }));
    let actions =
        editor.ask("textDocument/codeAction", json!({ "textDocument": document, "range": range, "context": context }));
    let edits = &actions[0]["edit"]["changes"][editor.uri("scenario.json")];
    assert_eq!(applied(scenario, edits), scenario.replace("layres", "layers"), "{actions}");
}

#[test]
fn a_name_is_refused_that_would_not_hold_and_one_that_is_not_ones_own() {
    let desk = desk();
    let mut editor = editor(&desk);
    editor.open("house.rules", HOUSE);
    editor.open("brand.rules", BRAND);
    let mut said = Vec::new();
    let mut refused = |editor: &mut Editor, file: &str, words: &str, name: &str| {
        let mut params = editor.behind(file, words);
        params["newName"] = name.into();
        let answer = editor.answer("textDocument/rename", params);
        said.push(format!("{words} -> {name}: {}", answer["error"]["message"].as_str().unwrap_or("no error")));
    };
    refused(&mut editor, "brand.rules", "override bad", "two words");
    refused(&mut editor, "brand.rules", "override bad", "when");
    refused(&mut editor, "brand.rules", "override bad", "");
    refused(&mut editor, "brand.rules", "override bad", "theses");
    refused(&mut editor, "house.rules", "setting lower", "upper");
    refused(&mut editor, "house.rules", "for  seg", "part");
    editor.types("house.rules", "style headline", "style minimal");
    refused(&mut editor, "house.rules", "style mini", "other");
    editor.types("house.rules", "style minimal", "style headline");
    editor.types("brand.rules", "override badge {", "override badge {\n  when ==");
    refused(&mut editor, "house.rules", "rule bad", "stamp");
    let folder = desk.path("").canonicalize().unwrap();
    insta::assert_snapshot!(said.join("\n").replace(folder.to_str().unwrap(), "[desk]"));
}

#[test]
fn a_signal_is_renamed_in_the_script_that_reads_it_and_back_again_nothing_has_changed() {
    let desk = Desk::new();
    let rules = "language 1\nextend \"default\"\ndecide by \"own.rhai\"\nsignal loud = prompt mentions \"громко\"\n";
    let script = "// asked.loud\n#{ theses: asked.loud || signals[\"loud\"] == \"asked\", subtitles: false, source: \"none\" }\n";
    desk.write("own.rhai", script);
    desk.write("own.rules", rules);
    let mut editor = editor(&desk);
    assert_eq!(editor.open("own.rules", rules), json!([]));
    editor.open("own.rhai", script);
    let mut rename = |from: &str, to: &str| {
        let mut params = editor.behind("own.rules", &format!("signal {from}"));
        params["newName"] = to.into();
        let edit = editor.ask("textDocument/rename", params);
        editor.apply(&edit);
        (editor.text("own.rules").to_owned(), editor.text("own.rhai").to_owned())
    };
    let (renamed, renamed_script) = rename("loud", "shout");
    assert_eq!(renamed, rules.replace("signal loud", "signal shout"));
    assert_eq!(renamed_script, script.replace("asked.loud ||", "asked.shout ||").replace("\"loud\"", "\"shout\""));
    assert_eq!(rename("shout", "loud"), (rules.to_owned(), script.to_owned()));
    // A script has names in Latin letters only: what it could not read is not offered.
    let mut params = editor.behind("own.rules", "signal loud");
    params["newName"] = "крик".into();
    let answer = editor.answer("textDocument/rename", params);
    assert!(answer["error"]["message"].as_str().unwrap().contains("would not be right any more"), "{answer}");
}

#[test]
fn the_shipped_rules_can_be_looked_at_and_a_broken_file_is_not_formatted() {
    let desk = desk();
    let mut editor = editor(&desk);
    let text = "language 1\nextend \"default\"\ndisable   theses\n";
    editor.open("own.rules", text);
    for words in ["disable   the", "extend \"def"] {
        let places = editor.ask("textDocument/definition", editor.behind("own.rules", words));
        let path = places[0]["uri"].as_str().unwrap().strip_prefix("file://").unwrap();
        assert!(path.ends_with("/default.rules"), "{places}");
        assert_eq!(std::fs::read_to_string(path).unwrap(), callsheet::rules::default_source().text());
    }
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let format = json!({ "textDocument": { "uri": editor.uri("own.rules") }, "options": options });
    let edits = editor.ask("textDocument/formatting", format.clone());
    assert_eq!(applied(text, &edits), "language 1\nextend \"default\"\ndisable theses\n");
    editor.types("own.rules", "disable", "disabel");
    assert_eq!(editor.ask("textDocument/formatting", format), Value::Null);
}

#[test]
fn the_protocols_own_rules_are_kept() {
    let desk = desk();
    let mut editor = Editor::start(desk.command(&["lsp"]), &desk.path(""));
    let code = |answer: &Value| answer["error"]["code"].as_i64();
    let nowhere =
        json!({ "textDocument": { "uri": "file:///nowhere.rules" }, "position": { "line": 9, "character": 9 } });
    assert_eq!(code(&editor.answer("textDocument/hover", nowhere.clone())), Some(-32002));
    editor.tell("textDocument/didOpen", json!({ "textDocument": 3 }));
    editor.ask("initialize", json!({ "processId": null, "capabilities": {} }));
    assert_eq!(code(&editor.answer("initialize", json!({ "capabilities": {} }))), Some(-32600));
    assert_eq!(code(&editor.answer("textDocument/unheardOf", json!({}))), Some(-32601));
    assert_eq!(code(&editor.answer("textDocument/hover", json!({ "position": "here" }))), Some(-32602));
    assert_eq!(editor.ask("textDocument/hover", nowhere.clone()), Value::Null);
    editor.tell("$/cancelRequest", json!({ "id": 1 }));
    editor.send_bytes(b"Content-Length: 9\r\n\r\n{\"broken\"");
    assert_eq!(code(&editor.next()), Some(-32700));
    editor.ask("shutdown", Value::Null);
    assert_eq!(code(&editor.answer("textDocument/hover", nowhere)), Some(-32600));
    editor.tell("exit", Value::Null);
    assert_eq!(editor.hang_up(), (Some(0), String::new()));
    // Without `shutdown`.
    let mut editor = self::editor(&desk);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.hang_up(), (Some(1), String::new()));
    // The editor dies.
    assert_eq!(self::editor(&desk).hang_up(), (Some(1), String::new()));
    // What is no editor at all.
    let mut editor = Editor::start(desk.command(&["lsp"]), &desk.path(""));
    editor.send_bytes(b"Content-Length: 99999999999\r\n\r\n");
    let (code, said) = editor.hang_up();
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        "error: cannot read `standard input`: a message of 99999999999 bytes is refused: at most 64 MiB\n"
    );
}

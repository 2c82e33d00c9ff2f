//! How long an editor waits for `callsheet lsp`: a rule set of 2,000 lines that extends another one, typed into.
//!
//!   cargo bench --bench lsp             2,000 lines
//!   cargo bench --bench lsp -- 500      500 lines
//!
//! The findings of a change are timed from the change to their arrival, with all that is checked for them; an answer from
//! its question, asked right behind a change. The server runs in a thread of its own, as it runs for an editor, without the
//! pipe.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a bench that cannot go on should stop, and what it counts is small"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use callsheet::ffmpeg::Cancel;
use lsp_server::{Connection, Message, Notification, Request, Response};
use serde_json::{Value, json};

/// How often each is asked.
const ROUNDS: usize = 60;

/// A rule set of about so many lines: ten a rule, with styles, settings and signals between them.
fn rules(lines: usize) -> String {
    let mut text = String::from("language 1\nextend \"house.rules\"\n");
    for number in 0..lines / 14 {
        writeln!(
            text,
            "\nstyle look_{number} {{ size = 56px   color = white   box = black 60% }}\n\
             signal word_{number} = prompt mentions \"слово {number}\", \"word {number}\"\n\
             rule note_{number} {{\n  for  segment in video layer\n  \
             when segment.purpose is cutaway and signal.word_{number} is asked\n  \
             when segment.start_sec >= {number}s and segment.start_sec < {}s\n  \
             make add_text_overlay {{\n    text       = \"Надпись 🎬 {number}\"\n    style      = look_{number}\n    \
             position   = center\n    start_time = segment.start_sec\n    end_time   = segment.end_sec\n  }}\n}}",
            number + 1
        )
        .unwrap();
    }
    text.push_str("\nrule last { for overlay\n  make add_text_overlay { style = look_0 ");
    text
}

struct Editor {
    connection: Connection,
    number: i32,
    version: i32,
    uri: String,
    line: usize,
}

impl Editor {
    fn tell(&self, method: &str, params: Value) {
        self.connection.sender.send(Notification::new(method.to_owned(), params).into()).unwrap();
    }

    fn send(&mut self, method: &str, params: Value) -> i32 {
        self.number += 1;
        self.connection.sender.send(Request::new(self.number.into(), method.to_owned(), params).into()).unwrap();
        self.number
    }

    fn wait<T>(&self, wanted: impl Fn(&Message) -> Option<T>) -> T {
        loop {
            let message = self.connection.receiver.recv_timeout(Duration::from_secs(60)).unwrap();
            if let Some(found) = wanted(&message) {
                return found;
            }
        }
    }

    fn answer(&self, id: i32) -> Value {
        self.wait(|message| match message {
            Message::Response(Response { id: of, response_result }) if *of == id.into() => {
                Some(response_result.clone().unwrap())
            }
            _ => None,
        })
    }

    /// Types a letter at the end of the last line.
    fn types(&mut self, text: &str, column: usize) {
        self.version += 1;
        let at = json!({ "line": self.line, "character": column });
        let change = json!([{ "range": { "start": at, "end": at }, "text": text }]);
        let document = json!({ "uri": self.uri, "version": self.version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": change }));
    }

    fn findings(&self) {
        let version = self.version;
        self.wait(|message| match message {
            Message::Notification(told) if told.params["version"] == version => Some(()),
            _ => None,
        });
    }
}

fn shown(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!("{what:<34} median {:6.2} ms   95 % within {:6.2} ms   at most {:6.2} ms", at(50), at(95), at(100));
}

fn main() {
    let lines = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(2000);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    std::fs::write(folder.join("house.rules"), "language 1\nextend \"default\"\nstyle house { size = 40px }\n")
        .unwrap();
    let text = rules(lines);
    println!("{} lines, {} KiB", text.lines().count(), text.len() / 1024);
    let uri = format!("file://{}/brand.rules", folder.display());
    let (server, connection) = Connection::memory();
    let serving = std::thread::spawn(move || callsheet::lsp::serve(&server, &Cancel::new()));
    let line = text.lines().count() - 1;
    let start = text.lines().last().unwrap().encode_utf16().count();
    let mut editor = Editor { connection, number: 0, version: 1, uri: uri.clone(), line };
    let id = editor.send("initialize", json!({ "processId": null, "capabilities": {} }));
    editor.answer(id);
    let begun = Instant::now();
    let item = json!({ "uri": uri, "languageId": "callsheet", "version": 1, "text": text });
    editor.tell("textDocument/didOpen", json!({ "textDocument": item }));
    editor.findings();
    println!("{:<34} {:13.2} ms", "opened, with its findings", begun.elapsed().as_secs_f64() * 1000.0);

    let mut typed = Vec::new();
    for round in 0..ROUNDS {
        let begun = Instant::now();
        editor.types("x", start + round);
        editor.findings();
        typed.push(begun.elapsed());
    }
    shown("a letter typed, to its findings", typed);
    let end = start + ROUNDS;
    let document = json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": 40 } });
    let about = json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 2, "insertSpaces": true } });
    let mut rename = document.clone();
    rename["position"] = json!({ "line": 3, "character": 8 });
    rename["newName"] = "renamed".into();
    let asked = [
        (
            "textDocument/completion",
            json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": end } }),
        ),
        ("textDocument/hover", document.clone()),
        ("textDocument/definition", document),
        ("textDocument/documentSymbol", about.clone()),
        ("textDocument/foldingRange", about.clone()),
    ];
    for (method, params) in asked {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            editor.types("x", end + round);
            let begun = Instant::now();
            let id = editor.send(method, params.clone());
            editor.answer(id);
            times.push(begun.elapsed());
        }
        shown(method, times);
    }
    // The file is mended, since these two leave a broken one alone.
    editor.types(" } }", end);
    editor.version += 1;
    let mended =
        json!([{ "text": text.replace("\nrule last { for overlay\n  make add_text_overlay { style = look_0 ", "") }]);
    let version = json!({ "uri": uri, "version": editor.version });
    editor.tell("textDocument/didChange", json!({ "textDocument": version, "contentChanges": mended }));
    editor.findings();
    for (method, params) in [("textDocument/formatting", about), ("textDocument/rename", rename)] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS / 3 {
            let begun = Instant::now();
            let id = editor.send(method, params.clone());
            let answer = editor.answer(id);
            assert!(!answer.is_null());
            times.push(begun.elapsed());
        }
        shown(method, times);
    }
    let id = editor.send("shutdown", Value::Null);
    editor.answer(id);
    editor.tell("exit", Value::Null);
    assert_eq!(serving.join().unwrap(), 0);
}

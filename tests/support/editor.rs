//! An editor: speaks with `callsheet lsp` over its standard input and output, and notes what both say.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than any machine takes; a test that waits so long has failed.
const DEADLINE: Duration = Duration::from_secs(60);

pub(crate) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    number: i32,
    /// Files that are open: their URIs with version and text.
    open: std::collections::BTreeMap<String, (i32, String)>,
    folder: String,
    /// What is found in each file, as it was told last.
    told: std::collections::BTreeMap<String, Value>,
    pub(crate) log: String,
}

impl Editor {
    /// Starts the server; nothing is said yet.
    pub(crate) fn start(mut command: Command, folder: &std::path::Path) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, messages) = channel();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            loop {
                let mut length = 0;
                let mut line = String::new();
                while output.read_line(&mut line).unwrap() > 2 {
                    length = line.strip_prefix("Content-Length: ").map_or(length, |rest| rest.trim().parse().unwrap());
                    line.clear();
                }
                if length == 0 {
                    return;
                }
                let mut body = vec![0; length];
                output.read_exact(&mut body).unwrap();
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        let folder = folder.canonicalize().unwrap().to_str().unwrap().to_owned();
        Self {
            child,
            input,
            messages,
            number: 0,
            open: <_>::default(),
            folder,
            told: <_>::default(),
            log: String::new(),
        }
    }

    /// Starts it and opens the folder.
    pub(crate) fn begin(command: Command, folder: &std::path::Path) -> Self {
        let mut editor = Self::start(command, folder);
        let folders = json!([{ "uri": editor.uri(""), "name": "acme" }]);
        editor.ask("initialize", json!({ "processId": null, "capabilities": {}, "workspaceFolders": folders }));
        editor.tell("initialized", json!({}));
        editor
    }

    pub(crate) fn uri(&self, file: &str) -> String {
        let slash = if file.is_empty() { "" } else { "/" };
        format!("file://{}{slash}{file}", self.folder)
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        let mut message = json!({ "jsonrpc": "2.0", "method": method });
        message["params"] = params;
        self.send(&message);
    }

    pub(crate) fn next(&mut self) -> Value {
        let message = self.messages.recv_timeout(DEADLINE).expect("the server says something in time");
        if let Some(uri) = message["params"]["uri"].as_str() {
            self.told.insert(uri.to_owned(), message["params"]["diagnostics"].clone());
        }
        message
    }

    /// What was found last in a file that may not be open.
    pub(crate) fn told(&self, file: &str) -> Option<&Value> {
        self.told.get(&self.uri(file))
    }

    /// Asks, and gives the whole answer.
    pub(crate) fn answer(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let id = self.number;
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        message["params"] = params;
        self.send(&message);
        loop {
            let message = self.next();
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Asks, and gives the result.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// Opens a file with this text; gives what is found in it.
    pub(crate) fn open(&mut self, file: &str, text: &str) -> Value {
        let uri = self.uri(file);
        self.open.insert(uri.clone(), (1, text.to_owned()));
        let item = json!({ "uri": uri, "languageId": "callsheet", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
        self.found(file)
    }

    /// Types `new` instead of the first `old`; gives what is found then.
    pub(crate) fn types(&mut self, file: &str, old: &str, new: &str) -> Value {
        let uri = self.uri(file);
        let (version, text) = self.open.get_mut(&uri).unwrap();
        let at = text.find(old).unwrap_or_else(|| panic!("`{old}` in:\n{text}"));
        let range = json!({ "start": position(text, at), "end": position(text, at + old.len()) });
        *version += 1;
        text.replace_range(at..at + old.len(), new);
        let changes = json!([{ "range": range, "text": new }]);
        let document = json!({ "uri": uri, "version": *version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        self.found(file)
    }

    /// What is found in the file as it is now.
    fn found(&mut self, file: &str) -> Value {
        let uri = self.uri(file);
        let version = self.open[&uri].0;
        loop {
            let message = self.next();
            let params = &message["params"];
            if message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"] == version
            {
                return params["diagnostics"].clone();
            }
        }
    }

    pub(crate) fn text(&self, file: &str) -> &str {
        &self.open[&self.uri(file)].1
    }

    /// The place behind the first `words` of an open file, as parameters.
    pub(crate) fn behind(&self, file: &str, words: &str) -> Value {
        let uri = self.uri(file);
        let text = &self.open[&uri].1;
        let at = text.find(words).unwrap_or_else(|| panic!("`{words}` in:\n{text}")) + words.len();
        json!({ "textDocument": { "uri": uri }, "position": position(text, at) })
    }

    /// Applies an edit of files that are open, as editors do: from the last place to the first.
    pub(crate) fn apply(&mut self, edit: &Value) {
        for (uri, edits) in edit["changes"].as_object().unwrap() {
            let (version, text) = self.open.get_mut(uri).unwrap();
            *text = applied(text, edits);
            *version += 1;
            let (document, changes) = (json!({ "uri": uri, "version": *version }), json!([{ "text": *text }]));
            self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        }
    }

    /// Notes what was done and what came of it.
    pub(crate) fn note(&mut self, what: &str, value: &Value) {
        let text = serde_json::to_string_pretty(value).unwrap().replace(&self.folder, "[desk]");
        writeln!(self.log, "## {what}\n{text}\n").unwrap();
    }

    /// The same for completions, a line each.
    pub(crate) fn note_list(&mut self, what: &str, list: &Value) {
        writeln!(self.log, "## {what}").unwrap();
        for item in list["items"].as_array().unwrap() {
            let written = item["textEdit"]["newText"].as_str().unwrap();
            let detail = item["detail"].as_str().unwrap_or_default();
            let label = item["label"].as_str().unwrap();
            let written = if written == label { String::new() } else { format!(" writes {written:?}") };
            writeln!(self.log, "{}  {label}{written}  {detail}", item["sortText"].as_str().unwrap()).unwrap();
        }
        self.log.push('\n');
    }

    /// Hangs up; gives the exit code and what was said on stderr.
    pub(crate) fn hang_up(mut self) -> (Option<i32>, String) {
        self.input = None;
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

/// Line and column of a byte, in UTF-16 units.
pub(crate) fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// A text with edits that do not overlap.
pub(crate) fn applied(text: &str, edits: &Value) -> String {
    let offset = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut left = position["character"].as_u64().unwrap() as usize;
        let mut at = start;
        for letter in text[start..].chars() {
            if left == 0 {
                break;
            }
            left -= letter.len_utf16();
            at += letter.len_utf8();
        }
        at
    };
    let mut places: Vec<(usize, usize, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    places.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in places.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

//! Messages over standard input and output: `Content-Length`, an empty line, and JSON.
//!
//! They are read here and not by `lsp_server`, which takes any length for true and ends at the first message that is not
//! JSON.

use std::io::{self, BufRead, Read as _};

use lsp_server::{Connection, ErrorCode, Message};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;

use super::serve;

/// The largest message: far larger than any rule set, and a scenario of a day still fits.
const MAX_BYTES: u64 = 64 << 20;

/// The longest line of a message's head.
const MAX_HEAD: u64 = 8 << 10;

/// Serves an editor over standard input and output; gives the exit code. An error is a stream that is none of messages.
pub fn run(cancel: &Cancel) -> Result<u8> {
    let (ours, theirs) = Connection::memory();
    let (sender, receiver) = (theirs.sender, theirs.receiver);
    let writer = std::thread::spawn(move || {
        receiver.into_iter().try_for_each(|message| message.write(&mut io::stdout().lock()))
    });
    let (failed, failure) = std::sync::mpsc::channel();
    // It waits for input that may never come, and ends with the program.
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            match next(&mut input) {
                Ok(Some(Ok(message))) => {
                    if sender.send(*message).is_err() {
                        return;
                    }
                }
                Ok(Some(Err(answer))) => {
                    if write(&mut io::stdout().lock(), &answer).is_err() {
                        return;
                    }
                }
                Ok(None) => return,
                Err(error) => return drop(failed.send(error)),
            }
        }
    });
    let code = serve(&ours, cancel);
    drop(ours);
    let _ = writer.join();
    match failure.try_recv() {
        Ok(source) => Err(Error::Read { path: "standard input".into(), source }),
        Err(_) => Ok(code),
    }
}

/// The next message, or what to answer where it is none; `None` at the end. An error is a stream in which nobody can tell
/// where the next message begins.
fn next(input: &mut impl BufRead) -> io::Result<Option<std::result::Result<Box<Message>, Value>>> {
    let Some(length) = head(input)? else { return Ok(None) };
    let mut body = Vec::new();
    input.by_ref().take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ends in the middle of a message"));
    }
    let refuse = |code: ErrorCode, message: String| json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code as i32, "message": message } });
    let value: Value = match serde_json::from_slice(&body) {
        Ok(value) => value,
        Err(error) => return Ok(Some(Err(refuse(ErrorCode::ParseError, format!("the message is not JSON: {error}"))))),
    };
    Ok(Some(serde_json::from_value(value).map(Box::new).map_err(|_| {
        refuse(ErrorCode::InvalidRequest, "the message is neither a request nor a notification nor a response".into())
    })))
}

/// The length of the message to come; `None` at the end.
fn head(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let invalid = |words: String| io::Error::new(io::ErrorKind::InvalidData, words);
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(MAX_HEAD).read_until(b'\n', &mut line)?;
        if line.is_empty() && is_first {
            return Ok(None);
        }
        is_first = false;
        let line = String::from_utf8_lossy(&line);
        if !line.ends_with('\n') {
            return Err(invalid("it is no message of the Language Server Protocol: its head has no end".into()));
        }
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.eq_ignore_ascii_case("content-length") {
            let bytes: u64 = value
                .trim()
                .parse()
                .map_err(|_| invalid(format!("`{}` is no length of a message", value.trim().escape_debug())))?;
            if bytes > MAX_BYTES {
                return Err(invalid(format!("a message of {bytes} bytes is refused: at most 64 MiB")));
            }
            length = Some(bytes);
        }
    }
    length.map(Some).ok_or_else(|| {
        invalid("it is no message of the Language Server Protocol: its head does not say `Content-Length`".into())
    })
}

fn write(output: &mut impl io::Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        match next(&mut text.as_bytes()) {
            Ok(Some(Ok(message))) => format!("{message:?}"),
            Ok(Some(Err(answer))) => answer["error"]["code"].to_string(),
            Ok(None) => "end".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_no_message_is_answered_or_said_and_nothing_large_is_kept_room_for() {
        assert_eq!(read(""), "end");
        assert!(read("Content-Length: 33\r\nX: y\r\n\r\n{\"id\":1,\"method\":\"a\",\"params\":{}}").contains("\"a\""));
        assert_eq!(read("content-length: 5\r\n\r\n{\"id\""), "-32700");
        assert_eq!(read("Content-Length: 2\r\n\r\n{}"), "-32600");
        assert_eq!(read("Content-Length: 9\r\n\r\n{}"), "it ends in the middle of a message");
        assert!(read("Content-Length: 99999999999\r\n\r\n{}").contains("at most 64 MiB"));
        assert!(read("Content-Length: -1\r\n\r\n{}").contains("`-1` is no length"));
        assert!(read("GET / HTTP/1.1\r\n\r\n").contains("does not say `Content-Length`"));
        assert!(read(&"x".repeat(9000)).contains("its head has no end"));
        let deep = "[".repeat(100_000);
        assert_eq!(read(&format!("Content-Length: {}\r\n\r\n{deep}", deep.len())), "-32700");
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut input = bytes.as_slice();
            while let Ok(Some(_)) = next(&mut input) {}
        }
    }
}

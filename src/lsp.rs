//! The rules language in an editor: a server of the Language Server Protocol.
//!
//! It answers from two views of a file. [`sheet`] knows each word by a walk that never stops at a mistake, and serves all
//! that is asked while a line is half written: completion, hover, definitions, the outline. What is right and what is
//! wrong is said by the checker of [`crate::rules`] alone, when nobody asks anything else. A set is what is open in the
//! editor over what lies on the disk.
//!
//! [`run()`] serves an editor over standard input and output, [`serve()`] over any [`Connection`].

mod complete;
mod definition;
mod findings;
mod fixes;
mod hover;
mod place;
mod rename;
mod requests;
mod server;
mod sheet;
mod shelf;
mod stdio;
mod symbols;
mod walk;
mod words;

use std::time::Duration;

use lsp_server::{Connection, Message};

use crate::ffmpeg::Cancel;

use server::Server;

pub use stdio::run;

/// How often a server that waits looks up whether it is to end.
const GLANCE: Duration = Duration::from_millis(200);

/// Serves one editor until it says `exit` or goes away, or until `cancel`; gives the exit code that the protocol asks for:
/// 0 after a `shutdown`, else 1.
pub fn serve(connection: &Connection, cancel: &Cancel) -> u8 {
    let mut server = Server::default();
    let send = |messages: Vec<Message>| messages.into_iter().all(|message| connection.sender.send(message).is_ok());
    loop {
        // Who types on wants completions first; findings come when nothing else is asked.
        if connection.receiver.is_empty() && !send(server.idle()) {
            return server.exit_code();
        }
        let message = match connection.receiver.recv_timeout(GLANCE) {
            Ok(message) => message,
            Err(error) if error.is_timeout() && !cancel.is_cancelled() => continue,
            Err(_) => return server.exit_code(),
        };
        let answers = server.handle(message);
        if !send(answers) || server.is_over() {
            return server.exit_code();
        }
    }
}

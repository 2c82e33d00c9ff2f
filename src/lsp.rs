//! The rules language in an editor: a server of the Language Server Protocol.
//!
//! It answers from two views of a file. A walk over its words, which no mistake stops, serves all that is asked while a line
//! is half written: completion, hover, definitions, the outline. What is right and what is wrong is said by the checker of
//! [`crate::rules`] alone, in a thread of its own for which no answer waits. A set is what is open in the editor over what
//! lies on the disk.
//!
//! [`run()`] serves an editor over standard input and output, [`serve()`] over any [`Connection`].

mod checker;
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

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use lsp_server::Connection;

use crate::ffmpeg::Cancel;

use server::Server;

pub use stdio::run;

/// How often a server that waits looks up whether it is to end.
const GLANCE: Duration = Duration::from_millis(200);

/// Serves one editor until it says `exit` or goes away, or until `cancel`; gives the exit code that the protocol asks for:
/// 0 after a `shutdown`, else 1.
#[must_use]
pub fn serve(connection: &Connection, cancel: &Cancel) -> u8 {
    let findings = Arc::default();
    let (jobs, waiting) = channel();
    std::thread::scope(|scope| {
        let told = connection.sender.clone();
        let found = Arc::clone(&findings);
        scope.spawn(move || checker::work(&waiting, &found, |message| told.send(message).is_ok()));
        converse(connection, Server::new(jobs, &findings), cancel)
    })
}

fn converse(connection: &Connection, mut server: Server, cancel: &Cancel) -> u8 {
    loop {
        // Who types on has only the last state checked.
        if connection.receiver.is_empty() {
            server.idle();
        }
        let message = match connection.receiver.recv_timeout(GLANCE) {
            Ok(message) => message,
            Err(error) if error.is_timeout() && !cancel.is_cancelled() => continue,
            Err(_) => return server.exit_code(),
        };
        let is_heard = server.handle(message).is_none_or(|answer| connection.sender.send(answer.into()).is_ok());
        if !is_heard || server.is_over() {
            return server.exit_code();
        }
    }
}

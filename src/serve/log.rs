//! The server's log: lines on its standard error.

use std::fmt::Display;
use std::io::Write as _;

/// Writes a line. Where the log cannot be written (its disk is full, or nobody reads it any more) the server goes on without:
/// `eprintln!` would panic.
pub(crate) fn log(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

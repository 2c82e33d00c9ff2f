//! A form with a file, as a stream: the sound is never in memory as a whole.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

/// A form that can be sent again and again.
pub(super) struct Form<'a> {
    boundary: String,
    head: String,
    tail: String,
    file: &'a Path,
}

impl<'a> Form<'a> {
    /// `fields`, then the file as `file`. No name or value holds a quote or a line break; the model's name, the one
    /// that a user chooses, loses its own.
    pub(super) fn new(fields: &[(&str, &str)], file: &'a Path) -> Self {
        // Long, and not to be met in a compressed sound.
        let boundary = format!("callsheet-{}", blake3::hash(file.as_os_str().as_encoded_bytes()).to_hex());
        let mut head = String::new();
        for (name, value) in fields {
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            let _ = write!(head, "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        // Servers choose the decoder by the name's end.
        let _ = write!(
            head,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sound.flac\"\r\n\
             Content-Type: audio/flac\r\n\r\n"
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        Self { boundary, head, tail, file }
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The body from its start, and its length.
    pub(super) fn open(&self) -> std::io::Result<(impl Read + Send + 'static, u64)> {
        let file = File::open(self.file)?;
        let length = file.metadata()?.len();
        let (head, tail) = (self.head.clone().into_bytes(), self.tail.clone().into_bytes());
        let total = head.len() as u64 + length + tail.len() as u64;
        Ok((Cursor::new(head).chain(file.take(length)).chain(Cursor::new(tail)), total))
    }
}

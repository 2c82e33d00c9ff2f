//! Server-sent events, as far as servers of models use them: the data of one event after another.

/// Takes bytes as they come, cut anywhere, and gives the data of whole events.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Vec<u8>,
    after_return: bool,
}

impl Events {
    /// Reads on, and gives what is whole.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut whole = Vec::new();
        for byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                // Lines end with CR, LF or both.
                b'\n' if after_return => {}
                b'\n' | b'\r' if self.line.is_empty() => whole.extend(self.end_event()),
                b'\n' | b'\r' => self.end_line(),
                _ => self.line.push(*byte),
            }
        }
        whole
    }

    /// The end of the stream: many servers leave out the empty line behind the last event.
    pub(super) fn end(&mut self) -> Option<Vec<u8>> {
        self.end_line();
        self.end_event()
    }

    /// The bytes of the event that is not whole yet.
    pub(super) fn pending(&self) -> usize {
        self.line.len() + self.data.len()
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        // A server that fails in the middle may forget that it was sending events (Ollama's native API does).
        let data = line.strip_prefix(b"data:").or_else(|| line.starts_with(b"{").then_some(&line[..]));
        if let Some(data) = data {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
        }
    }

    fn end_event(&mut self) -> Option<Vec<u8>> {
        let data = std::mem::take(&mut self.data);
        (!data.is_empty()).then_some(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": hello\r\nevent: a\r\ndata: {\"x\":\r\ndata:  \"жук\"}\r\n\r\nid: 7\ndata: two\n\n\n\
                          retry: 5\r\rdata:three\r\r{\"error\": 1}\n\ndata: [DONE]";

    fn all(pieces: impl Iterator<Item = Vec<u8>>) -> Vec<String> {
        let mut events = Events::default();
        let mut found: Vec<Vec<u8>> = pieces.flat_map(|piece| events.read(&piece)).collect();
        found.extend(events.end());
        found.into_iter().map(|data| String::from_utf8(data).expect("whole characters")).collect()
    }

    #[test]
    fn events_are_the_same_wherever_the_stream_is_cut() {
        let whole = ["{\"x\":\n \"жук\"}", "two", "three", "{\"error\": 1}", "[DONE]"];
        for size in 1..STREAM.len() {
            assert_eq!(all(STREAM.as_bytes().chunks(size).map(<[u8]>::to_vec)), whole, "in pieces of {size}");
        }
    }
}

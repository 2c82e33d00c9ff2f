//! When a stream ends, by its last packets: containers promise what the stream does not have, or promise nothing.

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// A packet as ffprobe shows it. Those behind the last key frame of a file are enough to know its end.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Packet {
    stream_index: u32,
    pts_time: Option<String>,
    duration_time: Option<String>,
    #[serde(default)]
    flags: String,
}

/// Where in ffprobe's answer the last packets of every stream stand: it seeks this far, and comes to the last key frame.
pub(super) const LAST_PACKETS: [&str; 4] =
    ["-show_entries", "packet=stream_index,pts_time,duration_time,flags", "-read_intervals", "1000000%"];

/// Cameras and encoders begin a new group of pictures at least this often.
pub(super) const LONG_GROUP_SECONDS: f64 = 12.0;

/// Whether a key frame of stream number `stream` is among `packets`.
pub(super) fn has_key(packets: &[Packet], stream: u32) -> bool {
    packets.iter().any(|packet| packet.stream_index == stream && packet.flags.contains('K'))
}

/// The end of a stream, counted from the start of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// When its last packet begins.
    pub(super) last: Time,
    /// When that is over.
    pub(super) end: Time,
}

/// The end of stream number `stream` in a file that starts at `start`; `step` is how long a packet takes that does not
/// say so.
pub(super) fn end(packets: &[Packet], stream: u32, start: f64, step: f64) -> Option<End> {
    let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<f64>().ok());
    // What an edit list cuts off is there, but marked.
    let seen = packets.iter().filter(|packet| packet.stream_index == stream && !packet.flags.contains('D'));
    let times = seen.filter_map(|packet| {
        let (at, length) = (number(&packet.pts_time)?, number(&packet.duration_time));
        Some((at, at + length.filter(|length| *length > 0.0).unwrap_or(step)))
    });
    // Lengths stand in the order of decoding: that of the last packet need not be that of the last picture.
    let latest = |(at, end): (f64, f64), (more, until): (f64, f64)| (at.max(more), end.max(until));
    let (last, end) = times.reduce(latest)?;
    let last = Time::from_secs(last - start)?.max(Time::ZERO);
    let end = Time::from_secs(end - start)?;
    (end > Time::ZERO).then_some(End { last, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_that_of_the_last_packet_that_is_shown() {
        let packets: Vec<Packet> = serde_json::from_str(
            r#"[{ "stream_index": 0, "pts_time": "2.5", "duration_time": "0.5", "flags": "K_" },
                { "stream_index": 0, "pts_time": "2.0", "flags": "__" },
                { "stream_index": 0, "pts_time": "4.0", "duration_time": "0.5", "flags": "_D" },
                { "stream_index": 1, "pts_time": "3.0", "flags": "K_" }]"#,
        )
        .expect("packets");
        let found = |stream| end(&packets, stream, 1.0, 0.25).map(|end| (end.last.as_secs(), end.end.as_secs()));
        assert_eq!(found(0), Some((1.5, 2.0)));
        assert_eq!(found(1), Some((2.0, 2.25)));
        assert_eq!(found(2), None);
    }
}

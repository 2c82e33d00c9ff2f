//! A large upload: a clip with a box behind it that holds nothing, which is still the clip.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::client::Client;

pub(crate) fn upload(address: &str, project: &str, clip: &[u8], bytes: u64) -> Duration {
    let mut client = Client::of(address);
    let path = format!("/api/projects/{project}/assets?name=large.mp4");
    let start = Instant::now();
    client.send("POST", &path, &[("Content-Type", "application/octet-stream")], bytes).unwrap();
    let stream = client.open().unwrap().get_mut();
    stream.write_all(clip).unwrap();
    // A box of type `free` whose length, of 64 bits, follows its name.
    let (nothing, mut left) = (vec![0; 1 << 20], bytes - clip.len() as u64);
    let head = [&[0, 0, 0, 1], &b"free"[..], &left.to_be_bytes()].concat();
    stream.write_all(&head).unwrap();
    left -= head.len() as u64;
    while left > 0 {
        let piece = left.min(1 << 20) as usize;
        stream.write_all(&nothing[..piece]).unwrap();
        left -= piece as u64;
    }
    let (status, _) = client.head().unwrap();
    assert!(status == 201, "the upload was answered with {status}");
    start.elapsed()
}

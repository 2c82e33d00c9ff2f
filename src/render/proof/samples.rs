//! The packets of a span, read from the index of its file.
//!
//! ffprobe says the same, but takes longer to start than the encoder takes for ten frames, and a render has many spans. What
//! is read here is held against what ffprobe says of the joined video, so a mistake is never more than a look in vain. Only
//! the boxes on the way to the packets are read (ISO/IEC 14496-12, section 8), and nothing in them is believed: a place
//! outside of the file is an error.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::facts::HASH;

/// The index of a piece of some seconds is some kilobytes, that of a day 100 megabytes.
const MAX_INDEX: u64 = 256 << 20;

/// What a decoder must know before the first picture, by codec; the others say all in their packets.
const PARAMETERS: [Name; 3] = [*b"avcC", *b"hvcC", *b"av1C"];

/// Where the boxes of an entry of `stsd` that describes pictures begin.
const BEHIND_PICTURE_ENTRY: usize = 78;

type Name = [u8; 4];

/// The packets of the one stream of pictures of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Samples {
    /// A hash of what a decoder must know before the first, as ffprobe writes it; empty if that is nothing.
    pub(super) parameters: String,
    /// A hash of each, in the order of decoding, as ffprobe writes it behind its kind.
    pub(super) hashes: Vec<String>,
}

/// Reads the samples of the file at `path`, a span that ffmpeg wrote as `mp4` or `mov`.
pub(super) fn samples(path: &Path) -> io::Result<Samples> {
    let mut file = BufReader::new(File::open(path)?);
    let index = index(&mut file)?;
    let table = [*b"trak", *b"mdia", *b"minf", *b"stbl"]
        .iter()
        .try_fold(index.as_slice(), |inside, name| inner(inside, *name))?;
    let described = inner(table, *b"stsd")?;
    // Version and flags, how many entries there are; then the entry: its size and its codec.
    let entry = described.get(16 + BEHIND_PICTURE_ENTRY..).ok_or_else(broken)?;
    let parameters = PARAMETERS.iter().find_map(|name| inner(entry, *name).ok());
    let mut hashes = Vec::new();
    let mut packet = Vec::new();
    let length = file.get_ref().metadata()?.len();
    for (place, size) in places(table, length)? {
        packet.clear();
        file.seek(SeekFrom::Start(place))?;
        if file.by_ref().take(size).read_to_end(&mut packet)? as u64 != size {
            return Err(broken());
        }
        hashes.push(format!("{:08x}", crc32fast::hash(&packet)));
    }
    let parameters = parameters.map(|bytes| format!("{HASH}:{:08x}", crc32fast::hash(bytes))).unwrap_or_default();
    Ok(Samples { parameters, hashes })
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its index cannot be read")
}

/// What is in the box `moov` of a file.
fn index(file: &mut BufReader<File>) -> io::Result<Vec<u8>> {
    let length = file.get_ref().metadata()?.len();
    let mut at = 0;
    while at < length {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        let read = file.by_ref().take(16).read(&mut head)?;
        let (name, header, size) = head_of(head.get(..read).unwrap_or_default(), length - at)?;
        if name == *b"moov" {
            if size > MAX_INDEX {
                return Err(broken());
            }
            file.seek(SeekFrom::Start(at + header))?;
            let mut index = Vec::new();
            file.by_ref().take(size - header).read_to_end(&mut index)?;
            return Ok(index);
        }
        at += size;
    }
    Err(broken())
}

/// The name of the box that begins with `bytes`, how long its head is and how long the whole; `left` is what there is of it.
fn head_of(bytes: &[u8], left: u64) -> io::Result<(Name, u64, u64)> {
    let name = bytes.get(4..8).and_then(|name| Name::try_from(name).ok()).ok_or_else(broken)?;
    let (header, size) = match u64::from(number(bytes, 0)?) {
        0 => (8, left),
        1 => (16, long(bytes, 8)?),
        size => (8, size),
    };
    if size < header || size > left { Err(broken()) } else { Ok((name, header, size)) }
}

/// What is in the first box called `name` among those in `bytes`.
fn inner(bytes: &[u8], name: Name) -> io::Result<&[u8]> {
    let mut rest = bytes;
    while rest.len() >= 8 {
        let (found, header, size) = head_of(rest, rest.len() as u64)?;
        let (header, size) = (usize::try_from(header), usize::try_from(size));
        let (header, size) = header.ok().zip(size.ok()).ok_or_else(broken)?;
        if found == name {
            return rest.get(header..size).ok_or_else(broken);
        }
        rest = rest.get(size..).ok_or_else(broken)?;
    }
    Err(broken())
}

/// Where each sample of a table lies in the file of this `length`, and how long it is.
fn places(table: &[u8], length: u64) -> io::Result<Vec<(u64, u64)>> {
    let sizes = inner(table, *b"stsz")?;
    let (each, count) = (number(sizes, 4)?, number(sizes, 8)? as usize);
    let size = |sample: usize| if each == 0 { number(sizes, 12 + 4 * sample) } else { Ok(each) };
    let (short, wide) = (inner(table, *b"stco"), inner(table, *b"co64"));
    let chunk = |at: usize| match (&short, &wide) {
        (Ok(chunks), _) => number(chunks, 8 + 4 * at).map(u64::from),
        (_, Ok(chunks)) => long(chunks, 8 + 8 * at),
        _ => Err(broken()),
    };
    // From which chunk on, counted from 1, how many samples are in each.
    let runs = inner(table, *b"stsc")?;
    let last = number(runs, 4)? as usize;
    let mut places = Vec::new();
    let (mut run, mut at) = (0, 0);
    while places.len() < count {
        while run + 1 < last && number(runs, 8 + 12 * (run + 1))? as usize <= at + 1 {
            run += 1;
        }
        let samples = number(runs, 12 + 12 * run)?;
        if samples == 0 {
            return Err(broken());
        }
        let mut place = chunk(at)?;
        for _ in 0..samples {
            if places.len() == count {
                break;
            }
            let size = u64::from(size(places.len())?);
            places.push((place, size));
            place = place.checked_add(size).filter(|end| *end <= length).ok_or_else(broken)?;
        }
        at += 1;
    }
    Ok(places)
}

fn number(bytes: &[u8], at: usize) -> io::Result<u32> {
    let digits = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(broken)?;
    Ok(u32::from_be_bytes(*digits))
}

fn long(bytes: &[u8], at: usize) -> io::Result<u64> {
    let digits = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(broken)?;
    Ok(u64::from_be_bytes(*digits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxed(name: &str, inside: &[u8]) -> Vec<u8> {
        let mut whole = u32::try_from(8 + inside.len()).expect("short").to_be_bytes().to_vec();
        whole.extend(name.as_bytes());
        whole.extend(inside);
        whole
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    /// Three packets in two chunks: `ab` and `c`, then `def`.
    fn file() -> Vec<u8> {
        let mut entry = vec![0; 8 + BEHIND_PICTURE_ENTRY];
        entry.extend(boxed("pasp", &numbers(&[1, 1])));
        entry.extend(boxed("avcC", b"parameters"));
        let mut described = numbers(&[0, 1]);
        described.extend(&entry);
        let table = [
            boxed("stsd", &described),
            boxed("stsc", &numbers(&[0, 2, 1, 2, 1, 2, 1, 1])),
            boxed("stsz", &numbers(&[0, 0, 3, 2, 1, 3])),
            boxed("stco", &numbers(&[0, 2, 8, 12])),
        ];
        let index = ["stbl", "minf", "mdia", "trak", "moov"].iter();
        let index = index.fold(table.concat(), |inside, name| boxed(name, &inside));
        [boxed("mdat", b"abc-def"), index].concat()
    }

    fn read(bytes: &[u8]) -> io::Result<Samples> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes).expect("written");
        samples(file.path())
    }

    #[test]
    fn packets_are_found_by_their_chunks() {
        let hash = |bytes: &[u8]| format!("{:08x}", crc32fast::hash(bytes));
        let expected = Samples {
            parameters: format!("CRC32:{}", hash(b"parameters")),
            hashes: vec![hash(b"ab"), hash(b"c"), hash(b"def")],
        };
        assert_eq!(read(&file()).expect("read"), expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_broken_file_is_an_error_and_no_more(at in 0_usize..400, byte: u8, end in 0_usize..500) {
            let mut bytes = file();
            let length = bytes.len();
            if let Some(place) = bytes.get_mut(at % length) {
                *place = byte;
            }
            bytes.truncate(end);
            if let Ok(samples) = read(&bytes) {
                prop_assert!(samples.hashes.len() <= bytes.len());
            }
        }
    }
}

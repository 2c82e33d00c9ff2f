//! Parameter sets of H.264: what a decoder must know before the first picture. Each has a number, by which pictures name
//! it; an MP4 has them in the box `avcC` of its header (ISO/IEC 14496-15, 5.3.3).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

type Told<T> = std::result::Result<T, String>;

/// The parameter sets of a stream: of sequences and of pictures, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sets {
    sequences: BTreeMap<u32, Vec<u8>>,
    pictures: BTreeMap<u32, Vec<u8>>,
}

/// The boxes on the way to `avcC`, and how many bytes of each stand before the boxes in it.
const WAY: [(&[u8; 4], usize); 7] =
    [(b"trak", 0), (b"mdia", 0), (b"minf", 0), (b"stbl", 0), (b"stsd", 8), (b"avc1", 78), (b"avcC", 0)];

/// x264 numbers its sets from 0 to 31.
const NUMBERS: std::ops::Range<u8> = 1..32;

/// A header is some megabytes at most.
const MAX_HEADER: u64 = 256 << 20;

impl Sets {
    /// Those in the header of a piece.
    pub(super) fn of_piece(path: &Path) -> Told<Self> {
        let (header, _) = header(path)?;
        let place = find(&header)?;
        Self::parse(header.get(place.content..place.end).ok_or("a box is cut off")?)
    }

    fn parse(avcc: &[u8]) -> Told<Self> {
        let short = || "its header is cut off".to_owned();
        let mut sets = Self::default();
        let mut rest = avcc.get(5..).ok_or_else(short)?;
        for (into, mask) in [(&mut sets.sequences, 0x1f), (&mut sets.pictures, 0xff)] {
            let (count, mut left) = rest.split_first().ok_or_else(short)?;
            for _ in 0..(count & mask) {
                let (length, behind) = left.split_first_chunk::<2>().ok_or_else(short)?;
                let (set, behind) = behind.split_at_checked(u16::from_be_bytes(*length).into()).ok_or_else(short)?;
                // A sequence's number stands behind its profile and level.
                let number = exp_golomb(set.get(if mask == 0x1f { 4 } else { 1 }..).unwrap_or_default());
                into.insert(number.ok_or_else(short)?, set.to_vec());
                left = behind;
            }
            rest = left;
        }
        if sets.sequences.is_empty() || sets.pictures.is_empty() {
            return Err("its header has no parameter sets".to_owned());
        }
        Ok(sets)
    }

    /// Takes `other` in, unless it has another set under a number that is taken.
    pub(super) fn join(&mut self, other: &Self) -> Told<()> {
        let clash = |own: &BTreeMap<u32, Vec<u8>>, other: &BTreeMap<u32, Vec<u8>>| {
            other.iter().any(|(number, set)| own.get(number).is_some_and(|known| known != set))
        };
        if clash(&self.sequences, &other.sequences) || clash(&self.pictures, &other.pictures) {
            return Err("its parameter sets have the numbers of others in the video".to_owned());
        }
        let mut joined = self.clone();
        joined.sequences.extend(other.sequences.iter().map(|(number, set)| (*number, set.clone())));
        joined.pictures.extend(other.pictures.iter().map(|(number, set)| (*number, set.clone())));
        joined.leader()?;
        *self = joined;
        Ok(())
    }

    /// A number that no set has.
    pub(super) fn free_number(&self) -> Option<u8> {
        let taken = |number: u32| self.sequences.contains_key(&number) || self.pictures.contains_key(&number);
        NUMBERS.into_iter().find(|number| !taken((*number).into()))
    }

    /// The sequence that the header speaks of: every decoder of its profile and level must decode all.
    fn leader(&self) -> Told<u32> {
        // Profile and level stand in the second and fourth byte. Of the three profiles that are copied High (100) decodes
        // all, and Main (77) what is Constrained Baseline (66) too.
        let of = |set: &Vec<u8>| (set.get(1).copied().unwrap_or(0), set.get(3).copied().unwrap_or(0));
        let highest = self
            .sequences
            .values()
            .map(of)
            .fold((0, 0), |(profile, level), (other, more)| (profile.max(other), level.max(more)));
        let leader = self.sequences.iter().find(|(_, set)| of(set) == highest).map(|(number, _)| *number);
        leader.ok_or_else(|| {
            "its level is higher than that of the encoded part, and its profile lower: no header fits both".to_owned()
        })
    }

    fn avcc(&self) -> Told<Vec<u8>> {
        let leader = self.leader()?;
        let first = self.sequences.get(&leader).ok_or("no leader")?;
        let others = self.sequences.iter().filter(|(number, _)| **number != leader).map(|(_, set)| set);
        let sequences: Vec<&Vec<u8>> = std::iter::once(first).chain(others).collect();
        let pictures: Vec<&Vec<u8>> = self.pictures.values().collect();
        let mut avcc = vec![1];
        avcc.extend(first.get(1..4).ok_or("a set is cut off")?);
        // Lengths of four bytes; reserved bits are ones.
        avcc.push(0xff);
        let count =
            |sets: &[&Vec<u8>], most: usize| u8::try_from(sets.len().min(most)).map_err(|error| error.to_string());
        for (sets, reserved, most) in [(sequences, 0xe0, 31), (pictures, 0, 255)] {
            if sets.len() > most {
                return Err("there are more parameter sets than a header holds".to_owned());
            }
            avcc.push(reserved | count(&sets, most)?);
            for set in sets {
                let length = u16::try_from(set.len()).map_err(|error| error.to_string())?;
                avcc.extend(length.to_be_bytes());
                avcc.extend(set);
            }
        }
        // What High adds: 4:2:0, eight bits, no extensions.
        if first.get(1) == Some(&100) {
            avcc.extend([0xfd, 0xf8, 0xf8, 0]);
        }
        Ok(avcc)
    }

    /// Writes the piece at `from` to `to` with these sets in its header.
    pub(super) fn write(&self, from: &Path, to: &Path) -> Told<()> {
        let (mut header, at) = header(from)?;
        let place = find(&header)?;
        let avcc = self.avcc()?;
        let grown = i64::try_from(avcc.len()).unwrap_or(0) - i64::try_from(place.end - place.content).unwrap_or(0);
        for start in &place.boxes {
            let size = header.get_mut(*start..*start + 4).ok_or("a box is cut off")?;
            let old = u32::from_be_bytes(<[u8; 4]>::try_from(&*size).map_err(|error| error.to_string())?);
            let new = u32::try_from(i64::from(old) + grown).map_err(|error| error.to_string())?;
            size.copy_from_slice(&new.to_be_bytes());
        }
        header.splice(place.content..place.end, avcc);
        let fail = |error: std::io::Error| error.to_string();
        fs::copy(from, to).map_err(fail)?;
        let mut file = File::options().write(true).open(to).map_err(fail)?;
        // The header is the last box of a piece, so that nothing behind it moves.
        file.set_len(at).map_err(fail)?;
        file.seek(SeekFrom::Start(at)).map_err(fail)?;
        file.write_all(&header).map_err(fail)
    }
}

/// Where `avcC` is in a header.
struct Place {
    /// Where each box begins that it lies in, and it itself.
    boxes: Vec<usize>,
    content: usize,
    end: usize,
}

fn find(header: &[u8]) -> Told<Place> {
    let mut place = Place { boxes: vec![0], content: 8, end: header.len() };
    for (name, before) in WAY {
        let mut at = place.content;
        loop {
            let size = header.get(at..at + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).map(u32::from_be_bytes);
            let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size >= 8);
            let Some(size) = size.filter(|size| at + size <= place.end) else {
                return Err(format!("its header has no `{}`", String::from_utf8_lossy(name)));
            };
            if header.get(at + 4..at + 8) == Some(name.as_slice()) {
                place.boxes.push(at);
                (place.content, place.end) = (at + 8 + before, at + size);
                break;
            }
            at += size;
        }
    }
    Ok(place)
}

/// The box `moov` of a piece, which is its last one, and where it begins.
fn header(path: &Path) -> Told<(Vec<u8>, u64)> {
    let fail = |error: std::io::Error| error.to_string();
    let mut file = File::open(path).map_err(fail)?;
    let length = file.metadata().map_err(fail)?.len();
    let mut at = 0;
    while at + 8 <= length {
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(at)).map_err(fail)?;
        (&file).take(16).read_to_end(&mut head).map_err(fail)?;
        let small = head.first_chunk::<4>().map_or(0, |size| u64::from(u32::from_be_bytes(*size)));
        // A size of 1 says that the real one, of eight bytes, follows.
        let large = head.last_chunk::<8>().filter(|_| head.len() == 16).map(|size| u64::from_be_bytes(*size));
        let size = large.filter(|_| small == 1).unwrap_or(small);
        if size < 8 || at + size > length {
            break;
        }
        if head.get(4..8) == Some(b"moov") && at + size == length && size <= MAX_HEADER {
            let mut header = Vec::new();
            file.seek(SeekFrom::Start(at)).map_err(fail)?;
            file.take(size).read_to_end(&mut header).map_err(fail)?;
            return Ok((header, at));
        }
        at += size;
    }
    Err("its header is not where it should be".to_owned())
}

/// The unsigned number in Exp-Golomb code with which `bytes` begin (ITU-T H.264, 9.1).
fn exp_golomb(bytes: &[u8]) -> Option<u32> {
    let bit = |at: usize| bytes.get(at / 8).map(|byte| u32::from(byte >> (7 - at % 8) & 1));
    let mut zeros = 0;
    while bit(zeros)? == 0 {
        zeros += 1;
        if zeros > 16 {
            return None;
        }
    }
    let mut number = 1;
    for at in zeros + 1..=2 * zeros {
        number = number << 1 | bit(at)?;
    }
    Some(number - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header with one set of each kind, both of number `number` below 3, of `profile` and `level`.
    fn avcc(number: u8, profile: u8, level: u8) -> Vec<u8> {
        let code = [0b1000_0000, 0b0100_0000, 0b0110_0000][usize::from(number)];
        let mut avcc = vec![1, profile, 0, level, 0xff, 0xe1, 0, 5, 0x67, profile, 0, level, code];
        avcc.extend([1, 0, 2, 0x68, code]);
        avcc
    }

    #[test]
    fn a_header_has_the_sets_of_both() {
        let mut sets = Sets::parse(&avcc(0, 77, 30)).expect("sets");
        assert_eq!(sets.free_number(), Some(1));
        sets.join(&Sets::parse(&avcc(1, 100, 31)).expect("sets")).expect("they go together");
        let joined = sets.avcc().expect("a header");
        assert_eq!(joined.get(..4), Some([1, 100, 0, 31].as_slice()), "the higher one speaks for both");
        assert_eq!(Sets::parse(&joined).expect("sets"), sets);
        assert_eq!(sets.free_number(), Some(2));
    }

    #[test]
    fn another_set_of_the_same_number_is_refused() {
        let mut sets = Sets::parse(&avcc(0, 100, 30)).expect("sets");
        assert!(sets.join(&Sets::parse(&avcc(0, 100, 31)).expect("sets")).is_err());
        assert!(sets.join(&Sets::parse(&avcc(1, 77, 40)).expect("sets")).is_err(), "no header fits both");
        assert_eq!(sets, Sets::parse(&avcc(0, 100, 30)).expect("sets"));
    }
}

//! Words that change colour when they are said, in the syllables of ASS.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::slice::Iter;

use super::Spoken;
use super::ass::{escape, hundredths};
use super::block::Block;
use crate::time::FrameRate;

/// Writes the text of a block's lines, each word behind the time that it takes.
///
/// `\k` says how long a syllable takes, and the next one waits for it. Each line is an event of its own, so each begins
/// with a syllable without text that takes the time of the lines above.
pub(super) struct Syllables<'a> {
    words: Peekable<Iter<'a, Spoken>>,
    rate: FrameRate,
    /// When the block appears, in hundredths of a second.
    start: u64,
    /// How long it is seen.
    length: u64,
    /// How many letters and digits are written.
    letters: usize,
    /// When the word that is being written begins, from the block's start.
    begun: u64,
    /// How much of the line's time is taken; nothing before its first word.
    taken: Option<u64>,
}

impl<'a> Syllables<'a> {
    pub(super) fn new(block: &'a Block, rate: FrameRate) -> Self {
        let start = hundredths(block.frames.start, rate);
        let length = hundredths(block.frames.end, rate).saturating_sub(start);
        Self { words: block.spoken.iter().peekable(), rate, start, length, letters: 0, begun: 0, taken: None }
    }

    pub(super) fn begin_line(&mut self) {
        self.taken = None;
    }

    /// Writes a run of a line.
    pub(super) fn write(&mut self, text: &str, into: &mut String) {
        let mut written = 0;
        // Where the part between blanks begins: a bracket or quotation mark in front of a word is coloured with it.
        let mut part = 0;
        for (at, letter) in text.char_indices() {
            if letter.is_whitespace() {
                part = at + letter.len_utf8();
            } else if letter.is_alphanumeric() {
                let begins = self.next_word();
                if begins || self.taken.is_none() {
                    escape(text.get(written..part).unwrap_or_default(), into);
                    written = written.max(part);
                    self.syllable(into);
                }
                self.letters += 1;
            }
        }
        escape(text.get(written..).unwrap_or_default(), into);
    }

    /// Goes on to the word whose first letter comes next, if it is one's.
    fn next_word(&mut self) -> bool {
        let letters = self.letters;
        let mut begins = false;
        while let Some(word) = self.words.next_if(|word| word.letters <= letters) {
            self.begun = self.moment(word);
            begins = true;
        }
        begins
    }

    /// Writes the beginning of a word, or of the part of one that a line begins with.
    fn syllable(&mut self, into: &mut String) {
        let next = self.words.peek().copied().map_or(self.length, |next| self.moment(next));
        let begins = self.begun.max(self.taken.unwrap_or(0));
        let ends = next.max(begins);
        let wait = begins - self.taken.unwrap_or(0);
        // Writing into a string cannot fail.
        if wait > 0 {
            let _ = write!(into, "{{\\k{wait}}}");
        }
        let _ = write!(into, "{{\\k{}}}", ends - begins);
        self.taken = Some(ends);
    }

    fn moment(&self, word: &Spoken) -> u64 {
        hundredths(word.frame, self.rate).saturating_sub(self.start).min(self.length)
    }
}

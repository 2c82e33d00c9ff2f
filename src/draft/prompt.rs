//! A prompt as a producer wrote it: cut into fragments, with what in it is a request and what is told.

mod clauses;
mod fragments;
mod headline;
mod length;
mod lists;
mod quotes;
mod shape;
mod vocabulary;

use std::ops::Range;

use crate::decide::{Listener, Reading};

pub use length::LengthWish;
pub use shape::ShapeWish;

use fragments::{Fragment, Mark};
use headline::headline;

/// Of a longer prompt the beginning is read, as the decision does.
const MAX_BYTES: usize = 20_000;

/// The signals behind whose mention the words for the screen may stand: «тезисы: …», «надпись «…»».
const TITLED: [&str; 3] = ["theses", "any_text", "shown_text"];

/// A prompt, read.
#[derive(Debug)]
pub struct Prompt<'a> {
    text: &'a str,
    fragments: Vec<Fragment>,
    /// The quotations: with their marks, and what stands between them.
    quotes: Vec<(Range<usize>, Range<usize>)>,
    /// Where it speaks of what the rules listen for.
    mentions: Vec<Range<usize>>,
    /// The mentions behind which words for the screen may stand.
    titled: Vec<Range<usize>>,
    length: Option<LengthWish>,
    shape: Option<ShapeWish>,
}

/// What of a prompt can stand on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theses {
    /// The phrases, in the order of the prompt, each a headline of at most 60 characters.
    pub phrases: Vec<String>,
    /// How many phrases are longer than that, and so are left out.
    pub too_long: usize,
}

impl<'a> Prompt<'a> {
    /// Reads `text` as one who listens for what `listener` does.
    #[must_use]
    pub fn read(text: &'a str, listener: &Listener) -> Self {
        let mut end = text.len().min(MAX_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default();
        let quotes = quotes::find(text);
        let fragments = fragments::cut(text, &quotes);
        // What is taken back later was a request all the same: so each fragment is listened to by itself too.
        let mut heard: Vec<(usize, Reading)> = listener.listen(text).into_iter().map(|reading| (0, reading)).collect();
        for fragment in &fragments {
            let alone = listener.listen(text.get(fragment.span.clone()).unwrap_or_default());
            heard.extend(alone.into_iter().map(|reading| (fragment.span.start, reading)));
        }
        let places = |titled: bool| {
            let wanted = |name: &str| !titled || TITLED.contains(&name);
            let readings = heard.iter().filter(|(_, reading)| wanted(&reading.name));
            let spans = readings.flat_map(|(from, reading)| reading.because.iter().map(move |because| (from, because)));
            spans.map(|(from, because)| because.span.start + from..because.span.end + from).collect::<Vec<_>>()
        };
        let length = length::wish(&fragments, text);
        let shape = shape::wish(&fragments, text);
        Self { text, mentions: places(false), titled: places(true), fragments, quotes, length, shape }
    }

    /// How long the video is wished to be.
    #[must_use]
    pub fn length(&self) -> Option<&LengthWish> {
        self.length.as_ref()
    }

    /// Which shape the video is wished to have.
    #[must_use]
    pub fn shape(&self) -> Option<&ShapeWish> {
        self.shape.as_ref()
    }

    /// The phrases of the prompt that say something of the matter: those that are quoted or listed; where there is none,
    /// the clauses that ask for nothing; and where everything asks, what it is about. Never the request itself.
    #[must_use]
    pub fn theses(&self) -> Theses {
        let mut ways = [Self::stated as fn(&Self) -> Vec<Range<usize>>, Self::told, Self::topics].into_iter();
        let found = ways.find_map(|way| {
            let theses = self.headlines(&way(self));
            (!theses.phrases.is_empty() || theses.too_long > 0).then_some(theses)
        });
        found.unwrap_or_default()
    }

    fn headlines(&self, places: &[Range<usize>]) -> Theses {
        let mut theses = Theses::default();
        for place in places {
            match headline(self.slice(&self.balanced(place))) {
                Ok(phrase) if theses.phrases.iter().any(|known| same(known, &phrase)) => {}
                Ok(phrase) => theses.phrases.push(phrase),
                Err(headline::Unfit::TooLong) => theses.too_long += 1,
                Err(headline::Unfit::Empty) => {}
            }
        }
        theses
    }

    /// The place with the bracket behind it that closes one inside it.
    fn balanced(&self, place: &Range<usize>) -> Range<usize> {
        let inside = self.slice(place);
        let open = inside.matches('(').count() > inside.matches(')').count();
        let closes = open && self.slice(&(place.end..self.text.len())).starts_with(')');
        place.start..place.end + usize::from(closes)
    }

    fn slice(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The fragments of one sentence, line or item, sentence by sentence.
    fn sentences(&self) -> impl Iterator<Item = &[Fragment]> {
        self.fragments.chunk_by(|_, next| next.before < Mark::Sentence)
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Whether two places share a byte.
fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

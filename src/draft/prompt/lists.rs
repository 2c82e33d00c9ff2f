//! Lists: items with bullets or numbers, and what stands behind the colon of «тезисы: …».

use std::ops::Range;

use crate::decide::Word;

use super::fragments::{Fragment, Mark};
use super::{Prompt, overlap, vocabulary};

/// The last item of an enumeration is two only if it is short, or begins with a quotation.
const LAST: usize = 7;

impl Prompt<'_> {
    /// The phrases that are quoted or listed, in the order of the prompt.
    pub(super) fn stated(&self) -> Vec<Range<usize>> {
        let listed = self.listed();
        let mut quoted = self.quoted();
        quoted.retain(|quote| !listed.iter().any(|item| overlap(item, quote)));
        let mut places: Vec<Range<usize>> = listed.into_iter().chain(quoted).collect();
        places.sort_by_key(|place| place.start);
        places
    }

    fn listed(&self) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        let mut list = List::None;
        for sentence in self.sentences() {
            let Some(first) = sentence.first() else { continue };
            let announced = !matches!(list, List::None);
            let is_item = first.before == Mark::Item;
            let goes_on = match list {
                List::Lines => first.before < Mark::Blank,
                List::Sentences => first.before == Mark::Sentence && !sentence.iter().any(|part| self.is_request(part)),
                List::Announced => first.colon,
                List::None | List::Items => false,
            };
            if is_item || goes_on {
                self.item(sentence, announced, &mut places);
                list = match list {
                    // «Тезисы:», and an item or a line for each.
                    List::Announced if is_item => List::Items,
                    List::Announced => List::Lines,
                    list => list,
                };
            } else {
                list = self.behind_colon(sentence, &mut places);
            }
        }
        places
    }

    /// An item of a list that stands on its own.
    fn item(&self, sentence: &[Fragment], announced: bool, places: &mut Vec<Range<usize>>) {
        let asks = |fragment: &Fragment| {
            if announced { self.is_about_looks(fragment) } else { self.is_request(fragment) }
        };
        let Some(first) = sentence.first() else { return };
        let is_topic = first.words.first().is_some_and(vocabulary::is_topic) && !announced;
        let told: Vec<Fragment> = sentence.iter().filter(|fragment| !asks(fragment)).cloned().collect();
        if !is_topic && told.len() == sentence.len() {
            self.split(sentence, places);
        } else if !is_topic {
            places.extend(told.into_iter().map(|fragment| fragment.span));
        }
    }

    /// What stands behind the colon or dash of «тезисы: …» in the same sentence, and what may come after it.
    fn behind_colon(&self, sentence: &[Fragment], places: &mut Vec<Range<usize>>) -> List {
        let parts = |fragment: &Fragment| fragment.colon || fragment.before == Mark::Dash;
        let at = sentence.iter().skip(1).position(parts).map_or(sentence.len(), |at| at + 1);
        let (head, items) = sentence.split_at(at);
        if !self.is_titled(head) {
            return List::None;
        }
        let Some(first) = items.first() else { return List::Announced };
        let kept: Vec<Range<usize>> =
            self.items_of(items).into_iter().filter(|item| !self.is_styling(item, items)).collect();
        let more = kept.len() == 1 && first.colon;
        places.extend(kept);
        if more { List::Sentences } else { List::None }
    }

    /// Each item of an enumeration, at its semicolons or else its commas; the last may be several: «кофе, чай и вода».
    /// A quotation is never parted.
    pub(super) fn items_of(&self, fragments: &[Fragment]) -> Vec<Range<usize>> {
        let strong = fragments.iter().skip(1).any(|part| part.before == Mark::Semicolon);
        let mark = if strong { Mark::Semicolon } else { Mark::Comma };
        let chunks: Vec<&[Fragment]> = fragments.chunk_by(|_, next| next.before != mark).collect();
        let mut places: Vec<Range<usize>> =
            chunks.iter().filter_map(|chunk| Some(chunk.first()?.span.start..chunk.last()?.span.end)).collect();
        let Some(last) = chunks.last().and_then(|chunk| chunk.last()).filter(|_| !strong) else { return places };
        let begins_quoted = self.quotes.iter().any(|(outer, _)| outer.start == last.span.start);
        if !begins_quoted && (chunks.len() == 1 || last.words.len() > LAST) {
            return places;
        }
        let is_joint = |word: &&Word| {
            let is_quoted = self.quotes.iter().any(|(outer, _)| outer.contains(&word.span.start));
            !is_quoted && matches!(word.folded.as_str(), "и" | "and")
        };
        let Some(Range { start, end }) = places.pop() else { return places };
        let mut from = start;
        let most = if begins_quoted { usize::MAX } else { 1 };
        for joint in last.words.iter().skip(1).filter(is_joint).take(most) {
            places.push(from..joint.span.start);
            from = joint.span.end;
        }
        places.push(from..end);
        places
    }

    /// Whether words for the screen are announced here: in what stands last, but for words about looks.
    fn is_titled(&self, fragments: &[Fragment]) -> bool {
        let titled = |fragment: &&Fragment| {
            self.titled.iter().any(|place| overlap(place, &fragment.span))
                || fragment.words.iter().any(vocabulary::announces)
        };
        let looks = |fragment: &&Fragment| !titled(fragment) && self.is_about_looks(fragment);
        fragments.iter().rev().find(|fragment| !looks(fragment)).is_some_and(|fragment| titled(&fragment))
    }

    fn is_styling(&self, item: &Range<usize>, fragments: &[Fragment]) -> bool {
        fragments.iter().filter(|part| overlap(&part.span, item)).all(|part| self.is_about_looks(part))
    }

    /// Whether an announced item only says how the words should look: «крупно, по центру».
    fn is_about_looks(&self, fragment: &Fragment) -> bool {
        self.is_asked(&fragment.span) || vocabulary::is_layout(&fragment.words)
    }
}

/// What the next sentence may be.
#[derive(Clone, Copy)]
enum List {
    /// Anything.
    None,
    /// Words for the screen were announced; behind a colon they follow.
    Announced,
    /// They stand an item each.
    Items,
    /// They stand a line each.
    Lines,
    /// They stand a sentence each.
    Sentences,
}

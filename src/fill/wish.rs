//! What a segment waits for, in the words of whoever looks for it.

use serde::{Deserialize, Serialize};

use crate::scenario::{AspectRatio, AssetSource, ClipFit, LayerKind, Scenario, Scene, Segment};
use crate::time::Time;

/// The shorter side where the scenario says nothing: the shipped rules' own.
const RESOLUTION: f64 = 1080.0;

/// The longest query in characters: Pixabay takes no more, and a picture has no more to say.
const QUERY_CHARACTERS: usize = 100;

/// The language of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, or what is written in Latin letters.
    En,
    /// Russian.
    Ru,
}

impl Language {
    /// By its letters.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c)) { Self::Ru } else { Self::En }
    }
}

/// How a picture lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Higher than wide.
    Portrait,
    /// Wider than high.
    Landscape,
    /// As wide as high, nearly.
    Square,
}

impl Shape {
    /// That of a picture so wide and high.
    #[must_use]
    pub fn of(width: f64, height: f64) -> Self {
        let ratio = width / height.max(1.0);
        if ratio > 1.05 {
            Self::Landscape
        } else if ratio < 0.95 {
            Self::Portrait
        } else {
            Self::Square
        }
    }

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Portrait => "portrait",
            Self::Landscape => "landscape",
            Self::Square => "square",
        }
    }
}

/// What a segment waits for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a segment, none of them a state")]
pub struct Wish {
    /// The segment's id, given or made.
    pub segment_id: String,
    /// The scene that it belongs to, by its `scene_id` or by time.
    pub scene_id: Option<String>,
    /// Where it stands in the file.
    pub pointer: String,
    /// What its layer holds: `video`, `image` or `audio`.
    pub kind: LayerKind,
    /// What is looked for: a few words for a search.
    pub query: String,
    /// The whole description, for whoever makes a picture of it.
    pub description: String,
    /// The language of the query.
    pub language: Language,
    /// When it begins on the output's timeline.
    pub start_sec: Time,
    /// How long it is to be seen.
    pub length_sec: Time,
    /// How the output lies.
    pub shape: Shape,
    /// The output's width in pixels.
    pub width: u32,
    /// The output's height in pixels.
    pub height: u32,
    /// Whether a clip that is too short can be stretched to it: a cutaway's can, a part of the picture underneath must be
    /// long enough.
    pub stretches: bool,
    /// What becomes of a clip that is too short, where the segment says so already.
    pub clip_fit: Option<ClipFit>,
    /// Whether it waits at all.
    pub waits: bool,
    /// Whether it has a clip that was made or found for it, which another may replace. What its author put there is theirs.
    pub filled: bool,
    /// Whether somebody is to upload its media: then it is not filled by itself.
    pub upload: bool,
    /// Whether its author named it. A made name is that of its place: who writes another segment before it moves the name on.
    #[serde(skip)]
    pub named: bool,
}

impl Wish {
    /// The same by other words.
    #[must_use]
    pub fn with_query(mut self, query: &str) -> Self {
        query.trim().clone_into(&mut self.description);
        // Who writes a query means all of it.
        self.query = cut(&self.description);
        self.language = Language::of(&self.description);
        self
    }

    /// Whether a clip may be put there: it waits, or has one that was filled in. What its author put there is theirs.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.waits || self.filled
    }

    /// Where it was wished for, to be found again.
    #[must_use]
    pub fn spot(&self) -> Spot {
        Spot {
            segment_id: self.segment_id.clone(),
            kind: self.kind,
            scene_id: self.scene_id.clone(),
            start_sec: self.start_sec,
            description: self.description.clone(),
            named: self.named,
        }
    }
}

/// A segment as it was when a clip was wished for it. A clip takes minutes, and the scenario's author goes on writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    segment_id: String,
    kind: LayerKind,
    scene_id: Option<String>,
    start_sec: Time,
    description: String,
    named: bool,
}

impl Spot {
    /// Whether `scenario` has the same segment still, and a clip may be put there.
    #[must_use]
    pub fn holds_in(&self, scenario: &Scenario) -> bool {
        wish(scenario, &self.segment_id).is_some_and(|now| {
            let there = now.start_sec == self.start_sec;
            // What has a name of its own may be moved; another story may use the name again.
            let moved = now.named && self.named && now.description == self.description;
            now.is_free() && (now.kind, &now.scene_id) == (self.kind, &self.scene_id) && (there || moved)
        })
    }
}

/// What every segment that waits for its media waits for, in the order of the file.
#[must_use]
pub fn wishes(scenario: &Scenario) -> Vec<Wish> {
    all(scenario).filter(|wish| wish.waits).collect()
}

/// What the segment `id` is to show or play, whether it waits or not; none if there is no such segment, or it needs no media.
#[must_use]
pub fn wish(scenario: &Scenario, id: &str) -> Option<Wish> {
    all(scenario).find(|wish| wish.segment_id == id)
}

fn all(scenario: &Scenario) -> impl Iterator<Item = Wish> {
    let (document, facts) = (scenario.document(), scenario.facts());
    let story = &document.scenario;
    let (width, height) = canvas(story.metadata.aspect_ratio, story.metadata.resolution);
    let layers = story.layers.iter().zip(&facts.segments).enumerate();
    layers.filter(|(_, (layer, _))| !matches!(layer.kind, LayerKind::Text | LayerKind::Subtitle)).flat_map(
        move |(layer_number, (layer, facts))| {
            layer.segments.iter().zip(facts).enumerate().map(move |(number, (segment, facts))| {
                let scene = scene_of(&story.scenes, segment);
                let description = description(scene);
                Wish {
                    segment_id: facts.id.clone(),
                    scene_id: segment.scene_id.clone().or_else(|| scene.map(|scene| scene.id.clone())),
                    pointer: format!("/scenario/layers/{layer_number}/segments/{number}"),
                    kind: layer.kind,
                    query: short(description),
                    language: Language::of(description),
                    description: description.to_owned(),
                    start_sec: segment.start_sec,
                    length_sec: segment.end_sec.saturating_sub(segment.start_sec),
                    shape: Shape::of(f64::from(width), f64::from(height)),
                    width,
                    height,
                    stretches: facts.purpose == Some("cutaway"),
                    clip_fit: segment.params.as_ref().and_then(|params| params.clip_fit),
                    waits: segment.waits_in(layer.kind),
                    filled: !segment.waits_in(layer.kind)
                        && (segment.asset_source == Some(AssetSource::Generated)
                            || segment.asset_id.as_ref().is_some_and(|id| document.credits.contains_key(id))),
                    upload: segment.asset_source == Some(AssetSource::Uploaded),
                    named: segment.id.is_some(),
                }
            })
        },
    )
}

fn scene_of<'a>(scenes: &'a [Scene], segment: &Segment) -> Option<&'a Scene> {
    match &segment.scene_id {
        Some(id) => scenes.iter().find(|scene| scene.id == *id),
        None => scenes.iter().find(|scene| (scene.start_sec..scene.end_sec).contains(&segment.start_sec)),
    }
}

/// What is seen; where nobody said so, what is said.
fn description(scene: Option<&Scene>) -> &str {
    let of_scene = scene.map(|scene| [scene.visual_description.as_deref(), scene.voiceover_text.as_deref()]);
    let said = of_scene.into_iter().flatten().flatten().map(str::trim);
    said.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// The first sentence, and of that as many whole words as a search takes.
fn short(text: &str) -> String {
    let mut lines = text.lines().map(first_sentence);
    cut(lines.find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or_default())
}

/// All before the first mark that ends a sentence. A dot ends one after a word, and before a blank: `U.S. Capitol`, `г. Москва`
/// and `3.5 km` go on.
fn first_sentence(line: &str) -> &str {
    let mut word = 0;
    for (at, letter) in line.char_indices() {
        let mut rest = line.get(at..).unwrap_or_default().chars().skip(1);
        let ends = match letter {
            '。' | '！' | '？' => true,
            '!' | '?' | ';' | '…' => rest.next().is_none_or(char::is_whitespace),
            '.' => word >= 3 && rest.next().is_none_or(char::is_whitespace),
            _ => false,
        };
        let before = line.get(..at).unwrap_or_default();
        if ends && before.chars().any(char::is_alphanumeric) {
            return before;
        }
        word = if letter.is_alphanumeric() { word + 1 } else { 0 };
    }
    line.trim_end_matches('.')
}

/// As many whole words of `text` as a search takes; of one that is longer, as much of it.
fn cut(text: &str) -> String {
    let mut query = String::new();
    let mut characters = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if characters == 0 {
            query = word.chars().take(QUERY_CHARACTERS).collect();
            characters = query.chars().count();
            continue;
        }
        let length = word.chars().count() + 1;
        if characters + length > QUERY_CHARACTERS {
            break;
        }
        query.push(' ');
        query.push_str(word);
        characters += length;
    }
    query
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a resolution is 120 to 2160")]
fn canvas(shape: Option<AspectRatio>, resolution: Option<f64>) -> (u32, u32) {
    let short = resolution.unwrap_or(RESOLUTION).clamp(120.0, 2160.0);
    let (across, down) = match shape.unwrap_or(AspectRatio::Portrait) {
        AspectRatio::Portrait => (9.0, 16.0),
        AspectRatio::Landscape => (16.0, 9.0),
        AspectRatio::Square => (1.0, 1.0),
        AspectRatio::FourFive => (4.0, 5.0),
        AspectRatio::ThreeFour => (3.0, 4.0),
        AspectRatio::FourThree => (4.0, 3.0),
    };
    let scale = short / f64::min(across, down);
    ((across * scale).round() as u32, (down * scale).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_the_first_sentence_in_whole_words() {
        assert_eq!(short("  Ночной город\nс высоты. Огни."), "Ночной город");
        assert_eq!(short("A coast; then a road"), "A coast");
        let long = "слово ".repeat(40);
        assert_eq!(short(&long).chars().count(), 95);
        assert_eq!((short(""), short("...")), (String::new(), String::new()));
    }

    #[test]
    fn a_dot_that_ends_no_sentence_cuts_nothing_off() {
        for whole in [
            "The U.S. Capitol at dawn",
            "г. Москва с высоты",
            "A road of 3.5 km by the sea",
            "Dr. No at sea",
            "A man, e.g. a cook",
        ] {
            assert_eq!(short(&format!("{whole}. Then rain.")), whole);
            assert_eq!(short(whole), whole);
        }
        assert_eq!((short("What? A coast"), short("夜景。海岸")), ("What".into(), "夜景".into()));
        assert_eq!(short("\n...\nA coast!\n"), "A coast");
        assert_eq!(cut("Rain. Then snow; then sun"), "Rain. Then snow; then sun");
    }

    #[test]
    fn a_word_that_is_longer_than_a_query_is_cut_and_not_left_out() {
        let long = "夜".repeat(150);
        assert_eq!(short(&long), "夜".repeat(100));
        assert_eq!(cut(&format!("{long} город")), "夜".repeat(100));
    }

    #[test]
    fn a_shape_is_that_of_the_canvas() {
        let shape = |ratio| {
            let (width, height) = canvas(Some(ratio), None);
            (width, height, Shape::of(f64::from(width), f64::from(height)))
        };
        assert_eq!(shape(AspectRatio::Portrait), (1080, 1920, Shape::Portrait));
        assert_eq!(shape(AspectRatio::FourThree), (1440, 1080, Shape::Landscape));
        assert_eq!(canvas(Some(AspectRatio::Square), Some(120.0)), (120, 120));
    }
}

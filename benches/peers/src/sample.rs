//! The scenarios that are compiled, in two writings: as a user writes them, and for the peers with what callsheet derives
//! already written in, so that no peer has to derive it.

use std::fmt::Write as _;
use std::sync::Arc;

use callsheet::diagnostic::{Diagnostics, Source};
use callsheet::scenario::{self, Ready};
use serde_json::{Value, json};

/// A scenario and the rules that stand beside the shipped ones.
pub struct Sample {
    pub name: String,
    /// The scenario as a user writes it.
    pub text: String,
    /// How many rules there are beside the shipped ones, none of which ever matches.
    pub idle_rules: usize,
}

impl Sample {
    /// Of ten segments, five are of video (two of the main asset, two cutaways, a photo), one is a picture, one a key phrase,
    /// two are subtitles and one is a sound; beside them stands a scene with a key phrase.
    pub fn mixed(segments: usize) -> Self {
        let mut layers = [const { String::new() }; 5];
        let mut scenes = String::new();
        for number in 0..segments {
            let (of_ten, end, asset) = (number % 10, number + 1, number % 7);
            let at = format!(r#""id":"seg_{number}","start_sec":{number},"end_sec":{end}"#);
            let (layer, rest) = match of_ten {
                0 | 2 => (0, r#""asset_id":"main""#.to_owned()),
                1 => (0, format!(r#""asset_id":"clip-{asset}","source_in_sec":{asset}.5"#)),
                3 => (0, format!(r#""asset_id":"clip-{asset}","params":{{"volume":0.5}}"#)),
                4 => (0, r#""asset_id":"photo""#.to_owned()),
                5 => (1, r#""asset_id":"photo","params":{"position":"top_left"}"#.to_owned()),
                6 => (2, format!(r#""params":{{"text":"Key phrase {number}","position":"bottom_center"}}"#)),
                7 | 8 => (3, format!(r#""params":{{"text":"This is what is said in line {number}."}}"#)),
                _ => (4, r#""asset_id":"song","params":{"fade_in_sec":0.5}"#.to_owned()),
            };
            let text = &mut layers[layer];
            let comma = if text.is_empty() { "" } else { "," };
            let _ = write!(text, "{comma}{{{at},{rest}}}");
            if of_ten == 0 {
                let comma = if scenes.is_empty() { "" } else { "," };
                let style = if number % 20 == 0 { r#","font_style":"box_light""# } else { "" };
                let _ = write!(
                    scenes,
                    r#"{comma}{{"id":"scene-{number}","start_sec":{number},"end_sec":{end},"overlays":[{{"text":"Scene {number}","start_sec":{number}.25,"end_sec":{end}{style}}}]}}"#
                );
            }
        }
        let kinds = ["video", "image", "text", "subtitle", "audio"];
        let layers: Vec<String> = kinds
            .iter()
            .zip(&layers)
            .map(|(kind, segments)| format!(r#"{{"type":"{kind}","segments":[{segments}]}}"#))
            .collect();
        let text = document(segments + 1, &scenes, &layers.join(","));
        Self { name: format!("{segments} segments"), text, idle_rules: 0 }
    }

    /// Cutaways alone, for which three rules match, and so many idle rules that there are `rules`.
    pub fn idle(segments: usize, rules: usize) -> Self {
        let segment = |number: usize| {
            let asset = number % 7;
            format!(r#"{{"id":"seg_{number}","start_sec":{number},"end_sec":{number}.5,"asset_id":"clip-{asset}"}}"#)
        };
        let video: Vec<String> = (0..segments).map(segment).collect();
        let layer = format!(r#"{{"type":"video","segments":[{}]}}"#, video.join(","));
        let text = document(segments + 1, "", &layer);
        Self { name: format!("{segments} segments, {rules} rules"), text, idle_rules: rules - shipped_rules() }
    }

    /// The rule set: the shipped one, or one that extends it.
    pub fn rules(&self) -> Arc<Source> {
        if self.idle_rules == 0 {
            return callsheet::rules::default_source();
        }
        let mut text = String::from("language 1\nextend \"default\"\n");
        for number in 0..self.idle_rules {
            let _ = write!(
                text,
                "rule idle_{number} {{\n  for segment in video layer\n  when segment.start_sec > {}s and segment.asset_kind is \
                 audio\n  require segment.end_sec > 0s \"never\"\n}}\n",
                idle_start(number)
            );
        }
        Source::new("idle.rules", text)
    }

    /// The scenario with its duration, and with each segment's purpose, kind of asset and source start, in JSON.
    pub fn derived(&self) -> String {
        let ready = read(&self.text).unwrap_or_else(|found| panic!("{found:?}"));
        let mut document: Value = serde_json::from_str(&self.text).unwrap();
        document["duration"] = json!(ready.facts().duration);
        for (layer, facts) in ready.facts().segments.iter().enumerate() {
            for (number, facts) in facts.iter().enumerate() {
                let segment = &mut document["scenario"]["layers"][layer]["segments"][number];
                segment["purpose"] = json!(facts.purpose);
                segment["asset_kind"] = json!(facts.asset_kind);
                segment["play_start"] = json!(facts.play_start);
            }
        }
        document.to_string()
    }
}

/// When the idle rule of this number would begin to match: behind the end of every scenario.
pub fn idle_start(number: usize) -> usize {
    10_000 + number
}

/// From a text to a scenario that can be compiled.
pub fn read(text: &str) -> Result<Ready, Diagnostics> {
    let document = scenario::read(&Source::new("scenario.json", text))?;
    let (scenario, _) = scenario::normalise(document)?;
    Ok(scenario::ready(scenario).unwrap_or_else(|pending| panic!("{pending}")))
}

fn shipped_rules() -> usize {
    let source = callsheet::rules::default_source();
    let (program, _) = callsheet::rules::load(&source, &callsheet::rules::from_disk).unwrap();
    program.rule_names().count()
}

fn document(seconds: usize, scenes: &str, layers: &str) -> String {
    let clips: Vec<String> = (0..7).map(|asset| format!(r#""clip-{asset}":"media/clip-{asset}.mp4""#)).collect();
    format!(
        r#"{{"scenario":{{"metadata":{{"total_duration_sec":{seconds}}},"scenes":[{scenes}],"layers":[{layers}]}},"assets":{{"main":"media/main.mp4","photo":"media/photo.jpg","song":"media/song.mp3",{}}},"main_asset_id":"main"}}"#,
        clips.join(",")
    )
}

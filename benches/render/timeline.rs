//! The demo's timeline as files that every program can read.

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

/// The demo's scenario.
pub(crate) struct Timeline {
    scenario: Value,
    changes: Cell<usize>,
}

impl Timeline {
    /// The scenario at `path`, with assets that are found from anywhere.
    pub(crate) fn of(path: &Path) -> Self {
        let mut scenario: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for asset in scenario["assets"].as_object_mut().unwrap().values_mut() {
            let file = path.parent().unwrap().join(asset.as_str().unwrap()).canonicalize().unwrap();
            *asset = file.to_str().unwrap().into();
        }
        Self { scenario, changes: Cell::new(0) }
    }

    /// Writes the scenario, its cues as SRT, its theses as texts, and where all of them stand.
    pub(crate) fn write(&self, folder: &Path) {
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        write("scenario.json", &self.scenario.to_string());
        write("untouched.json", &self.untouched().to_string());
        let mut srt = String::new();
        for (number, cue) in self.cues().iter().enumerate() {
            let clock = |key: &str| {
                let millis = (cue[key].as_f64().unwrap() * 1000.0).round();
                let (minutes, seconds) = ((millis / 60_000.0).floor(), millis / 1000.0 % 60.0);
                format!("00:{minutes:02}:{seconds:06.3}").replace('.', ",")
            };
            let text = cue["params"]["text"].as_str().unwrap();
            writeln!(srt, "{}\n{} --> {}\n{text}\n", number + 1, clock("start_sec"), clock("end_sec")).unwrap();
        }
        write("cues.srt", &srt);
        for (number, thesis) in self.theses().iter().enumerate() {
            write(&format!("thesis{number}.txt"), thesis["text"].as_str().unwrap());
        }
        let timeline = json!({ "theses": self.theses(), "cues": self.cues() });
        write("timeline.json", &timeline.to_string());
    }

    /// Writes the scenario with another text in its last thesis, which no run had before; says which.
    pub(crate) fn change_thesis(&self, folder: &Path) -> usize {
        let number = self.changes.get();
        self.changes.set(number + 1);
        let mut changed = self.scenario.clone();
        changed["scenario"]["scenes"][3]["overlays"][0]["text"] = format!("Одно слово изменено, {number}").into();
        std::fs::write(folder.join(format!("changed{number}.json")), changed.to_string()).unwrap();
        number
    }

    /// Two theses and two cutaways, no subtitles, no music: about 60 % of the main video is as it was.
    fn untouched(&self) -> Value {
        let mut scenario = self.scenario.clone();
        // It asks for subtitles, which would be made.
        scenario["scenario"].as_object_mut().unwrap().remove("global_prompt");
        for scene in scenario["scenario"]["scenes"].as_array_mut().unwrap().iter_mut().skip(1) {
            scene["overlays"] = json!([]);
        }
        let layers = scenario["scenario"]["layers"].as_array_mut().unwrap();
        layers.retain(|layer| layer["type"] == "video");
        scenario
    }

    fn theses(&self) -> Vec<Value> {
        let scenes = self.scenario["scenario"]["scenes"].as_array().unwrap();
        scenes.iter().flat_map(|scene| scene["overlays"].as_array().unwrap()).cloned().collect()
    }

    fn cues(&self) -> Vec<Value> {
        let layers = self.scenario["scenario"]["layers"].as_array().unwrap();
        let subtitles = layers.iter().filter(|layer| layer["type"] == "subtitle");
        subtitles.flat_map(|layer| layer["segments"].as_array().unwrap()).cloned().collect()
    }
}

//! The wire to a model: a real server on this machine, as helpful or as hostile as there are any.

#[path = "llm/answers.rs"]
mod answers;
#[path = "llm/configured.rs"]
mod configured;
#[path = "llm/failures.rs"]
mod failures;
#[path = "llm/requests.rs"]
mod requests;
#[path = "llm/tries.rs"]
mod tries;

use callsheet::error::{Error, Result};
use callsheet::ffmpeg::Cancel;
use callsheet::llm::{Config, Progress, Request, Schema, Turn, ask};
use serde::{Deserialize, Serialize};

use crate::model::{KEY, Model};

/// A shape with all that a schema has to say.
#[derive(Serialize, Deserialize, schemars::JsonSchema)]
struct Talk {
    /// What it is about.
    title: String,
    /// Its scenes.
    #[schemars(length(min = 1))]
    scenes: Vec<Scene>,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
struct Scene {
    /// When it begins, in seconds.
    #[schemars(range(min = 0.0, max = 86400.0))]
    start: f64,
    /// How often it is shown; once if absent.
    #[serde(default)]
    times: Option<u32>,
    place: Option<Place>,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// Above the middle.
    Top,
    Center,
}

const ANSWER: &str = r#"{"title":"Привет, 🎬","scenes":[{"start":1.5,"times":null,"place":"top"}]}"#;

fn request() -> Request {
    Request {
        system: "You write scenarios.".to_owned(),
        turns: vec![
            Turn::User("A talk.".to_owned()),
            Turn::Model("{\"title\":1}".to_owned()),
            Turn::User("`title` is no text.".to_owned()),
        ],
        schema: Schema::of::<Talk>("talk").unwrap(),
    }
}

fn asked(config: &Config) -> Result<String> {
    ask(config, &request(), &Cancel::new(), &mut |_| {})
}

/// The answer, and what was told on the way, in words.
fn heard(config: &Config) -> (Result<String>, Vec<String>) {
    let mut told: Vec<String> = Vec::new();
    let result = ask(config, &request(), &Cancel::new(), &mut |progress| {
        let words = match progress {
            Progress::Received(_) if told.last().is_some_and(|last| last.starts_with("Received")) => return,
            Progress::Received(_) => "Received(…)".to_owned(),
            Progress::Again(_) => "Again(…)".to_owned(),
            other => format!("{other:?}"),
        };
        told.push(words);
    });
    (result, told)
}

/// The kind and the words of a failure.
fn told(model: &Model, config: &Config) -> String {
    let error = asked(config).expect_err("a failure");
    let Error::Model { kind, .. } = &error else { panic!("{error:?}") };
    let words = model.without_port(&error.to_string());
    assert!(!format!("{words}{error:?}").contains(KEY), "{words}");
    format!("{kind:?}: {words}")
}

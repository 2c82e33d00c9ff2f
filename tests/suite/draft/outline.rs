//! Outlines as a model may answer them, laid over media.

use callsheet::diagnostic::{Colour, Source, pretty};
use callsheet::ffmpeg::Cancel;
use callsheet::scenario::{self, AspectRatio, Footage, Outline};
use serde_json::{Value, json};

use crate::cli::Desk;
use crate::media::{Clip, MUSIC, PHOTO, RED, TALK, folder};

fn footage(clips: &[&Clip]) -> Footage {
    let paths: Vec<_> = clips.iter().map(|clip| clip.path()).collect();
    Footage::probe(&paths, &folder(), &Cancel::new()).unwrap()
}

fn read(outline: &Value) -> Outline {
    Outline::read(&Source::new("outline", outline.to_string())).unwrap()
}

fn laid(outline: &Value, clips: &[&Clip]) -> String {
    match read(outline).into_document(&footage(clips), "a prompt", AspectRatio::Square) {
        Ok(document) => {
            let text = serde_json::to_string_pretty(&document).unwrap();
            let source = Source::new("scenario.json", text.clone());
            scenario::ready(scenario::normalise(scenario::read(&source).unwrap()).unwrap().0).unwrap();
            text
        }
        Err(found) => pretty(&found, Colour::Never),
    }
}

/// Three scenes over a main clip: a cutaway that is too short for its scene, and the same one again.
fn good() -> Value {
    json!({
        "scenes": [
            { "id": "one", "start_sec": 0, "end_sec": 4, "visual_description": "A presenter",
              "overlays": [{ "text": "Hello", "position": "top", "start_sec": 1, "end_sec": 3 }] },
            { "id": "two", "start_sec": 4, "end_sec": 10, "asset_id": "red", "source_in_sec": 1, "voiceover_text": "Red." },
            { "id": "three", "start_sec": 10, "end_sec": 12.5, "asset_id": "red" },
            { "id": "four", "start_sec": 12.5, "end_sec": 15, "asset_id": "photo" } ],
        "subtitle_segments": [{ "start": 1, "end": 2, "text": "Hello." }]
    })
}

#[test]
fn an_outline_becomes_a_scenario_that_is_ready() {
    insta::assert_snapshot!(laid(&good(), &[&TALK, &RED, &PHOTO, &MUSIC]));
}

#[test]
fn scenes_that_the_media_cannot_fill_are_told_all_at_once() {
    let over_main = json!({ "scenes": [
        { "id": "a", "start_sec": 0, "end_sec": 9, "asset_id": "rad" },
        { "id": "b", "start_sec": 9, "end_sec": 20, "asset_id": "music" },
        { "id": "c", "start_sec": 20, "end_sec": 30 },
        { "id": "d", "start_sec": 3, "end_sec": 5, "asset_id": "talk", "source_in_sec": 8 },
        { "id": "e", "start_sec": 5, "end_sec": 6, "asset_id": "red", "source_in_sec": 8 } ] });
    let in_a_row = json!({ "scenes": [
        { "id": "a", "start_sec": 0, "end_sec": 3, "asset_id": "red" },
        { "id": "b", "start_sec": 3, "end_sec": 6, "asset_id": "red" },
        { "id": "c", "start_sec": 7, "end_sec": 9, "asset_id": "photo" },
        { "id": "d", "start_sec": 9, "end_sec": 10 } ] });
    let told = [
        laid(&over_main, &[&TALK, &RED, &MUSIC]),
        laid(&in_a_row, &[&RED, &PHOTO]),
        laid(&json!({ "scenes": [] }), &[&RED]),
    ];
    insta::assert_snapshot!(told.join("=====\n"));
}

#[test]
fn an_outline_of_another_shape_is_told_why() {
    let text = r#"{ "scenes": [ { "id": 1, "start": 0, "end_sec": "4", "overlays": [ { "position": "up" } ] } ], "subs": [] }"#;
    let found = Outline::read(&Source::new("outline", text)).unwrap_err();
    insta::assert_snapshot!(pretty(&found, Colour::Never));
}

#[test]
fn an_outline_fits_its_schema() {
    let printed = Desk::new().run(&["schema", "outline"]);
    let schema: Value = serde_json::from_str(&printed.stdout).unwrap();
    let mut outline = good();
    outline["scenes"][0]["overlays"][0]["position"] = "top_center".into();
    assert!(jsonschema::is_valid(&schema, &outline));
    outline["scenes"][0]["colour"] = "red".into();
    assert!(!jsonschema::is_valid(&schema, &outline));
}

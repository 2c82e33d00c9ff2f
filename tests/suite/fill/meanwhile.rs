//! What an author writes while a clip is being made is theirs.

use std::path::Path;

use callsheet::ffmpeg::Cancel;
use callsheet::fill::{
    Desk, Errand, Failure, Ledger as _, Pick, Progress, Providers, Service, Source, Spending, Stage, VeoConfig,
};
use callsheet::http::Key;
use serde_json::{Value, json};

use super::{COAST, Still, bytes, config, failure, names, story};
use crate::media::MAIN;
use crate::veo::{VEO_KEY, Veo, Whim};

/// Fills the cutaway of a story by Veo, while its author does `write` to the file; what came of it, the scenario afterwards, and
/// what the ledger says.
fn fill(named: bool, write: impl Fn(&mut Value)) -> (callsheet::error::Result<callsheet::fill::Filled>, Value, Stage) {
    let fake = Veo::new(Whim::Fine, bytes(&COAST), None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.json");
    std::fs::copy(MAIN.path(), folder.path().join("main.mp4")).unwrap();
    let mut story = story("A night city", &json!({ "main": "main.mp4", "own": "main.mp4" }));
    let cut = &mut story["scenario"]["layers"][0]["segments"][1];
    if !named {
        cut.as_object_mut().unwrap().remove("id");
    }
    put(&path, &story);
    let mut config = config(&Still::new());
    config.veo = Some(VeoConfig::new(Service::new(fake.url(), Key::new(VEO_KEY))));
    let providers = Providers::new(&config, None);
    let desk = Desk::new(&path, &providers).unwrap();
    let [wish] = desk.wishes().unwrap().try_into().unwrap();
    let mut tell = |progress: Progress| {
        if matches!(progress, Progress::Working(_, 1)) {
            let mut story: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            write(&mut story);
            put(&path, &story);
        }
    };
    let (cancel, ledger) = (Cancel::new(), desk.ledger());
    let mut errand = Errand { cancel: &cancel, ledger: &ledger, spending: Spending::One, on_progress: &mut tell };
    let filled = desk.fill(&wish, Source::Veo, &Pick::Best, None, &mut errand);
    assert_eq!(names(&folder.path().join("assets")).len(), 1, "the clip is kept, whatever became of its segment");
    let story = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    (filled, story, ledger.read(&wish.segment_id).unwrap().unwrap().stage)
}

fn put(path: &Path, story: &Value) {
    std::fs::write(path, story.to_string()).unwrap();
}

fn segments(story: &mut Value) -> &mut Vec<Value> {
    story["scenario"]["layers"][0]["segments"].as_array_mut().unwrap()
}

#[test]
fn a_clip_goes_to_no_segment_that_has_the_name_of_its_own_by_now() {
    let own = json!({ "start_sec": 0.5, "end_sec": 0.8, "asset_id": "own", "source_in_sec": 2 });
    let (filled, mut story, stage) = fill(false, |story| segments(story).insert(1, own.clone()));
    let (kind, words) = failure(filled);
    assert_eq!(kind, Failure::Moved, "{words}");
    assert!(words.contains("`video-0-1` is another segment now") && words.contains("kept as `assets/"), "{words}");
    assert_eq!(segments(&mut story)[1], own, "what its author put there stays");
    assert!(matches!(stage, Stage::Settled { outcome } if outcome.starts_with("assets/")));
}

#[test]
fn a_clip_takes_no_place_that_its_author_filled_meanwhile() {
    let own = |story: &mut Value| {
        let cut = segments(story)[1].as_object_mut().unwrap();
        cut.remove("asset_source");
        cut.insert("asset_status".into(), json!("ready"));
        cut.insert("asset_id".into(), json!("own"));
        cut.insert("source_in_sec".into(), json!(1));
    };
    let (filled, mut story, _) = fill(true, own);
    assert_eq!(failure(filled).0, Failure::Moved);
    let cut = &segments(&mut story)[1];
    assert_eq!((&cut["asset_id"], &cut["source_in_sec"]), (&json!("own"), &json!(1)));
}

#[test]
fn a_clip_finds_its_segment_that_was_moved_and_has_a_name_of_its_own() {
    let (filled, mut story, _) = fill(true, |story| {
        segments(story)[1]["start_sec"] = json!(1.2);
        let other = json!({ "start_sec": 0.5, "end_sec": 0.8, "asset_id": "own" });
        segments(story).insert(1, other);
    });
    let filled = filled.unwrap();
    assert_eq!(segments(&mut story)[2]["asset_id"], filled.asset_id.as_str());
    // Another story that uses the name again is another one.
    let (filled, ..) = fill(true, |story| {
        segments(story)[1]["start_sec"] = json!(1.2);
        story["scenario"]["scenes"][0]["visual_description"] = json!("A coast");
    });
    assert_eq!(failure(filled).0, Failure::Moved);
}

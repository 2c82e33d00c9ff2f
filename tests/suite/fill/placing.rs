//! A clip is written into the scenario's text, which stays as its author wrote it.

use callsheet::fill::Placing;
use callsheet::scenario::{ClipFit, Credit};

fn placing() -> Placing {
    Placing {
        segment_id: "cut".into(),
        asset_id: "pexels-101".into(),
        path: Some("assets/abc.mp4".into()),
        clip_fit: Some(ClipFit::Loop),
        credit: Credit {
            attribution: Some("Video by Jane \"J\" Doe on Pexels".into()),
            author: Some("Jane \"J\" Doe".into()),
            ..Credit::default()
        },
    }
}

const WRITTEN: &str = r#"{
  "scenario": {
    "metadata": { "total_duration_sec": 3,   "aspect_ratio": "9:16" },
    "scenes": [],
    "layers": [
      { "type": "video", "segments": [
        { "id": "talk", "start_sec": 0, "end_sec": 3.0, "asset_id": "main" },
        { "start_sec": 1e0, "end_sec": 2, "id": "cut", "asset_source": "generated",
          "asset_status": "pending", "source_in_sec": 7 } ] }
    ]
  },
  "main_asset_id": "main",
  "assets": {"main": "main.mp4"}
}
"#;

#[test]
fn nothing_but_the_segment_its_asset_and_its_author_is_touched() {
    let written = placing().write_in(WRITTEN).unwrap();
    insta::assert_snapshot!(written);
    // Again with another clip: replaced, not doubled.
    let other = Placing { asset_id: "pixabay-7".into(), clip_fit: None, credit: Credit::default(), ..placing() };
    let again: serde_json::Value = serde_json::from_str(&other.write_in(&written).unwrap()).unwrap();
    let cut = &again["scenario"]["layers"][0]["segments"][1];
    assert_eq!((cut["asset_id"].as_str(), cut["params"]["clip_fit"].as_str()), (Some("pixabay-7"), Some("loop")));
    assert_eq!(again["assets"].as_object().unwrap().len(), 3);
}

#[test]
fn a_text_in_one_line_stays_in_one_line() {
    let line: serde_json::Value = serde_json::from_str(WRITTEN).unwrap();
    let written = placing().write_in(&line.to_string()).unwrap();
    assert_eq!(written.lines().count(), 1, "{written}");
    let back: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(back["credits"]["pexels-101"]["author"], "Jane \"J\" Doe");
}

#[test]
fn a_segment_without_an_id_is_found_by_its_place() {
    let text = WRITTEN.replace(r#""id": "cut", "#, "");
    let written = Placing { segment_id: "video-0-1".into(), ..placing() }.write_in(&text).unwrap();
    assert!(written.contains(r#""asset_status": "ready""#), "{written}");
}

#[test]
fn where_assets_are_kept_elsewhere_none_is_written() {
    let text = WRITTEN.replace(r#"{"main": "main.mp4"}"#, "{}");
    let written = Placing { path: None, ..placing() }.write_in(&text).unwrap();
    let back: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!((&back["assets"], back["credits"].as_object().unwrap().len()), (&serde_json::json!({}), 1));
}

#[test]
fn a_segment_that_is_not_there_is_an_error() {
    let error = Placing { segment_id: "cutt".into(), ..placing() }.write_in(WRITTEN).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scenario has no segment `cutt` that can be filled; a clip goes into a segment of a video, image or audio \
         layer; look at the scenario"
    );
    assert!(placing().write_in("{").is_err());
}

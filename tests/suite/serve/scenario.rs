//! A project's scenario: put, generated, planned, edited.

use serde_json::{Value, json};

use crate::api::{Answer, Api};
use crate::media::{Clip, MAIN, PHOTO, RED};
use crate::model::{KEY, Model, openai};

fn upload(api: &Api, project: &str, clip: &Clip) -> String {
    let bytes = std::fs::read(clip.path()).unwrap();
    let path = format!("{project}/assets?name={}", clip.name);
    let answer = api.send("POST", &path, &[("content-type", "application/octet-stream")], bytes);
    assert_eq!(answer.status, 201, "{}", answer.shown());
    answer.id("id")
}

fn put(api: &Api, project: &str, scenario: &str, headers: &[(&str, &str)]) -> Answer {
    let headers = [&[("content-type", "application/json")], headers].concat();
    api.send("PUT", &format!("{project}/scenario"), &headers, scenario.to_owned())
}

/// A scenario with a cutaway, whose media may be missing.
fn scenario(main: &str, cutaway: Option<&str>) -> String {
    let segment = match cutaway {
        Some(id) => json!({ "id": "cut", "start_sec": 1, "end_sec": 2, "asset_id": id, "asset_status": "ready" }),
        None => {
            json!({ "id": "cut", "start_sec": 1, "end_sec": 2, "asset_source": "generated", "asset_status": "pending" })
        }
    };
    let document = json!({
        "scenario": {
            "metadata": { "total_duration_sec": 4, "aspect_ratio": "9:16" },
            "global_prompt": "тезисы, без субтитров",
            "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": 4, "overlays": [
                { "text": "Быстро", "position": "top_center", "format": "thesis", "start_sec": 0.5, "end_sec": 2 }
            ] }],
            "layers": [{ "type": "video", "segments": [segment] }],
        },
        "main_asset_id": main,
    });
    serde_json::to_string_pretty(&document).unwrap()
}

/// Without the hash of a document that holds ids, which are others each time.
fn shown(answer: &Answer) -> String {
    let etag = answer.header("etag").map(|etag| etag.trim_matches('"').to_owned());
    etag.map_or_else(|| answer.shown(), |etag| answer.shown().replace(&etag, "[etag]"))
}

#[test]
fn a_scenario_is_kept_as_it_was_written_and_changed_only_by_who_has_seen_it() {
    let api = Api::start();
    let project = api.project("p");
    let path = format!("{project}/scenario");
    insta::assert_snapshot!("none_yet", api.get(&path).shown());
    let main = upload(&api, &project, &MAIN);
    let text = scenario(&main, None);
    assert_eq!(put(&api, &project, &text, &[("if-match", "\"x\"")]).status, 412, "there is none yet");
    let first = put(&api, &project, &text, &[("if-none-match", "*")]);
    insta::assert_snapshot!("first", shown(&first));
    let got = api.get(&path);
    assert_eq!((got.text(), got.header("etag")), (text.as_str(), first.header("etag")));
    let etag = got.header("etag").unwrap().to_owned();
    assert_eq!(api.send("GET", &path, &[("if-none-match", &etag)], ()).status, 304);

    insta::assert_snapshot!("no_version", shown(&put(&api, &project, &text, &[])));
    let changed = text.replace("Быстро", "Вкусно");
    let second = put(&api, &project, &changed, &[("if-match", &etag)]);
    assert_eq!(second.status, 200);
    assert_ne!(second.header("etag"), Some(etag.as_str()));
    insta::assert_snapshot!(
        "stale",
        shown(&put(&api, &project, &text, &[("if-match", &etag), ("accept-language", "ru")]))
    );
    assert_eq!(api.get(&path).text(), changed);
    // What a scenario shows is not taken away from under it.
    assert_eq!(api.delete(&format!("{project}/assets/{main}")).status, 409);
}

#[test]
fn what_is_wrong_with_a_scenario_is_told_at_its_place_as_the_program_tells_it() {
    let api = Api::start();
    let project = api.project("p");
    let main = upload(&api, &project, &MAIN);
    let text = scenario(&main, Some("aaaaaaaaaaaaaaaaaaaaaaaaaa")).replace("\"top_center\"", "\"top_centre\"");
    insta::assert_snapshot!("shape", put(&api, &project, &text, &[]).shown());
    let text = scenario(&main, Some("bbbbbbbbbbbbbbbbbbbbbbbbbb"));
    let unknown = put(&api, &project, &text, &[]);
    assert_eq!((unknown.status, unknown.id("code").as_str()), (422, "invalid"));
    assert_eq!(unknown.json()["diagnostics"][0]["pointer"], "/scenario/layers/0/segments/0/asset_id");
    // A path is no asset: none is taken from outside.
    let mut with_paths: Value = serde_json::from_str(&scenario(&main, None)).unwrap();
    with_paths["assets"] = json!({ "x": "/etc/passwd" });
    insta::assert_snapshot!("paths", put(&api, &project, &with_paths.to_string(), &[]).shown());
    assert_eq!(put(&api, &project, "{", &[]).status, 422);
    assert_eq!(api.get(&format!("{project}/scenario")).status, 404, "nothing of it was kept");
}

#[test]
fn what_is_missing_is_said_and_nothing_is_planned_before() {
    let api = Api::start();
    let project = api.project("p");
    let main = upload(&api, &project, &MAIN);
    let first = put(&api, &project, &scenario(&main, None), &[]);
    let etag = first.header("etag").unwrap();
    insta::assert_snapshot!("waits", api.get(&format!("{project}/scenario/readiness")).shown());
    let plan = format!("{project}/scenario/plan");
    insta::assert_snapshot!("refused", api.send("GET", &plan, &[("accept-language", "ru")], ()).shown());

    let red = upload(&api, &project, &RED);
    assert_eq!(put(&api, &project, &scenario(&main, Some(&red)), &[("if-match", etag)]).status, 200);
    assert_eq!(api.get(&format!("{project}/scenario/readiness")).json(), json!({ "ready": true, "scenes": [] }));
    let planned = api.get(&plan);
    assert!(!planned.text().contains(api.data().to_str().unwrap()), "no path of the machine is told");
    insta::assert_snapshot!("planned", without_pace(&shown(&planned)));
    let other = api
        .get(&format!("{plan}?prompt=%D1%82%D0%B5%D0%BA%D1%81%D1%82%D0%B0%20%D0%BD%D0%B5%20%D0%BD%D0%B0%D0%B4%D0%BE"));
    assert_eq!(other.json()["decision"]["theses"], false, "{}", other.shown());
}

/// How long a render would take is a matter of the machine.
fn without_pace(text: &str) -> String {
    let kept = |line: &&str| {
        !["\"estimate_sec\"", "\"megapixels_per_sec\"", "\"pace_measured\""].iter().any(|name| line.contains(name))
    };
    text.lines().filter(kept).collect::<Vec<_>>().join("\n")
}

#[test]
fn media_and_a_prompt_become_a_scenario_that_can_be_planned() {
    let api = Api::start();
    let project = api.project("p");
    let (main, photo) = (upload(&api, &project, &MAIN), upload(&api, &project, &PHOTO));
    let path = format!("{project}/scenario/generate");
    let made =
        api.post(&path, &json!({ "prompt": "Видео на 5 секунд. Тезисы: быстро, вкусно", "main_asset_id": main }));
    insta::assert_snapshot!("made", shown(&made));
    assert!(made.text().contains("`photo.png` found no room"), "by its label, not by its file's name");
    assert_eq!(api.get(&format!("{project}/scenario")).json(), made.json()["scenario"]);
    assert_eq!(api.get(&format!("{project}/scenario/plan")).status, 200);
    let again = json!({ "prompt": "квадрат", "assets": [photo], "no_main": true });
    assert_eq!(api.post(&path, &again).status, 428);
    let headers = [("content-type", "application/json"), ("if-match", made.header("etag").unwrap())];
    let replaced = api.send("POST", &path, &headers, again.to_string());
    assert_eq!(replaced.status, 200, "{}", replaced.shown());
    assert!(!replaced.text().contains(&main));

    let wrong = [
        json!({ "prompt": " " }),
        json!({ "prompt": "x", "duration_sec": 0 }),
        json!({ "prompt": "x", "aspect_ratio": "2:1" }),
        json!({ "prompt": "x", "no_main": true, "main_asset_id": main }),
        json!({ "prompt": "x", "path": "/etc/passwd" }),
    ];
    let details: Vec<String> = wrong.iter().map(|wish| api.post(&path, wish).id("detail")).collect();
    insta::assert_snapshot!("wishes", details.join("\n"));
    let elsewhere = api.project("other");
    let missing = json!({ "prompt": "x", "assets": [photo] });
    assert_eq!(api.post(&format!("{elsewhere}/scenario/generate"), &missing).status, 404, "it is the other project's");
}

#[test]
fn the_editor_answers_with_tasks_that_hold() {
    let tasks = json!({ "tasks": [{ "type": "trim", "params": { "start_time": 2, "end_time": 6 } }] });
    let model = Model::openai(vec![
        openai::stream(&tasks.to_string()),
        openai::stream("{}"),
        openai::stream("no"),
        openai::stream("no"),
    ]);
    let config = model.config();
    let api = Api::start_with(|api| api.model = Some(config));
    let project = api.project("p");
    let main = upload(&api, &project, &MAIN);
    let path = format!("{project}/analyze");
    let wish = json!({ "prompt": "cut the first two seconds", "assets": [main] });
    insta::assert_snapshot!("edited", api.post(&path, &wish).shown());
    let asked = String::from_utf8(model.requests()[0].body.clone()).unwrap();
    assert!(asked.contains("main.mp4") && !asked.contains(api.data().to_str().unwrap()), "the label, and no path");
    let refused = api.post(&path, &wish);
    assert_eq!((refused.status, refused.id("code").as_str()), (502, "model_failed"));
    assert!(!refused.text().contains(KEY));

    let api = Api::start();
    let project = api.project("p");
    insta::assert_snapshot!(
        "no_model",
        api.post(&format!("{project}/analyze"), &json!({ "prompt": "x", "assets": [main] })).shown()
    );
}

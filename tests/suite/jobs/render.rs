//! A scenario becomes a video.

use std::process::Command;

use serde_json::{Value, json};

use super::studio::{events, over, project, put, render, scenario, upload};
use crate::api::{Answer, Api};
use crate::media::{MAIN, frames};

/// What ffprobe says of a stream.
fn probed(file: &std::path::Path) -> String {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "v",
            "-show_entries",
            "stream=codec_name,width,height,nb_frames",
            "-of",
        ])
        .args(["csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn one_request_makes_a_video_that_can_be_downloaded() {
    let api = Api::start();
    let project = api.project("Весна: распродажа");
    let main = upload(&api, &project, &MAIN);
    let mut wanted = scenario(&main, 2);
    wanted["scenario"]["global_prompt"] = json!("с субтитрами");
    wanted["scenario"]["layers"].as_array_mut().unwrap().push(json!({ "type": "subtitle", "segments": [
        { "start_sec": 0.2, "end_sec": 1.5, "params": { "text": "Привет" } }] }));
    put(&api, &project, &wanted);
    let path = format!("{project}/scenario/render?wait=true");
    let answer = api.send("POST", &path, &[], ());
    assert_eq!(answer.status, 200, "{}", answer.shown());
    let job = answer.json();
    assert_eq!((&job["state"], &job["attempts"]), (&json!("done"), &json!(1)));
    assert_eq!(job["result"]["measured"]["frames"], 60);
    assert_eq!(job, api.get(answer.header("location").unwrap()).json());
    let video = api.get(job["download_url"].as_str().unwrap());
    assert_eq!(video.status, 200);
    assert_eq!(video.header("content-type"), Some("video/mp4"));
    assert!(video.header("content-disposition").unwrap().ends_with(
        "filename*=UTF-8''%D0%92%D0%B5%D1%81%D0%BD%D0%B0%3A%20%D1%80%D0%B0%D1%81%D0%BF%D1%80%D0%BE%D0%B4%D0%B0%D0%B6%D0%B0.mp4"
    ));
    let hash = blake3::hash(&video.body).to_hex();
    assert_eq!(video.header("etag").unwrap(), format!("\"{hash}\""));
    let file = api.data().join("video.mp4");
    std::fs::write(&file, &video.body).unwrap();
    assert_eq!(probed(&file), "h264,120,214,60");
    // The first second is the clip's own: darker than its second, grey of level 16 + n.
    let pictures = frames(&file, 1, 1);
    assert!(pictures[0][0][0] < pictures[29][0][0], "{pictures:?}");

    let outputs = job["outputs"].as_array().unwrap();
    let roles: Vec<&str> = outputs.iter().map(|output| output["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["video", "captions", "captions", "report"]);
    assert_eq!((&outputs[0]["output_key"], &outputs[0]["bytes"]), (&job["output_key"], &json!(video.body.len())));
    let text = |number: usize| api.get(outputs[number]["download_url"].as_str().unwrap()).text().to_owned();
    assert_eq!(text(1), "1\n00:00:00,200 --> 00:00:01,500\nПривет\n");
    assert!(text(2).starts_with("WEBVTT"), "{}", text(2));
    let report: Value = serde_json::from_str(&text(3)).unwrap();
    assert_eq!(report["as_planned"], true);
    // Nothing is left of the work but what is kept.
    assert_eq!(std::fs::read_dir(api.data().join("tmp")).unwrap().count(), 0);
}

#[test]
fn what_waits_for_media_is_refused_in_the_callers_language() {
    let api = Api::start();
    let project = api.project("p");
    let main = upload(&api, &project, &MAIN);
    let mut waiting = scenario(&main, 2);
    waiting["scenario"]["layers"][0]["segments"][1] =
        json!({ "id": "cut", "start_sec": 1, "end_sec": 2, "asset_source": "generated", "asset_status": "pending" });
    let path = format!("{project}/scenario/render");
    let ask = |language: &str| api.send("POST", &path, &[("accept-language", language)], ()).shown();
    let without = ask("en");
    put(&api, &project, &waiting);
    insta::assert_snapshot!(format!("{without}\n\n{}\n\n{}", ask("ru"), ask("en")));
    assert_eq!(api.get(&format!("{project}/jobs")).json()["items"], json!([]));
}

#[test]
fn options_that_cannot_be_are_refused_before_there_is_a_job() {
    let api = Api::start();
    let project = project(&api, "p", 1);
    let ask = |options: Value| api.post(&format!("{project}/scenario/render"), &options);
    let shown: Vec<String> = [
        json!({ "codec": "vhs" }),
        json!({ "quality": 99 }),
        json!({ "quality": 20, "max_bytes": 1_000_000 }),
        json!({ "colour": "red" }),
    ]
    .into_iter()
    .map(|options| ask(options).shown())
    .collect();
    insta::assert_snapshot!(shown.join("\n\n"));
    assert_eq!(api.get(&format!("{project}/jobs")).json()["items"], json!([]));
}

#[test]
fn a_job_has_the_scenario_and_the_media_of_the_moment_when_it_was_asked_for() {
    let api = Api::start_with(|config| config.jobs = 0);
    let project = project(&api, "p", 2);
    let job = render(&api, &project);
    // Both change while it waits.
    let asset = api.get(&format!("{project}/assets")).json()["items"][0]["id"].as_str().unwrap().to_owned();
    let waiting = json!({ "start_sec": 0, "end_sec": 1, "asset_source": "generated", "asset_status": "pending" });
    put(
        &api,
        &project,
        &json!({ "scenario": {
        "metadata": { "total_duration_sec": 1 },
        "scenes": [{ "id": "other", "start_sec": 0, "end_sec": 1 }],
        "layers": [{ "type": "video", "segments": [waiting] }],
    } }),
    );
    assert_eq!(api.delete(&format!("{project}/assets/{asset}")).status, 204);
    assert_eq!(std::fs::read_dir(api.data().join("assets")).unwrap().count(), 1, "the job still reads it");
    let api = api.restart_with(|config| config.jobs = 1);
    let done = over(&api, &job);
    assert_eq!(done["result"]["measured"]["frames"], 60, "{done:#}");
}

#[test]
fn a_second_render_of_the_same_uses_the_spans_of_the_first() {
    let api = Api::start();
    let project = project(&api, "p", 3);
    let (first, second) = (render(&api, &project), render(&api, &project));
    let (first, second) = (over(&api, &first), over(&api, &second));
    let get = |job: &Value| -> Answer { api.get(job["download_url"].as_str().unwrap()) };
    assert_eq!(second["result"]["made"]["rendered"], 0, "{second:#}");
    assert_eq!(get(&first).body, get(&second).body);
    assert_ne!(first["output_key"], second["output_key"]);
    let place = format!("/api/jobs/{}", second["id"].as_str().unwrap());
    let (_, told) = events(&api, &place, None);
    assert_eq!(told.last().unwrap().data, second, "polling and following tell the same");
}

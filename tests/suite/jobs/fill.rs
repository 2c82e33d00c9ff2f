//! Segments that wait are filled: shown candidates, a job for the one that is picked, all of them before a render.

use std::path::Path;
use std::sync::Arc;

use callsheet::fill;
use serde_json::{Value, json};

use super::paid::Begun;
use super::studio::{Served, events, over, put, upload, wait_for};
use crate::api::Api;
use crate::fill::{COAST, bytes, story};
use crate::media::{Clip, MAIN};
use crate::stock::{Kind, Mood, Stock};
use crate::veo::{VEO_KEY, Veo, Whim};

/// Another clip that fits.
const DUSK: Clip = Clip {
    name: "dusk.mp4",
    arguments: "-f lavfi -i color=purple:s=120x214:r=25:d=4 -c:v libx264 -preset ultrafast -crf 20",
};

/// A folder of clips of which one fits.
pub(super) fn library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(COAST.path(), folder.path().join("night city.mp4")).unwrap();
    let about = json!({ "tags": ["lights"], "author": "Jane Doe", "license": "CC0" });
    std::fs::write(folder.path().join("night city.mp4.json"), about.to_string()).unwrap();
    folder
}

/// As the environment would say it; nothing is remembered.
pub(super) fn config(variables: &[(&str, String)]) -> fill::Config {
    let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    fill::Config { memory: None, ..fill::Config::from_variables(&variable).unwrap() }
}

pub(super) fn with_library(folder: &Path) -> fill::Config {
    config(&[("CALLSHEET_LIBRARY", folder.display().to_string())])
}

/// A project whose scenario waits for a cutaway.
pub(super) fn waiting(api: &Api) -> String {
    let project = api.project("p");
    let main = upload(api, &project, &MAIN);
    let mut story = story("night city", &json!({}));
    story.as_object_mut().unwrap().remove("assets");
    story["main_asset_id"] = json!(main);
    story["scenario"]["layers"][0]["segments"][0]["asset_id"] = json!(main);
    put(api, &project, &story);
    project
}

pub(super) fn segment(api: &Api, project: &str) -> Value {
    api.get(&format!("{project}/scenario")).json()["scenario"]["layers"][0]["segments"][1].clone()
}

#[test]
fn a_clip_is_found_picked_brought_and_credited() {
    let folder = library();
    let api = Api::start_with(|config| config.fill = with_library(folder.path()));
    let project = waiting(&api);
    let path = format!("{project}/scenario/segments/cut");
    let found = api.send("POST", &format!("{path}/candidates"), &[], ());
    assert!(!found.text().contains(&folder.path().display().to_string()), "no path of this machine: {}", found.text());
    insta::assert_snapshot!(
        found.shown().replace(found.json()["candidates"][0]["id"].as_str().unwrap(), "[candidate]")
    );
    let candidate = found.json()["candidates"][0]["id"].clone();

    let order = json!({ "provider": "library", "candidate_id": candidate });
    let done = api.post(&format!("{path}/fill?wait=true"), &order);
    assert_eq!(done.status, 200, "{}", done.shown());
    let result = done.json()["result"].clone();
    assert_eq!(result["provider"], "library");
    let filled = segment(&api, &project);
    assert_eq!((&filled["asset_id"], &filled["asset_status"]), (&result["asset_id"], &json!("ready")));
    let asset = api.get(&format!("{project}/assets/{}", filled["asset_id"].as_str().unwrap())).json();
    assert_eq!((&asset["source"], &asset["attribution"]["author"]), (&json!("library"), &json!("Jane Doe")));
    assert_eq!(api.get(&format!("{project}/scenario/readiness")).json()["ready"], true);
    let video = api.post(&format!("{project}/scenario/render?wait=true"), &json!({ "preset": "ultrafast" }));
    assert_eq!((video.status, &video.json()["result"]["measured"]["frames"]), (200, &json!(90)), "{}", video.shown());
}

#[test]
fn what_cannot_be_filled_says_why() {
    let folder = library();
    let api = Api::start_with(|config| config.fill = with_library(folder.path()));
    let project = waiting(&api);
    let fill = |segment: &str, order: Value| {
        api.post(&format!("{project}/scenario/segments/{segment}/fill?wait=true"), &order).shown()
    };
    let shown = [
        fill("nothing", json!({ "provider": "library" })),
        fill("cut", json!({ "provider": "pexels" })),
        fill("cut", json!({ "provider": "library", "generate": true })),
        fill("cut", json!({ "provider": "library", "query": "submarine" })),
        fill("cut", json!({ "provider": "library", "candidate_id": "x" })),
    ];
    insta::assert_snapshot!(shown.join("\n\n"));
    assert_eq!(segment(&api, &project)["asset_status"], "pending");
}

#[test]
fn a_render_fills_what_waits_if_it_is_told_to_and_says_what_it_could_not() {
    let folder = library();
    let api = Api::start_with(|config| config.fill = with_library(folder.path()));
    let project = waiting(&api);
    let render = |options: Value| api.post(&format!("{project}/scenario/render?wait=true"), &options);
    assert_eq!(render(json!({})).status, 400);
    let done = render(json!({ "fill": "auto", "preset": "ultrafast" }));
    assert_eq!(done.status, 200, "{}", done.shown());
    assert_eq!(segment(&api, &project)["asset_status"], "ready", "the scenario has the clip too");
    let (_, told) = events(&api, done.header("location").unwrap(), None);
    let said: Vec<&str> = told.iter().filter_map(|event| event.data["message"].as_str()).collect();
    assert!(said.iter().any(|line| line.starts_with("cut: filled with") && line.contains("Jane Doe")), "{said:?}");

    std::fs::remove_file(folder.path().join("night city.mp4")).unwrap();
    let other = waiting(&api);
    let path = format!("{other}/scenario/render?wait=true");
    let refused = api.post(&path, &json!({ "fill": "auto" }));
    assert_eq!((refused.status, refused.id("code")), (400, "not_ready".to_owned()), "{}", refused.shown());
    assert_eq!(refused.json()["scenes"][0]["segment_id"], "cut");
}

#[test]
fn a_render_that_fills_takes_no_clip_twice_while_another_fits() {
    let folder = library();
    std::fs::copy(DUSK.path(), folder.path().join("a night city.mp4")).unwrap();
    let api = Api::start_with(|config| config.fill = with_library(folder.path()));
    let project = waiting_twice(&api);
    let done =
        api.post(&format!("{project}/scenario/render?wait=true"), &json!({ "fill": "auto", "preset": "ultrafast" }));
    assert_eq!(done.status, 200, "{}", done.shown());
    let scenario = api.get(&format!("{project}/scenario")).json();
    let shown = |number: usize| scenario["scenario"]["layers"][0]["segments"][number]["asset_id"].clone();
    assert!(shown(1).is_string() && shown(2).is_string() && shown(1) != shown(2), "{scenario:#}");
}

/// The same with two cutaways.
fn waiting_twice(api: &Api) -> String {
    let project = waiting(api);
    let mut story = api.get(&format!("{project}/scenario")).json();
    let segments = story["scenario"]["layers"][0]["segments"].as_array_mut().unwrap();
    let (start, end) = (segments[1]["start_sec"].as_f64().unwrap(), segments[1]["end_sec"].as_f64().unwrap());
    let half = f64::midpoint(start, end);
    let mut second = segments[1].clone();
    (segments[1]["end_sec"], second["start_sec"], second["id"]) = (json!(half), json!(half), json!("cut-2"));
    segments.push(second);
    put(api, &project, &story);
    project
}

#[test]
fn a_render_that_is_taken_up_again_has_the_clips_that_it_brought_already() {
    let first = Stock::new(Kind::Pexels, Mood::LaterSlow, bytes(&COAST));
    let api = Api::start_with(|started| started.fill = config(&first.environment()));
    let project = waiting_twice(&api);
    let options = json!({ "fill": "auto", "preset": "ultrafast" });
    let job = api.post(&format!("{project}/scenario/render"), &options).header("location").unwrap().to_owned();
    let files = |stock: &Stock| stock.requests().iter().filter(|request| request.line.contains("/files/")).count();
    wait_for(|| files(&first) == 2);
    assert_eq!(segment(&api, &project)["asset_status"], "ready");
    let second = Stock::new(Kind::Pexels, Mood::Fine, bytes(&DUSK));
    let api = api.restart_with(|started| started.fill = config(&second.environment()));
    assert_eq!(over(&api, &job)["state"], "done");
    assert_eq!(files(&second), 1, "what was brought is not brought again");
    let plan = api.get(&format!("{project}/scenario")).json();
    let shown = |number: usize| plan["scenario"]["layers"][0]["segments"][number]["asset_id"].clone();
    let db = rusqlite::Connection::open(api.data().join("callsheet.db")).unwrap();
    let brief: String = db.query_row("SELECT brief FROM jobs", [], |row| row.get(0)).unwrap();
    for asset in [shown(1), shown(2)] {
        assert!(brief.contains(asset.as_str().unwrap()), "the render shows what the scenario has: {plan:#}");
    }
}

#[test]
fn what_stops_all_clips_is_no_fault_of_one() {
    let folder = library();
    let api = Api::start_with(|config| {
        config.fill = with_library(folder.path());
        config.limits.assets = 1;
    });
    let project = waiting(&api);
    let refused = api.post(&format!("{project}/scenario/render?wait=true"), &json!({ "fill": "auto" }));
    assert_eq!((refused.status, &refused.json()["limit"]), (409, &json!(1)), "{}", refused.shown());
}

#[test]
fn so_many_search_at_once_and_no_more() {
    let stock = Stock::new(Kind::Pexels, Mood::Hangs, Vec::new());
    let api = Api::start_with(|started| started.fill = config(&stock.environment()));
    let project = waiting(&api);
    let path = format!("{project}/scenario/segments/cut/candidates");
    let ask = || {
        let mut stream = std::net::TcpStream::connect(api.address()).unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\n\r\n", api.address());
        std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
        stream
    };
    let waiting: Vec<_> = std::iter::repeat_with(ask).take(8).collect();
    wait_for(|| stock.requests().len() == 8);
    let refused = api.send("POST", &path, &[], ());
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("2")), "{}", refused.shown());
    // Who goes leaves a turn behind.
    drop(waiting);
    let none = json!({ "provider": "library" });
    wait_for(|| api.post(&path, &none).status == 422);
}

#[test]
fn who_could_not_be_asked_is_told_by_name_and_when_to_ask_again() {
    let (denied, busy) =
        (Stock::new(Kind::Pexels, Mood::Denied, Vec::new()), Stock::new(Kind::Pixabay, Mood::TooMany, Vec::new()));
    let variables = [denied.environment(), busy.environment()].concat();
    let api = Api::start_with(|started| started.fill = fill::Config { clock: Arc::new(Begun), ..config(&variables) });
    let project = waiting(&api);
    let path = format!("{project}/scenario/segments/cut/candidates");
    let russian = api.send("POST", &path, &[("accept-language", "ru")], ());
    let refused = api.post(&path, &json!({ "provider": "pixabay" }));
    assert_eq!((refused.status, refused.header("retry-after")), (502, Some("3")), "{}", refused.shown());
    insta::assert_json_snapshot!([&russian.json()["troubles"], &refused.json()["retry_after_sec"]]);
}

#[test]
fn words_and_ids_have_the_length_that_is_said() {
    let folder = library();
    let api = Api::start_with(|config| config.fill = with_library(folder.path()));
    let project = waiting(&api);
    let path = format!("{project}/scenario/segments/cut");
    let (long, id) = ("я".repeat(1001), "x".repeat(201));
    for (route, body) in [
        ("candidates", json!({ "query": long })),
        ("fill", json!({ "provider": "library", "query": long })),
        ("fill", json!({ "provider": "library", "candidate_id": id })),
    ] {
        let refused = api.post(&format!("{path}/{route}"), &body);
        assert_eq!((refused.status, refused.id("code")), (422, "invalid".into()), "{}", refused.shown());
        assert!(refused.id("detail").contains("characters; at most"), "{}", refused.shown());
    }
    assert_eq!(api.post(&format!("{path}/candidates"), &json!({ "query": "я".repeat(1000) })).status, 200);
    // A number is no id: the list may be another one by now.
    let number = api.post(&format!("{path}/fill?wait=true"), &json!({ "provider": "library", "candidate_id": "1" }));
    assert_eq!(number.status, 422, "{}", number.shown());
    assert!(number.id("detail").contains("`1` is not among the 1"), "{}", number.shown());
}

#[test]
fn in_russian_it_is_told_in_russian() {
    let folder = library();
    let api = Api::start_with(|config| config.fill = with_library(folder.path()));
    let project = waiting(&api);
    let russian = [("accept-language", "ru"), ("content-type", "application/json")];
    let ask = |method: &str, path: &str, body: Value| {
        let answer = api.send(method, &format!("{project}/{path}"), &russian, body.to_string());
        (answer.status, answer.json())
    };
    let (_, ready) = ask("GET", "scenario/readiness", json!(null));
    let (_, refused) = ask("POST", "scenario/render", json!({}));
    assert_eq!(ready["scenes"], refused["scenes"]);
    let told = |problem: &Value| json!([problem["title"], problem["detail"], problem["scenes"]]);
    let fill = |order: Value| told(&ask("POST", "scenario/segments/cut/fill?wait=true", order).1);
    let found = ask("POST", "scenario/segments/cut/candidates", json!({ "query": "!" })).1;
    insta::assert_json_snapshot!(json!([
        told(&refused),
        fill(json!({ "provider": "pexels" })),
        fill(json!({ "provider": "library", "query": "submarine" })),
        found["troubles"],
    ]));
    let job = ask("POST", "scenario/render?wait=true", json!({ "fill": "auto", "preset": "ultrafast" })).1;
    let path = format!("/api/jobs/{}/events", job["id"].as_str().unwrap());
    let answer = api.send("GET", &path, &[("accept-language", "ru")], ());
    let told = answer.text();
    assert!(told.contains("cut: найден клип — night city.mp4, автор Jane Doe"), "{told}");
}

#[test]
fn a_clip_is_paid_for_only_by_who_says_so_and_once() {
    let fake = Veo::new(Whim::Fine, bytes(&COAST), None);
    let api = Api::start_with(|started| started.fill = config(&fake.environment()));
    let project = waiting(&api);
    let path = format!("{project}/scenario/segments/cut");
    let fill = |order: Value| api.post(&format!("{path}/fill?wait=true"), &order);
    let found = api.post(&format!("{path}/candidates"), &json!({ "provider": "veo" }));
    assert_eq!(found.json()["candidates"].as_array().unwrap().len(), 1, "{}", found.shown());
    assert_eq!(fill(json!({ "provider": "veo" })).status, 422);
    assert_eq!(fake.orders(), 0, "nobody agreed");
    let done = fill(json!({ "provider": "veo", "generate": true }));
    assert_eq!((done.status, fake.orders()), (200, 1), "{}", done.shown());
    assert_eq!(segment(&api, &project)["asset_status"], "ready");
    let store = std::fs::read(api.data().join("callsheet.db-wal")).unwrap();
    assert!(!store.windows(VEO_KEY.len()).any(|window| window == VEO_KEY.as_bytes()), "the key is nowhere kept");
}

/// A server as a program, with a project that waits, and a fill by Veo under way.
fn ordered(fake: &Veo, order: &Value) -> (tempfile::TempDir, Served, String, String) {
    let api = Api::start();
    let project = waiting(&api);
    let folder = api.stop();
    let served = serve(folder.path(), fake);
    let (status, job) = served.post(&format!("{project}/scenario/segments/cut/fill"), order);
    assert_eq!(status, 202, "{job:#}");
    let job = format!("/api/jobs/{}", job["id"].as_str().unwrap());
    (folder, served, project, job)
}

pub(super) fn serve(data: &Path, fake: &Veo) -> Served {
    let variables = fake.environment();
    Served::start_with(data, &variables.each_ref().map(|(name, value)| (*name, value.as_str())))
}

fn is_over(served: &Served, job: &str) -> bool {
    !matches!(served.json(job)["state"].as_str(), Some("queued" | "running"))
}

#[test]
fn a_killed_server_goes_on_asking_for_the_clip_that_it_ordered() {
    let fake = Veo::new(Whim::PollHangs, bytes(&COAST), None);
    let (folder, served, project, job) = ordered(&fake, &json!({ "provider": "veo", "generate": true }));
    fake.wait_for("question");
    served.kill();
    let served = serve(folder.path(), &fake);
    wait_for(|| is_over(&served, &job));
    let done = served.json(&job);
    assert_eq!((&done["state"], &done["attempts"], fake.orders()), (&json!("done"), &json!(2), 1), "{done:#}");
    let scenario = served.json(&format!("{project}/scenario"));
    assert_eq!(scenario["scenario"]["layers"][0]["segments"][1]["asset_id"], done["result"]["asset_id"]);
}

#[test]
fn an_order_of_which_nobody_knows_whether_it_arrived_is_repeated_by_a_person_alone() {
    let fake = Veo::new(Whim::StartHangs, bytes(&COAST), None);
    let (folder, served, project, job) = ordered(&fake, &json!({ "provider": "veo", "generate": true }));
    fake.wait_for("order");
    served.kill();
    let served = serve(folder.path(), &fake);
    wait_for(|| is_over(&served, &job));
    let failed = served.json(&job);
    assert_eq!((&failed["state"], &failed["problem"]["code"]), (&json!("failed"), &json!("conflict")), "{failed:#}");
    let fill = format!("{project}/scenario/segments/cut/fill?wait=true");
    assert_eq!(served.post(&fill, &json!({ "provider": "veo", "generate": true })).0, 409);
    assert_eq!(fake.orders(), 1);
    let (status, done) = served.post(&fill, &json!({ "provider": "veo", "generate": true, "again": true }));
    assert_eq!((status, fake.orders()), (200, 2), "{done:#}");
}

#[test]
fn a_job_that_was_filled_when_its_server_died_orders_nothing_again() {
    let fake = Veo::new(Whim::Fine, bytes(&COAST), None);
    let api = Api::start_with(|started| started.fill = config(&fake.environment()));
    let project = waiting(&api);
    let path = format!("{project}/scenario/segments/cut/fill?wait=true");
    let done = api.post(&path, &json!({ "provider": "veo", "generate": true }));
    let place = done.header("location").unwrap().to_owned();
    // As a server leaves it that dies between the scenario and the job's end; everything is settled.
    let db = rusqlite::Connection::open(api.data().join("callsheet.db")).unwrap();
    db.execute_batch("UPDATE jobs SET state = 'running'; DELETE FROM job_events WHERE kind = 'done'").unwrap();
    drop(db);
    let api = api.restart_with(|started| started.fill = config(&fake.environment()));
    let again = over(&api, &place);
    assert_eq!((&again["state"], &again["result"], fake.orders()), (&json!("done"), &done.json()["result"], 1));
}

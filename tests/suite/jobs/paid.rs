//! What is paid for is paid for once, and goes to the segment that it was ordered for, whatever is asked meanwhile.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use callsheet::ffmpeg::Cancel;
use callsheet::fill;
use serde_json::{Value, json};

use super::fill::{config, library, segment, waiting, with_library};
use super::studio::{over, put, upload};
use crate::api::{Api, BEGIN};
use crate::fill::{BRIEF, COAST, bytes};
use crate::veo::{Veo, Whim};

/// The fills' time, which stands at the beginning of all tests, as the server's does.
#[derive(Debug)]
pub(super) struct Begun;

impl fill::Clock for Begun {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(BEGIN)
    }

    fn pause(&self, _: Duration, _: &Cancel) -> callsheet::error::Result<()> {
        Ok(())
    }
}

fn with_veo(fake: &Veo) -> fill::Config {
    fill::Config { clock: Arc::new(Begun), ..config(&fake.environment()) }
}

fn start(fake: &Veo) -> (Api, String) {
    let api = Api::start_with(|started| started.fill = with_veo(fake));
    let project = waiting(&api);
    (api, project)
}

fn generate() -> Value {
    json!({ "provider": "veo", "generate": true })
}

/// The state and reason of a refusal, and how many clips were ordered.
fn refused(answer: &crate::api::Answer, fake: &Veo) -> (u16, String, usize) {
    (answer.status, answer.id("code"), fake.orders())
}

#[test]
fn a_request_that_is_sent_again_when_its_clip_is_there_pays_for_no_second_one() {
    let fake = Veo::new(Whim::Fine, bytes(&COAST), None);
    let (api, project) = start(&fake);
    let path = format!("{project}/scenario/segments/cut/fill?wait=true");
    assert_eq!(api.post(&path, &generate()).status, 200);
    let again = api.post(&path, &generate());
    assert_eq!(refused(&again, &fake), (409, "conflict".into(), 1), "{}", again.shown());
    let russian = [("accept-language", "ru"), ("content-type", "application/json")];
    insta::assert_snapshot!(
        [again.shown(), api.send("POST", &path, &russian, generate().to_string()).shown()].join("\n\n")
    );
    let mut agreed = generate();
    agreed["again"] = json!(true);
    let done = api.post(&path, &agreed);
    assert_eq!((done.status, fake.orders()), (200, 2), "{}", done.shown());
}

#[test]
fn while_a_segment_is_being_filled_no_other_clip_is_ordered_for_it() {
    let fake = Veo::new(Whim::PollHangs, bytes(&COAST), None);
    let (api, project) = start(&fake);
    let path = format!("{project}/scenario/segments/cut/fill");
    let job = api.post(&path, &generate()).id("id");
    fake.wait_for("question");
    for again in [false, true] {
        let mut order = generate();
        order["again"] = json!(again);
        let other = api.post(&path, &order);
        assert_eq!(refused(&other, &fake), (409, "in_progress".into(), 1), "{}", other.shown());
        assert_eq!(other.id("job_id"), job);
    }
    // What costs nothing waits for its turn.
    assert_eq!(api.post(&path, &json!({ "provider": "veo" })).status, 422);
}

#[test]
fn what_its_author_put_there_is_not_replaced() {
    let folder = library();
    let api = Api::start_with(|config| config.fill = with_library(folder.path()));
    let project = waiting(&api);
    let before = api.get(&format!("{project}/scenario")).json();
    let path = format!("{project}/scenario/segments/talk/fill?wait=true");
    let answer = api.post(&path, &json!({ "provider": "library", "query": "night" }));
    insta::assert_snapshot!(answer.shown());
    assert_eq!(api.get(&format!("{project}/scenario")).json(), before);
    let audio = json!({ "type": "image", "segments": [
        { "id": "logo", "start_sec": 0, "end_sec": 1, "asset_source": "generated", "asset_status": "pending" } ] });
    let mut layered = before.clone();
    layered["scenario"]["layers"].as_array_mut().unwrap().push(audio);
    put(&api, &project, &layered);
    let logo = format!("{project}/scenario/segments/logo/fill?wait=true");
    let stretched = api.post(&logo, &json!({ "provider": "library", "clip_fit": "loop" }));
    assert_eq!(stretched.status, 422, "{}", stretched.shown());
    assert!(stretched.id("detail").contains("`logo` is none"), "{}", stretched.shown());
    put(&api, &project, &before);
    // What was filled may be filled anew.
    let cut = format!("{project}/scenario/segments/cut/fill?wait=true");
    for _ in 0..2 {
        let done = api.post(&cut, &json!({ "provider": "library" }));
        assert_eq!(done.status, 200, "{}", done.shown());
    }
}

#[test]
fn a_clip_whose_segment_was_moved_on_is_kept_and_put_nowhere() {
    let fake = Veo::new(Whim::PollHangs, bytes(&COAST), None);
    let (api, project) = start(&fake);
    let mut scenario = api.get(&format!("{project}/scenario")).json();
    scenario["scenario"]["layers"][0]["segments"][1].as_object_mut().unwrap().remove("id");
    put(&api, &project, &scenario);
    let job = api.post(&format!("{project}/scenario/segments/video-0-1/fill"), &generate());
    let job = job.header("location").unwrap().to_owned();
    fake.wait_for("question");
    // Its author writes another one before it, which has its name from now on.
    let segments = scenario["scenario"]["layers"][0]["segments"].as_array_mut().unwrap();
    let clip = upload(&api, &project, &BRIEF);
    let own = json!({ "start_sec": 0.2, "end_sec": 0.5, "asset_id": clip, "source_in_sec": 0.5 });
    segments.insert(1, own.clone());
    put(&api, &project, &scenario);
    let api = api.restart_with(|started| started.fill = with_veo(&fake));
    let failed = over(&api, &job);
    assert_eq!((&failed["state"], &failed["problem"]["code"]), (&json!("failed"), &json!("conflict")), "{failed:#}");
    assert_eq!(segment(&api, &project), own);
    let asset = failed["problem"]["asset_id"].as_str().unwrap();
    let asset = api.get(&format!("{project}/assets/{asset}")).json();
    // It was followed, and is called as it would have been.
    assert_eq!((&asset["source"], &asset["name"]), (&json!("veo"), &json!("night city")));
    assert_eq!(fake.orders(), 1);
}

#[test]
fn what_was_ordered_before_a_story_was_written_anew_is_told_and_not_taken() {
    let fake = Veo::new(Whim::Endless, bytes(&COAST), None);
    let (api, project) = start(&fake);
    let mut scenario = api.get(&format!("{project}/scenario")).json();
    let path = format!("{project}/scenario/segments/cut/fill?wait=true");
    let job =
        api.post(&format!("{project}/scenario/segments/cut/fill"), &generate()).header("location").unwrap().to_owned();
    fake.wait_for("question");
    api.post(&format!("{job}/cancel"), &json!({}));
    over(&api, &job);
    scenario["scenario"]["scenes"][0]["visual_description"] = json!("a coast");
    put(&api, &project, &scenario);
    api.clock.advance(60_000);
    let answer = api.post(&path, &generate());
    assert_eq!(refused(&answer, &fake), (409, "conflict".into(), 1), "{}", answer.shown());
    assert!(answer.id("detail").contains("\"night city\""), "{}", answer.shown());
}

#[test]
fn a_job_whose_order_was_refused_when_its_server_died_orders_nothing_again() {
    let fake = Veo::new(Whim::Unsafe, bytes(&COAST), None);
    let (api, project) = start(&fake);
    let failed = api.post(&format!("{project}/scenario/segments/cut/fill?wait=true"), &generate());
    assert_eq!((failed.status, fake.orders()), (502, 1), "{}", failed.shown());
    let place = failed.header("location").unwrap().to_owned();
    reopen(&api);
    let api = api.restart_with(|started| started.fill = with_veo(&fake));
    let again = over(&api, &place);
    assert_eq!((&again["state"], fake.orders()), (&json!("failed"), 1), "{again:#}");
    assert!(again["problem"]["reason"].as_str().unwrap().contains("a child's likeness"), "{again:#}");
}

#[test]
fn a_job_that_was_filled_is_done_though_its_segment_is_gone_meanwhile() {
    let fake = Veo::new(Whim::Fine, bytes(&COAST), None);
    let (api, project) = start(&fake);
    let done = api.post(&format!("{project}/scenario/segments/cut/fill?wait=true"), &generate());
    let place = done.header("location").unwrap().to_owned();
    let mut scenario = api.get(&format!("{project}/scenario")).json();
    scenario["scenario"]["layers"][0]["segments"].as_array_mut().unwrap().truncate(1);
    scenario.as_object_mut().unwrap().remove("credits");
    put(&api, &project, &scenario);
    reopen(&api);
    let api = api.restart_with(|started| started.fill = with_veo(&fake));
    let again = over(&api, &place);
    assert_eq!((&again["state"], &again["result"]), (&json!("done"), &done.json()["result"]), "{again:#}");
    assert_eq!(fake.orders(), 1);
}

/// As a server leaves its jobs that dies before it wrote down their end.
fn reopen(api: &Api) {
    let db = rusqlite::Connection::open(api.data().join("callsheet.db")).unwrap();
    let sql = "UPDATE jobs SET state = 'running', problem = NULL, finished = NULL;
               DELETE FROM job_events WHERE kind IN ('done', 'error')";
    db.execute_batch(sql).unwrap();
}

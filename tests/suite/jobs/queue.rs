//! Who is next, and what becomes of a job when it, or the server, is stopped.

use serde_json::{Value, json};

use super::studio::{events, over, project, render, until, wait_for};
use crate::api::Api;

fn sql(api: &Api, sql: &str) {
    rusqlite::Connection::open(api.data().join("callsheet.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn projects_take_turns_however_much_one_of_them_asks_for() {
    let api = Api::start_with(|config| config.jobs = 0);
    let (one, other, third) = (project(&api, "one", 1), project(&api, "other", 1), project(&api, "third", 1));
    let asked = [&one, &one, &one, &one, &other, &other, &third];
    let jobs: Vec<String> = asked.iter().map(|project| render(&api, project)).collect();
    let api = api.restart_with(|config| config.jobs = 1);
    let mut begun: Vec<(i64, usize)> = Vec::new();
    for (number, job) in jobs.iter().enumerate() {
        assert_eq!(over(&api, job)["state"], "done");
        begun.push((events(&api, job, None).1[0].id, number));
    }
    begun.sort_unstable();
    let order: Vec<usize> = begun.into_iter().map(|(_, number)| number).collect();
    assert_eq!(order, [0, 4, 6, 1, 5, 2, 3]);
}

#[test]
fn no_more_jobs_run_at_once_than_the_server_was_told() {
    let api = Api::start_with(|config| config.jobs = 2);
    let one = project(&api, "one", 40);
    let jobs: Vec<String> = (0..4).map(|_| render(&api, &one)).collect();
    let count = |state: &str| {
        let list = api.get(&format!("{one}/jobs?state={state}")).json();
        list["items"].as_array().unwrap().len()
    };
    until(&api, &jobs[1], |job| job["state"] == "running");
    assert_eq!((count("running"), count("queued")), (2, 2));
    for job in &jobs {
        api.send("POST", &format!("{job}/cancel"), &[], ());
    }
    for job in &jobs {
        assert_eq!(over(&api, job)["state"], "cancelled");
    }
}

#[test]
fn a_job_is_stopped_where_it_waits_and_where_it_runs() {
    let api = Api::start();
    let project = project(&api, "p", 40);
    let (running, waiting) = (render(&api, &project), render(&api, &project));
    until(&api, &running, |job| job["progress"]["phase"] == "encoding" && job["progress"]["percent"] != 0);
    let stop = |job: &str| api.send("POST", &format!("{job}/cancel"), &[], ());
    let stopped = stop(&waiting);
    assert_eq!((stopped.status, stopped.json()["state"].as_str()), (200, Some("cancelled")));
    assert!(matches!(stop(&running).status, 200 | 202));
    let over = over(&api, &running);
    assert_eq!(over["state"], "cancelled");
    insta::assert_snapshot!(stop(&waiting).shown());
    assert_eq!(stop(&running).status, 200, "again is the same");
    let last = events(&api, &running, None).1.pop().unwrap();
    assert_eq!((last.kind.as_str(), &last.data), ("error", &over));
    assert!(ffmpegs_of(&api).is_empty(), "its ffmpeg is ended");
    assert_eq!(std::fs::read_dir(api.data().join("outputs")).unwrap().count(), 0);
    // What is done cannot be stopped.
    let done = render(&api, &super::studio::project(&api, "q", 1));
    super::studio::over(&api, &done);
    insta::assert_snapshot!("too_late", stop(&done).shown());
}

/// The ffmpegs that work in the server's folder.
fn ffmpegs_of(api: &Api) -> Vec<String> {
    let folder = api.data().display().to_string();
    let lines = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let line = std::fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines.filter(|line| line.contains("ffmpeg") && line.contains(&folder)).collect()
}

#[test]
fn a_server_that_ends_puts_its_work_back_and_the_next_one_goes_on() {
    let api = Api::start();
    let project = project(&api, "p", 20);
    let job = render(&api, &project);
    until(&api, &job, |job| job["progress"]["percent"].as_u64() > Some(20) && job["progress"]["phase"] == "encoding");
    let api = api.restart_with(|config| config.jobs = 0);
    let waiting = api.get(&job).json();
    assert_eq!(
        (&waiting["state"], &waiting["attempts"], &waiting["progress"]),
        (&json!("queued"), &json!(0), &Value::Null)
    );
    let api = api.restart_with(|config| config.jobs = 1);
    let done = over(&api, &job);
    assert_eq!((&done["state"], &done["attempts"]), (&json!("done"), &json!(1)), "{done:#}");
    let made = &done["result"]["made"];
    assert!(made["rendered"].as_u64() < made["spans"].as_u64(), "finished spans are used: {made}");
}

#[test]
fn a_job_that_no_server_survives_ends_after_five_attempts() {
    let api = Api::start_with(|config| config.jobs = 0);
    let project = project(&api, "p", 1);
    let (job, unwanted) = (render(&api, &project), render(&api, &project));
    // As a server leaves it that is killed at the fourth attempt, then at the fifth.
    sql(&api, "UPDATE jobs SET state = 'running', attempts = 4, stalled = 4, unwanted = number > 1");
    let api = api.restart_with(|config| config.jobs = 0);
    assert_eq!(api.get(&job).json()["state"], "queued");
    assert_eq!(api.get(&unwanted).json()["state"], "cancelled", "it was to stop before the server died");
    sql(&api, "UPDATE jobs SET state = 'running', attempts = 5, stalled = 5 WHERE number = 1");
    let api = api.restart();
    insta::assert_snapshot!(api.get(&job).shown());
    assert_eq!(events(&api, &job, None).1.pop().unwrap().kind, "error");
}

#[test]
fn a_project_takes_its_jobs_and_their_files_along() {
    let api = Api::start_with(|config| config.jobs = 2);
    let (one, other) = (project(&api, "one", 1), project(&api, "other", 40));
    let done = over(&api, &render(&api, &one));
    let running = render(&api, &other);
    until(&api, &running, |job| job["progress"]["phase"] == "encoding");
    assert_eq!((api.delete(&one).status, api.delete(&other).status), (204, 204));
    assert_eq!(api.get(&running).status, 404);
    assert_eq!(api.get(done["download_url"].as_str().unwrap()).status, 410);
    api.clock.advance(61_000);
    let begun = std::time::Instant::now();
    let left = |folder: &str| std::fs::read_dir(api.data().join(folder)).unwrap().count();
    while left("outputs") + left("tmp") + left("assets") > 0 || !ffmpegs_of(&api).is_empty() {
        assert!(begun.elapsed().as_secs() < 60, "{:?}", ["outputs", "tmp", "assets"].map(left));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn a_request_that_is_sent_again_makes_no_second_job_and_a_queue_has_an_end() {
    let api = Api::start_with(|config| (config.jobs, config.limits.queued) = (0, 2));
    let project = project(&api, "p", 1);
    let path = format!("{project}/scenario/render");
    let send = |api: &Api, key: &str| api.send("POST", &path, &[("idempotency-key", key)], ());
    let first = send(&api, "one");
    assert_eq!(first.status, 202, "{}", first.shown());
    let api = api.restart_with(|config| (config.jobs, config.limits.queued) = (0, 2));
    let again = send(&api, "one");
    assert_eq!((again.status, again.json()), (202, first.json()));
    assert_eq!((again.header("location"), again.header("retry-after")), (first.header("location"), Some("1")));
    assert_eq!(api.get(&format!("{project}/jobs")).json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(send(&api, "two").status, 202);
    insta::assert_snapshot!(send(&api, "three").shown());
}

#[test]
fn who_waits_for_a_job_is_told_when_its_project_is_deleted() {
    let api = Api::start_with(|config| config.jobs = 0);
    let project = project(&api, "p", 1);
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| api.post(&format!("{project}/scenario/render?wait=true"), &json!({})));
        wait_for(|| api.get(&format!("{project}/jobs")).json()["items"].as_array().is_some_and(|jobs| jobs.len() == 1));
        assert_eq!(api.delete(&project).status, 204);
        assert_eq!(waits.join().unwrap().status, 404);
    });
}

#[test]
fn a_request_that_waits_and_is_sent_again_after_a_restart_waits_for_the_same_job() {
    let api = Api::start_with(|config| config.jobs = 0);
    let project = project(&api, "p", 1);
    let path = format!("{project}/scenario/render?wait=true");
    let send = |api: &Api| {
        let headers = [("content-type", "application/json"), ("idempotency-key", "once")];
        api.send("POST", &path, &headers, json!({ "preset": "ultrafast" }).to_string())
    };
    let (address, key) = (api.address(), "once");
    let waits = std::thread::spawn({
        let path = path.clone();
        move || {
            let request = ureq::post(format!("http://{address}{path}")).config().http_status_as_error(false).build();
            let request = request.header("content-type", "application/json").header("idempotency-key", key);
            request.send(json!({ "preset": "ultrafast" }).to_string()).unwrap().status().as_u16()
        }
    });
    let jobs = |api: &Api| api.get(&format!("{project}/jobs")).json()["items"].as_array().unwrap().len();
    wait_for(|| jobs(&api) == 1);
    let api = api.restart_with(|_| {});
    assert_eq!(waits.join().unwrap(), 503, "the server ended");
    let done = send(&api);
    assert_eq!((done.status, done.json()["state"].clone(), jobs(&api)), (200, json!("done"), 1), "{}", done.shown());
    assert_eq!(done.header("idempotency-replayed"), Some("true"));
}

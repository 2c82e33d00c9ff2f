//! What jobs made is downloaded by links that hold for a time.

use serde_json::{Value, json};

use super::studio::{over, project, render};
use crate::api::Api;

#[test]
fn a_link_gives_all_or_a_part_to_whoever_has_it_and_nothing_to_whoever_changes_it() {
    let api = Api::start();
    let job = over(&api, &render(&api, &project(&api, "p", 1)));
    let link = job["download_url"].as_str().unwrap();
    let whole = api.get(link);
    let (length, etag) = (whole.body.len(), whole.header("etag").unwrap().to_owned());
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let part = |range: &str| api.send("GET", link, &[("range", range)], ());
    for (range, expected) in [
        ("bytes=0-99", 0..100),
        ("bytes=100-", 100..length),
        ("bytes=-7", length - 7..length),
        ("bytes=5-999999999", 5..length),
    ] {
        let answer = part(range);
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(answer.body, whole.body[expected.clone()], "{range}");
        let told = format!("bytes {}-{}/{length}", expected.start, expected.end - 1);
        assert_eq!(answer.header("content-range"), Some(told.as_str()));
    }
    let outside = part(&format!("bytes={length}-"));
    assert_eq!((outside.status, outside.header("content-range")), (416, Some(format!("bytes */{length}").as_str())));
    let changed = [("range", "bytes=0-9"), ("if-range", "\"another\"")];
    assert_eq!(api.send("GET", link, &changed, ()).body.len(), length);
    let same = [("range", "bytes=0-9"), ("if-range", etag.as_str())];
    assert_eq!(api.send("GET", link, &same, ()).body.len(), 10);
    let known = api.send("GET", link, &[("if-none-match", &etag)], ());
    assert_eq!((known.status, known.body.len()), (304, 0));
    let head = api.send("HEAD", link, &[], ());
    assert_eq!((head.status, head.header("content-length")), (200, Some(length.to_string().as_str())));

    let (path, query) = link.split_once('?').unwrap();
    let signature = query.split_once("signature=").unwrap().1;
    let later = format!("{path}?expires=9999999999&signature={signature}");
    let other = format!("{}?{query}", path.replace(".mp4", ".mp3"));
    for wrong in [later, other, link.replace("signature=", "signature=0"), format!("{path}?expires=1&signature=")] {
        assert_eq!(api.get(&wrong).status, 403, "{wrong}");
    }
    assert_eq!(api.get(path).status, 400);
    // It holds after a restart, and an hour.
    let api = api.restart();
    assert_eq!(api.get(link).body, whole.body);
    api.clock.advance(3_600_000);
    insta::assert_snapshot!(api.get(link).shown().replace(path, "[path]"));
    let again = api.get(&format!("/api/jobs/{}", job["id"].as_str().unwrap())).json();
    assert_eq!(api.get(again["download_url"].as_str().unwrap()).body, whole.body);
}

fn until_gone(api: &Api, job: &Value) -> Value {
    let place = format!("/api/jobs/{}", job["id"].as_str().unwrap());
    super::studio::until(api, &place, |job| job["download_url"].is_null())
}

#[test]
fn old_outputs_go_by_age_and_the_oldest_where_all_are_too_large() {
    let api = Api::start();
    let project = project(&api, "p", 1);
    let first = over(&api, &render(&api, &project));
    api.clock.advance(20 * 24 * 3_600_000);
    let second = over(&api, &render(&api, &project));
    let link = second["download_url"].as_str().unwrap();
    api.clock.advance(11 * 24 * 3_600_000);
    let gone = until_gone(&api, &first);
    assert_eq!((&gone["state"], &gone["output_key"]), (&json!("done"), &first["output_key"]));
    let kept = |api: &Api| std::fs::read_dir(api.data().join("outputs")).unwrap().count();
    let begun = std::time::Instant::now();
    while kept(&api) > 2 {
        assert!(begun.elapsed().as_secs() < 60);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let place = format!("/api/jobs/{}", second["id"].as_str().unwrap());
    let fresh = api.get(&place).json()["download_url"].as_str().unwrap().to_owned();
    assert_eq!((api.get(&fresh).status, api.get(link).status), (200, 410));
    // A server that may keep less throws more away.
    let api = api.restart_with(|config| config.keep.bytes = 1000);
    until_gone(&api, &second);
    let answer = api.get(&fresh);
    assert_eq!(answer.status, 410);
    assert!(answer.text().contains("no longer kept"), "{}", answer.text());
}

#[test]
fn what_is_half_written_cannot_be_downloaded() {
    let api = Api::start_with(|config| config.jobs = 0);
    let job = render(&api, &project(&api, "p", 1));
    // As a server leaves it that is killed while it puts the video into the storage.
    let key = "mfrggzdfmztwq2lknnwg23tpoa.mp4";
    std::fs::write(api.data().join("outputs").join(key), "half").unwrap();
    std::fs::create_dir(api.data().join("tmp/job-left")).unwrap();
    let db = rusqlite::Connection::open(api.data().join("callsheet.db")).unwrap();
    db.execute_batch(&format!(
        "INSERT INTO outputs (key, job_id, role, name, content_type, bytes, hash, state, created)
         SELECT '{key}', id, 'video', 'v.mp4', 'video/mp4', 99, 'x', 'coming', 0 FROM jobs"
    ))
    .unwrap();
    drop(db);
    assert_eq!(api.get(&job).json()["outputs"], json!([]));
    let api = api.restart_with(|config| config.jobs = 1);
    let done = over(&api, &job);
    assert_eq!(done["outputs"].as_array().unwrap().len(), 2, "{done:#}");
    assert_ne!(done["output_key"], key);
    let begun = std::time::Instant::now();
    while api.data().join("outputs").join(key).exists() {
        assert!(begun.elapsed().as_secs() < 60);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(!api.data().join("tmp/job-left").exists());
}

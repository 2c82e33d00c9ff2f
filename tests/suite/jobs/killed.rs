//! A server that is killed at any moment: the next one goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::fill::{serve, waiting};
use super::studio::{Served, over, project, put, render, scenario, upload, wait_for};
use crate::api::Api;
use crate::fill::{COAST, bytes};
use crate::media::MAIN;
use crate::veo::{Veo, Whim};

/// The finished spans in the cache.
fn spans(data: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(data.join("cache")) else { return BTreeSet::new() };
    let names = entries.filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect()
}

/// When each finished span was written: its file is another one if it was made again.
fn made(data: &Path) -> Vec<(String, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let inode = |key: String| {
        let file = std::fs::metadata(data.join("cache").join(format!("{key}.mp4"))).unwrap();
        (key, file.ino())
    };
    spans(data).into_iter().map(inode).collect()
}

#[test]
fn a_killed_server_goes_on_renders_no_finished_span_again_and_ends_with_the_same_bytes() {
    // What it is without any kill.
    let api = Api::start();
    let seconds = 12;
    let quiet = over(&api, &render(&api, &project(&api, "p", seconds)));
    let expected = api.get(quiet["download_url"].as_str().unwrap()).body;
    let count = quiet["result"]["made"]["spans"].as_u64().unwrap() as usize;
    assert!(count >= 2, "{quiet:#}");

    // After so many finished pieces, or while the whole is joined, measured or stored.
    for moment in [0, 1, count, count + 1] {
        let api = Api::start_with(|config| config.jobs = 0);
        let job = render(&api, &project(&api, "p", seconds));
        let folder = api.stop();
        let data = folder.path();
        let server = Served::start(data);
        if moment <= count {
            wait_for(|| spans(data).len() >= moment);
        } else {
            wait_for(|| matches!(server.json(&job)["progress"]["phase"].as_str(), Some("measuring" | "storing")));
        }
        server.kill();
        let before = made(data);
        let server = Served::start(data);
        wait_for(|| !matches!(server.json(&job)["state"].as_str(), Some("queued" | "running")));
        let done = server.json(&job);
        assert_eq!(done["state"], "done", "killed after {moment}: {done:#}");
        let (status, video) = server.get(done["download_url"].as_str().unwrap());
        assert!(status == 200 && video == expected, "killed after {moment}: {status}, {} bytes", video.len());
        let after = made(data);
        for span in &before {
            assert!(after.contains(span), "killed after {moment}: a finished span was made again");
        }
        let outputs = done["outputs"].as_array().unwrap().len();
        wait_for(|| std::fs::read_dir(data.join("outputs")).unwrap().count() == outputs);
        assert_eq!(std::fs::read_dir(data.join("tmp")).unwrap().count(), 0);
    }
}

/// What happened so far: whatever changes it is a moment.
fn seen(server: &Served, fake: &Veo, data: &Path, jobs: &[String]) -> (Vec<Value>, usize, usize) {
    let told = |job: &String| {
        let job = server.json(job);
        json!([job["state"], job["progress"]])
    };
    (jobs.iter().map(told).collect(), spans(data).len(), fake.requests().len())
}

/// Numbers without a pattern, the same in every run.
fn dice(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// How a job of the queue ended. An order that was on its way when the server died is one of which nobody knows whether it
/// arrived: it is told, and never repeated.
fn ended(job: &Value) -> &'static str {
    match (job["state"].as_str().unwrap(), job["problem"]["code"].as_str()) {
        ("done", None) => "done",
        ("failed", Some("conflict")) if job["kind"] == "fill" => "unknown",
        _ => panic!("{job:#}"),
    }
}

#[test]
fn twenty_kills_of_a_queue_of_fills_and_renders_lose_nothing_and_pay_for_nothing_twice() {
    const ROUNDS: usize = 8;
    let fake = Veo::new(Whim::Slow, bytes(&COAST), None);
    let api = Api::start_with(|config| config.jobs = 0);
    // In each round a render, the same again, and a clip that is ordered.
    let rounds: Vec<[String; 2]> = (0..ROUNDS)
        .map(|round| {
            let edited = api.project("render");
            let main = upload(&api, &edited, &MAIN);
            let mut scenario = scenario(&main, 6);
            scenario["scenario"]["layers"][0]["segments"][0]["source_in_sec"] = json!(2.0 + round as f64 / 30.0);
            put(&api, &edited, &scenario);
            [edited, waiting(&api)]
        })
        .collect();
    let folder = api.stop();
    let data = folder.path();

    let mut left = rounds.iter();
    let (mut jobs, mut orders, mut kills, mut state) = (Vec::<String>::new(), 0, 0, 20_261_128);
    let mut known = BTreeMap::new();
    let mut server = serve(data, &fake);
    loop {
        if over_all(&server, &jobs) {
            let videos: Vec<Vec<u8>> = jobs.iter().filter_map(|job| video(&server, job)).collect();
            assert!(videos.iter().all(|video| *video == videos[0]), "the same scenario is the same video");
            if kills >= 20 {
                break;
            }
            let [edited, waiting] = left.next().expect("more is there to do than can be done between so many kills");
            let begun = [
                (format!("{edited}/scenario/render"), json!({ "preset": "ultrafast" })),
                (format!("{waiting}/scenario/segments/cut/fill"), json!({ "provider": "veo", "generate": true })),
                (format!("{edited}/scenario/render"), json!({ "preset": "ultrafast" })),
            ];
            orders += 1;
            jobs = begun
                .map(|(path, body)| {
                    let (status, job) = server.post(&path, &body);
                    assert_eq!(status, 202, "{job:#}");
                    format!("/api/jobs/{}", job["id"].as_str().unwrap())
                })
                .into();
        }
        if kills < 20 {
            for _ in 0..2 + dice(&mut state) % 7 {
                let before = seen(&server, &fake, data, &jobs);
                wait_for(|| seen(&server, &fake, data, &jobs) != before || over_all(&server, &jobs));
            }
            server.kill();
            kills += 1;
            server = serve(data, &fake);
        } else {
            wait_for(|| over_all(&server, &jobs));
        }
        assert!(fake.orders() <= orders, "{} orders for {orders} clips", fake.orders());
        for (span, inode) in made(data) {
            assert_eq!(*known.entry(span).or_insert(inode), inode, "a finished span was made again");
        }
    }
    assert_eq!(std::fs::read_dir(data.join("tmp")).unwrap().count(), 0);
}

fn over_all(server: &Served, jobs: &[String]) -> bool {
    jobs.iter().all(|job| server.json(job)["finished_at"].is_string())
}

/// The video of a job that ended as it should, if it made one.
fn video(server: &Served, job: &str) -> Option<Vec<u8>> {
    let job = server.json(job);
    if ended(&job) == "unknown" {
        return None;
    }
    let (status, bytes) = server.get(job["download_url"].as_str()?);
    assert_eq!((status, job["result"]["measured"]["frames"].as_u64()), (200, Some(180)), "{job:#}");
    Some(bytes)
}

#[test]
fn an_ffmpeg_that_dies_ends_the_job_in_words() {
    let api = Api::start_with(|config| config.jobs = 0);
    let job = render(&api, &project(&api, "p", 2));
    let folder = api.stop();
    let server = {
        // The next server finds another ffmpeg.
        let programs = tempfile::tempdir().unwrap();
        let fake = programs.path().join("ffmpeg");
        std::fs::write(
            &fake,
            "#!/bin/sh\ncase \"$*\" in *-version*) exec /usr/bin/ffmpeg -version;; esac\nkill -9 $$\n",
        )
        .unwrap();
        std::fs::set_permissions(&fake, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
        let served = Served::start_with(folder.path(), &[("PATH", &path)]);
        wait_for(|| served.json(&job)["state"] == "failed");
        let problem = served.json(&job)["problem"].clone();
        assert_eq!(problem["code"], json!("ffmpeg_failed"), "{problem:#}");
        served
    };
    drop(server);
}

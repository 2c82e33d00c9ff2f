//! A server that is killed at any moment: the next one goes on.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::studio::{Served, over, project, render, wait_for};
use crate::api::Api;

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

//! A server that is killed at any moment: the next one goes on.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::studio::{over, project, render};
use crate::api::Api;

/// The program itself, serving.
struct Served {
    child: Child,
    url: String,
    agent: ureq::Agent,
}

impl Served {
    fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// With variables of the environment.
    fn start_with(data: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command.args(["serve", "--port", "0", "--data"]).arg(data).envs(variables.iter().copied());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLSHEET_")) {
            command.env_remove(name);
        }
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines.find_map(|line| Some(line.unwrap().strip_prefix("listening on ")?.to_owned())).unwrap();
        // Its log is read to the end, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { child, url, agent }
    }

    fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let mut answer = self.agent.get(format!("{}{path}", self.url)).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_vec().unwrap())
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.get(path).1).unwrap()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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

#[track_caller]
fn wait_for(is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not come to that");
        std::thread::sleep(Duration::from_millis(2));
    }
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
        std::fs::write(&fake, "#!/bin/sh\ncase \"$*\" in *-version*) exec /usr/bin/ffmpeg -version;; esac\nkill -9 $$\n").unwrap();
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

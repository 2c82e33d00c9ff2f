//! A project with a clip and a scenario, ready to be rendered.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api::{Answer, Api};
use crate::media::{Clip, MAIN};

/// Uploads a clip; its id.
pub(super) fn upload(api: &Api, project: &str, clip: &Clip) -> String {
    let bytes = std::fs::read(clip.path()).unwrap();
    let path = format!("{project}/assets?name={}", clip.name);
    let answer = api.send("POST", &path, &[("content-type", "application/octet-stream")], bytes);
    assert!(matches!(answer.status, 200 | 201), "{}", answer.shown());
    answer.id("id")
}

/// So many pieces of one second of a clip, one after the other, small and quick to render.
pub(super) fn scenario(main: &str, seconds: u32) -> Value {
    let piece = |number: u32| {
        json!({ "id": format!("piece-{number}"), "start_sec": number, "end_sec": number + 1, "asset_id": main,
            "asset_status": "ready", "source_in_sec": f64::from(number % 5) + f64::from(number) / 100.0 })
    };
    json!({
        "scenario": {
            "metadata": { "total_duration_sec": seconds, "aspect_ratio": "9:16", "resolution": 120, "frame_rate": 30 },
            "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": seconds }],
            "layers": [{ "type": "video", "segments": (0..seconds).map(piece).collect::<Vec<_>>() }],
        },
    })
}

/// Writes the scenario of a project.
pub(super) fn put(api: &Api, project: &str, scenario: &Value) {
    let path = format!("{project}/scenario");
    let etag = api.get(&path).header("etag").map(str::to_owned);
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(etag.as_deref().map(|etag| ("if-match", etag)));
    let answer = api.send("PUT", &path, &headers, scenario.to_string());
    assert!(matches!(answer.status, 200 | 201), "{}", answer.shown());
}

/// A project whose scenario is so long; its address.
pub(super) fn project(api: &Api, name: &str, seconds: u32) -> String {
    let project = api.project(name);
    let main = upload(api, &project, &MAIN);
    put(api, &project, &scenario(&main, seconds));
    project
}

/// Asks for a render; the job's address.
pub(super) fn render(api: &Api, project: &str) -> String {
    let answer = api.post(&format!("{project}/scenario/render"), &json!({ "preset": "ultrafast" }));
    assert_eq!(answer.status, 202, "{}", answer.shown());
    assert_eq!(answer.header("retry-after"), Some("1"));
    answer.header("location").unwrap().to_owned()
}

/// The job when it is as `is` says; it has a minute.
pub(super) fn until(api: &Api, job: &str, is: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let found = api.get(job).json();
        if is(&found) {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{found:#}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The job when it is over.
pub(super) fn over(api: &Api, job: &str) -> Value {
    until(api, job, |job| !matches!(job["state"].as_str().unwrap(), "queued" | "running"))
}

/// One event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) data: Value,
}

/// All events of a job after one of them, to the end of the stream.
pub(super) fn events(api: &Api, job: &str, after: Option<i64>) -> (Answer, Vec<Event>) {
    let last = after.map(|id| id.to_string()).unwrap_or_default();
    let answer = api.send("GET", &format!("{job}/events"), &[("last-event-id", &last)], ());
    let mut events = Vec::new();
    for block in answer.text().split("\n\n").filter(|block| block.contains("event:")) {
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.unwrap_or_else(|| panic!("no {name}: {block}")).trim_start().to_owned()
        };
        let data = serde_json::from_str(&field("data")).unwrap();
        events.push(Event { id: field("id").parse().unwrap(), kind: field("event"), data });
    }
    (answer, events)
}

/// The program itself, serving.
pub(super) struct Served {
    child: Child,
    pub(super) url: String,
    agent: ureq::Agent,
}

impl Served {
    pub(super) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// With variables of the environment.
    pub(super) fn start_with(data: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command.args(["serve", "--port", "0", "--data"]).arg(data);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLSHEET_")) {
            command.env_remove(name);
        }
        command.envs(variables.iter().copied());
        Self::of(command)
    }

    /// That which a command starts, and which says on its standard error where it listens.
    pub(super) fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = |line: String| Some(line.strip_prefix("listening on ")?.split(';').next()?.to_owned());
        let url = lines.find_map(|line| address(line.unwrap())).expect("it listens");
        // Its log is read to the end, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self::at(child, url)
    }

    /// One that listens there.
    pub(super) fn at(child: Child, url: String) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { child, url, agent }
    }

    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Sends bytes; the status and what is answered, where that is JSON.
    pub(super) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, Value) {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = self.agent.run(request.body(body).unwrap()).unwrap();
        let bytes = answer.body_mut().read_to_vec().unwrap();
        (answer.status().as_u16(), serde_json::from_slice(&bytes).unwrap_or_default())
    }

    pub(super) fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let mut answer = self.agent.get(format!("{}{path}", self.url)).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_vec().unwrap())
    }

    pub(super) fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.get(path).1).unwrap()
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.agent.post(format!("{}{path}", self.url)).header("content-type", "application/json");
        let mut answer = request.send(body.to_string()).unwrap();
        (answer.status().as_u16(), serde_json::from_slice(&answer.body_mut().read_to_vec().unwrap()).unwrap())
    }

    pub(super) fn kill(mut self) {
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

#[track_caller]
pub(super) fn wait_for(is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not come to that");
        std::thread::sleep(Duration::from_millis(2));
    }
}

//! What the server bears: many clients that read and poll while it renders, and one large upload.
//!
//!   cargo bench --bench serve                   200 clients, 30 seconds; an upload of 2 GB
//!   cargo bench --bench serve -- 50 10 1        50 clients, 10 seconds; an upload of 1 GB
//!
//! A client asks, waits half a second, and asks again, as a page does that shows how far a job is; every tenth listens to the
//! events of the job instead. The clients, the server and its ffmpeg share the machine.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a bench that cannot go on should stop, and what it counts is small"
)]

mod client;
mod upload;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use client::Client;

/// How long a client waits before it asks again.
const PAUSE: Duration = Duration::from_millis(500);

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let [clients, seconds, gigabytes] =
        [(0, 200), (1, 30), (2, 2)].map(|(place, usual)| *numbers.get(place).unwrap_or(&usual));
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path());
    let project = server.client().post("/api/projects", &json!({ "name": "load" }))["id"].as_str().unwrap().to_owned();

    println!("the server at rest: {} MB", server.resident());
    let job = server.render(&project, &root.join("examples/media/talk.mp4"));
    load(&server, &project, &job, clients, Duration::from_secs(seconds));
    println!("the server after it: {} MB, at most {} MB", server.resident(), server.peak());
    let state = server.client().get(&format!("/api/jobs/{job}"))["state"].clone();
    println!("the render was {state} at the end");
    let _ = server.client().request("POST", &format!("/api/jobs/{job}/cancel"), &[], b"");

    server.forget_peak();
    let clip = std::fs::read(root.join("examples/media/reel.mp4")).unwrap();
    let took = upload::upload(&server.address, &project, &clip, gigabytes << 30);
    println!(
        "an upload of {gigabytes} GB: {:.1} s, {:.0} MB a second, the server at most {} MB",
        took.as_secs_f64(),
        (gigabytes << 10) as f64 / took.as_secs_f64(),
        server.peak()
    );
}

/// All clients at the same time, and what their requests took.
fn load(server: &Server, project: &str, job: &str, clients: u64, span: Duration) {
    let paths = [
        format!("/api/jobs/{job}"),
        format!("/api/projects/{project}"),
        format!("/api/projects/{project}/scenario"),
        format!("/api/projects/{project}/assets"),
        format!("/api/projects/{project}/scenario/readiness"),
        "/api/projects".to_owned(),
        "/healthz".to_owned(),
    ];
    let (times, failures) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::<String>::new())));
    let stop = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    thread::scope(|scope| {
        for number in 0..clients {
            let (paths, times, failures, stop) = (&paths, &times, &failures, &stop);
            let (address, events) = (server.address.clone(), format!("/api/jobs/{job}/events"));
            scope.spawn(move || {
                // Nobody opens a page at the same moment as everybody else.
                thread::sleep(PAUSE * u32::try_from(number).unwrap() / u32::try_from(clients).unwrap());
                let mut client = Client::of(&address);
                if number % 10 == 9 {
                    if let Err(error) = client.listen(&events, span) {
                        failures.lock().unwrap().push(format!("events: {error}"));
                    }
                    return;
                }
                let (mut own, mut asked) = (Vec::new(), number as usize);
                while !stop.load(Ordering::Relaxed) && started.elapsed() < span {
                    let path = &paths[asked % paths.len()];
                    let start = Instant::now();
                    match client.try_request("GET", path, &[], b"") {
                        Ok((status, _)) if status < 400 => own.push(start.elapsed()),
                        Ok((status, body)) => failures.lock().unwrap().push(format!("{path}: {status} {body}")),
                        Err(error) => failures.lock().unwrap().push(format!("{path}: {error}")),
                    }
                    asked += 1;
                    thread::sleep(PAUSE);
                }
                times.lock().unwrap().extend(own);
            });
        }
    });
    let mut times = std::mem::take(&mut *times.lock().unwrap());
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{clients} clients for {} s: {} answers, {} failures; median {:.1} ms, 95 % within {:.1}, 99 % within {:.1}, all within {:.1}",
        span.as_secs(),
        times.len(),
        failures.lock().unwrap().len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
    for failure in failures.lock().unwrap().iter().take(5) {
        println!("  {failure}");
    }
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command.args(["serve", "--port", "0", "--data"]).arg(data);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().unwrap().contains("http://")).unwrap().unwrap();
        // What is not read would block it.
        thread::spawn(move || lines.for_each(drop));
        let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
        let address = address.trim_end_matches(['/', ',', ';']).to_owned();
        Self { child, address }
    }

    fn client(&self) -> Client {
        Client::of(&self.address)
    }

    /// Begins a render that outlasts the load: ten minutes of the clip, with a key phrase a minute.
    fn render(&mut self, project: &str, clip: &Path) -> String {
        let mut client = self.client();
        let headers = [("Content-Type", "video/mp4")];
        let place = format!("/api/projects/{project}/assets?name=talk.mp4");
        let (status, asset) = client.request("POST", &place, &headers, &std::fs::read(clip).unwrap());
        assert!(status == 201, "{status} {asset}");
        let asset: Value = serde_json::from_str(&asset).unwrap();
        let scenario = scenario(asset["id"].as_str().unwrap());
        let headers = [("Content-Type", "application/json"), ("If-None-Match", "*")];
        let place = format!("/api/projects/{project}/scenario");
        let (status, body) = client.request("PUT", &place, &headers, scenario.to_string().as_bytes());
        assert!(status < 300, "{status} {body}");
        client.post(&format!("{place}/render"), &json!({}))["id"].as_str().unwrap().to_owned()
    }

    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Megabytes.
    fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn scenario(asset: &str) -> Value {
    let segments: Vec<Value> = (0..13)
        .map(|number| {
            let start = number * 45;
            json!({ "id": format!("seg_{number}"), "start_sec": start, "end_sec": start + 45, "asset_id": asset,
                "asset_source": "uploaded", "asset_status": "ready" })
        })
        .collect();
    json!({ "scenario": {
        "metadata": { "total_duration_sec": 585, "aspect_ratio": "9:16" },
        "global_prompt": "тезисы",
        "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": 585, "overlays": [
            { "text": "Under load", "position": "top_center", "format": "thesis", "start_sec": 2, "end_sec": 5 }] }],
        "layers": [{ "type": "video", "segments": segments }] } })
}

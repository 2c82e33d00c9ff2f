//! A disk that is full while the server runs: what cannot be written is told, nothing half is kept, and with room it goes on.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::studio::{Served, project, render, scenario, wait_for};
use crate::api::Api;
use crate::media::{MAIN, RED};

/// Mounts a small disk, serves what is on it, and does what it is told by lines: `fill`, `free` and `list`.
const SCRIPT: &str = r#"
mount -t tmpfs -o size=$SIZE none "$DISK" || { echo "no disk"; exit 99; }
"$PROGRAM" serve --port 0 --reserve 0 --data "$DISK/data" &
server=$!
echo begun
while read -r line; do
    case $line in
    fill) cat /dev/zero >"$DISK/filler" 2>/dev/null ;;
    free) rm "$DISK/filler" ;;
    list) ls -A "$DISK/data/tmp" "$DISK/data/assets" "$DISK/data/outputs" | grep -v : | tr '\n' ' ' ;;
    esac
    echo
done
kill $server
wait $server
"#;

/// A server on a disk of its own, which can be filled; none where no such disk can be made.
struct Small {
    served: Served,
    answers: BufReader<std::process::ChildStdout>,
}

impl Small {
    fn start(folder: &Path, size: &str) -> Option<Self> {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT]);
        command.env("SIZE", size).env("DISK", folder).env("PROGRAM", env!("CARGO_BIN_EXE_callsheet"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLSHEET_")) {
            command.env_remove(name);
        }
        let can = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none \"$0\""])
            .arg(folder)
            .output();
        if !can.is_ok_and(|output| output.status.success()) {
            println!("skipped: no small disk can be made here");
            return None;
        }
        let mut served = Served::of({
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
            command
        });
        let mut answers = BufReader::new(served.child().stdout.take().unwrap());
        let mut begun = String::new();
        answers.read_line(&mut begun).unwrap();
        assert_eq!(begun, "begun\n");
        Some(Self { served, answers })
    }

    /// Does something to the disk; what there is to say about it.
    fn disk(&mut self, what: &str) -> String {
        let stdin = self.served.child().stdin.as_mut().unwrap();
        writeln!(stdin, "{what}").unwrap();
        stdin.flush().unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // The shell ends the server when it hears nothing more.
        drop(self.served.child().stdin.take());
        let _ = self.served.child().wait();
    }
}

const BYTES: (&str, &str) = ("content-type", "application/octet-stream");

#[test]
fn a_full_disk_is_told_and_with_room_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut small) = Small::start(folder.path(), "20m") else { return };
    let bytes = |clip: &crate::media::Clip| std::fs::read(clip.path()).unwrap();
    let (status, made) = small.served.post("/api/projects", &json!({ "name": "p" }));
    assert_eq!(status, 201);
    let project = format!("/api/projects/{}", made["id"].as_str().unwrap());
    let assets = format!("{project}/assets");
    let (status, main) = small.served.send("POST", &assets, &[BYTES], &bytes(&MAIN));
    assert_eq!(status, 201, "{main:#}");
    let scenario = scenario(main["id"].as_str().unwrap(), 4).to_string();
    let json = [("content-type", "application/json")];
    assert_eq!(small.served.send("PUT", &format!("{project}/scenario"), &json, scenario.as_bytes()).0, 201);
    let red = bytes(&RED);
    let new = json!({ "name": "red.mp4", "length": red.len() });
    let (status, upload) = small.served.post(&format!("{project}/uploads"), &new);
    assert_eq!(status, 201);
    let upload = format!("{project}/uploads/{}", upload["id"].as_str().unwrap());
    let before = small.disk("list");

    small.disk("fill");
    let (status, refused) = small.served.send("POST", &assets, &[BYTES], &red);
    assert_eq!((status, &refused["code"]), (507, &json!("disk_full")), "{refused:#}");
    let (status, refused) = small.served.send("PATCH", &upload, &[BYTES, ("upload-offset", "0")], &red);
    assert_eq!((status, &refused["code"]), (507, &json!("disk_full")), "{refused:#}");
    assert_eq!(small.disk("list"), before, "nothing half is kept");
    // A job may be taken yet, where the store has room in what it has; it is not lost, and says why it ends.
    let rendered =
        |small: &Small| small.served.post(&format!("{project}/scenario/render"), &json!({ "preset": "ultrafast" }));
    let over = |small: &Small, id: &Value| {
        let place = format!("/api/jobs/{}", id.as_str().unwrap());
        wait_for(|| small.served.json(&place)["finished_at"].is_string());
        small.served.json(&place)
    };
    let (status, job) = rendered(&small);
    let taken = (status == 202).then(|| job["id"].clone());
    assert!(taken.is_some() || (status, &job["code"]) == (507, &json!("disk_full")), "{job:#}");
    assert_eq!(small.served.get("/healthz").0, 200);
    assert_eq!(small.served.get(&project).0, 200, "what is there can be read");

    small.disk("free");
    if let Some(id) = taken {
        let job = over(&small, &id);
        assert!(job["state"] == "done" || job["problem"]["code"] == "disk_full", "{job:#}");
    }
    let (status, asset) = small.served.send("PATCH", &upload, &[BYTES, ("upload-offset", "0")], &red);
    assert_eq!(status, 201, "the upload goes on: {asset:#}");
    let (status, job) = rendered(&small);
    assert_eq!(status, 202, "{job:#}");
    let done = over(&small, &job["id"]);
    assert_eq!(done["state"], "done", "{done:#}");
    assert_eq!(small.served.get(done["download_url"].as_str().unwrap()).0, 200);
}

#[test]
fn what_would_leave_too_little_room_is_not_begun() {
    let api = Api::start();
    let project = project(&api, "p", 1);
    let api = api.restart_with(|config| config.limits.reserve = 1 << 62);
    let codes = [
        api.post(&format!("{project}/scenario/render"), &json!({})),
        api.post(&format!("{project}/uploads"), &json!({ "name": "a", "length": 1 })),
        api.send("POST", &format!("{project}/assets"), &[BYTES], "a"),
        api.get("/readyz"),
    ]
    .map(|answer| (answer.status, answer.id("code")));
    assert_eq!(codes, [(); 4].map(|()| (507, "disk_full".to_owned())));
    assert_eq!(api.get("/healthz").status, 200);
    assert_eq!(api.delete(&project).status, 204, "room can be made");
}

#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let api = Api::start_with(|config| config.jobs = 0);
    let project = project(&api, "p", 1);
    let jobs = [render(&api, &project), render(&api, &project)];
    let folder = api.stop();
    let programs = tempfile::tempdir().unwrap();
    let fake = programs.path().join("ffmpeg");
    std::fs::write(&fake, "#!/bin/sh\ncase \"$*\" in *-version*) exec /usr/bin/ffmpeg -version;; esac\nkill -9 $$\n")
        .unwrap();
    std::fs::set_permissions(&fake, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    // A port that is free, for it cannot say which it took.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
    command.args(["serve", "--port", &port.to_string(), "--data"]).arg(folder.path());
    command.env("PATH", format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap()));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let served = Served::at(command.stderr(full).spawn().unwrap(), format!("http://127.0.0.1:{port}"));
    wait_for(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    for job in jobs {
        wait_for(|| served.json(&job)["state"] == "failed");
        assert_eq!(served.json(&job)["problem"]["code"], "ffmpeg_failed");
    }
}

//! Media go in.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::api::{Answer, Api};
use crate::media::{BLUE, Clip, MAIN, MUSIC, PHOTO, RED};

const BYTES: (&str, &str) = ("content-type", "application/octet-stream");

fn bytes(clip: &Clip) -> Vec<u8> {
    std::fs::read(clip.path()).unwrap()
}

fn upload(api: &Api, project: &str, clip: &Clip) -> Answer {
    let path = format!("{project}/assets?name={}", clip.name);
    api.send("POST", &path, &[BYTES], bytes(clip))
}

/// The names of the files that are kept.
fn kept(api: &Api, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(api.data().join(folder)).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// An answer without what depends on how this machine's encoder writes a file.
fn shown(answer: &Answer) -> String {
    let json = answer.json();
    let (hash, bytes) = (json["blake3"].as_str().unwrap(), json["bytes"].to_string());
    answer.shown().replace(hash, "[hash]").replace(&format!("\"bytes\": {bytes}"), "\"bytes\": [bytes]")
}

#[test]
fn a_video_a_photo_and_a_sound_are_measured_on_arrival() {
    let api = Api::start();
    let project = api.project("media");
    let answers = [&MAIN, &BLUE, &PHOTO, &MUSIC].map(|clip| shown(&upload(&api, &project, clip)));
    insta::assert_snapshot!(answers.join("\n\n"));
    let hash = |clip: &Clip| blake3::hash(&bytes(clip)).to_hex();
    let mut names = [(&MAIN, "mp4"), (&BLUE, "mkv"), (&PHOTO, "png"), (&MUSIC, "mp3")]
        .map(|(clip, ending)| format!("{}.{ending}", hash(clip)));
    names.sort();
    assert_eq!(kept(&api, "assets"), names, "files are named by their content alone");
    assert_eq!(kept(&api, "tmp"), [""; 0]);
    let list = api.get(&format!("{project}/assets?limit=3")).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    let next = list["next"].as_str().unwrap();
    let rest = api.get(&format!("{project}/assets?limit=3&after={next}")).json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    let first = &list["items"][0];
    let place = format!("{project}/assets/{}", first["id"].as_str().unwrap());
    assert_eq!(&api.get(&place).json(), first);
}

#[test]
fn a_form_as_curl_sends_it_is_taken_too_and_its_paths_are_only_labels() {
    let api = Api::start();
    let project = api.project("media");
    let form = |name: &str, content: &[u8]| {
        let head = format!(
            "--xx\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
             --xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        let body = [head.as_bytes(), content, b"\r\n--xx--\r\n"].concat();
        let path = format!("{project}/assets");
        api.send("POST", &path, &[("content-type", "multipart/form-data; boundary=xx")], body)
    };
    let made = form("../../etc/passwd\u{2026}.mp4", &bytes(&RED));
    assert_eq!((made.status, made.id("name").as_str()), (201, "passwd\u{2026}.mp4"));
    assert_eq!(kept(&api, "assets").len(), 1);
    let nothing = api.send(
        "POST",
        &format!("{project}/assets"),
        &[("content-type", "multipart/form-data; boundary=xx")],
        "--xx--\r\n",
    );
    insta::assert_snapshot!(nothing.shown());
}

#[test]
fn a_file_is_kept_once_however_often_and_wherever_it_comes() {
    let api = Api::start();
    let (one, other) = (api.project("one"), api.project("other"));
    let first = upload(&api, &one, &RED);
    let again = upload(&api, &one, &RED);
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.json(), again.json());
    let elsewhere = upload(&api, &other, &RED);
    assert_eq!(elsewhere.status, 201);
    assert_ne!(elsewhere.id("id"), first.id("id"));
    assert_eq!(kept(&api, "assets").len(), 1);
    // Neither project reaches the other's asset.
    assert_eq!(api.get(&format!("{one}/assets/{}", elsewhere.id("id"))).status, 404);
    assert_eq!(api.delete(&format!("{one}/assets/{}", elsewhere.id("id"))).status, 404);
    assert_eq!(api.delete(&format!("{one}/assets/{}", first.id("id"))).status, 204);
    assert_eq!(kept(&api, "assets").len(), 1, "the other project still has it");
    assert_eq!(api.delete(&other).status, 204);
    assert_eq!(kept(&api, "assets"), [""; 0]);
}

#[test]
fn what_is_no_media_is_refused_and_not_kept() {
    let api = Api::start_with(|config| {
        config.limits.seconds = 3;
        config.limits.pixels = 100 * 180;
    });
    let project = api.project("media");
    let path = format!("{project}/assets?name=x.mp4");
    let answers = [
        ("a text", api.send("POST", &path, &[BYTES], "hello")),
        ("nothing", api.send("POST", &path, &[BYTES], "")),
        ("a playlist", api.send("POST", &path, &[BYTES], "ffconcat version 1.0\nfile t.mp4\n")),
        ("too long", upload(&api, &project, &MAIN)),
        ("too large a picture", upload(&api, &project, &RED)),
        ("another type", api.send("POST", &path, &[("content-type", "text/html")], "hello")),
        ("no name at all", api.send("POST", &format!("{project}/assets?name=%0A"), &[BYTES], "hello")),
        ("in Russian", api.send("POST", &path, &[BYTES, ("accept-language", "ru")], "hello")),
    ]
    .map(|(what, answer)| format!("{what}\n{}\n", answer.shown()))
    .join("\n");
    insta::assert_snapshot!(answers);
    assert_eq!((kept(&api, "assets"), kept(&api, "tmp")), (vec![], vec![]));
}

#[test]
fn a_file_that_is_too_large_is_refused_before_it_arrives_and_while_it_does() {
    let api = Api::start_with(|config| config.limits.upload = 1000);
    let project = api.project("media");
    let path = format!("{project}/assets");
    insta::assert_snapshot!(api.send("POST", &path, &[BYTES], vec![0; 1001]).shown());
    // Without a length, as much as is taken, and no more.
    let mut reader = std::io::repeat(0).take(1 << 20);
    let endless = api.send("POST", &path, &[BYTES], ureq::SendBody::from_reader(&mut reader));
    assert_eq!(endless.status, 413);
    assert_eq!(api.post(&format!("{project}/uploads"), &json!({ "name": "x", "length": 1001 })).status, 413);
    assert_eq!(kept(&api, "tmp"), [""; 0]);
}

#[test]
fn an_upload_goes_on_where_it_broke_off_also_after_a_restart() {
    let api = Api::start();
    let project = api.project("media");
    let content = bytes(&MAIN);
    let begun = api.post(&format!("{project}/uploads"), &json!({ "name": "main.mp4", "length": content.len() }));
    let place = begun.header("location").unwrap().to_owned();
    insta::assert_snapshot!(begun.shown().replace(&content.len().to_string(), "[length]"));
    let patch = |api: &Api, offset: usize, end: usize| {
        let headers = [BYTES, ("upload-offset", &*offset.to_string())];
        api.send("PATCH", &place, &headers, &content[offset..end])
    };
    let offset = |api: &Api| {
        let head = api.send("HEAD", &place, &[], ());
        assert_eq!((head.status, head.body.len()), (200, 0));
        head.header("upload-offset").unwrap().parse::<usize>().unwrap()
    };
    assert_eq!(offset(&api), 0);
    let first = patch(&api, 0, 1000);
    assert_eq!((first.status, first.header("upload-offset")), (204, Some("1000")));
    insta::assert_snapshot!(patch(&api, 900, 1000).shown());

    // The client promises 5000 bytes and goes away after 500: those are kept.
    let mut stream = TcpStream::connect(api.address()).unwrap();
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nUpload-Offset: 1000\r\n\
         Content-Length: 5000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&content[1000..1500]).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(offset(&api), 1500);

    let api = api.restart();
    assert_eq!(offset(&api), 1500);
    let done = patch(&api, 1500, content.len());
    assert_eq!((done.status, done.id("name").as_str()), (201, "main.mp4"));
    assert_eq!(done.id("blake3"), blake3::hash(&content).to_hex().as_str());
    assert_eq!(api.get(&place).status, 404);
    assert_eq!((kept(&api, "assets").len(), kept(&api, "tmp")), (1, vec![]));
}

#[test]
fn an_upload_that_is_given_up_leaves_nothing_behind() {
    let api = Api::start();
    let project = api.project("media");
    let begin = || {
        let begun = api.post(&format!("{project}/uploads"), &json!({ "name": "x", "length": 4 }));
        begun.header("location").unwrap().to_owned()
    };
    let (first, second) = (begin(), begin());
    assert_eq!(api.delete(&first).status, 204);
    assert_eq!(api.delete(&first).status, 404);
    api.clock.advance(7 * 24 * 3600 * 1000 + 1);
    assert_eq!(api.get(&second).status, 404, "a week is over");
    let third = begin();
    assert_eq!(kept(&api, "tmp").len(), 1);
    // What is no media when it is whole is refused then.
    let answer = api.send("PATCH", &third, &[BYTES, ("upload-offset", "0")], "oops");
    assert_eq!((answer.status, answer.id("code").as_str()), (422, "bad_media"));
    let fourth = begin();
    assert_eq!(api.send("PATCH", &fourth, &[BYTES, ("upload-offset", "0")], "too much").status, 413);
    assert_eq!(api.send("PATCH", &fourth, &[BYTES], "oops").status, 400);
    assert_eq!(api.send("PATCH", &fourth, &[BYTES, ("upload-offset", "0")], "").status, 422, "nothing is no piece");
    assert_eq!(api.delete(&project).status, 204);
    assert_eq!(kept(&api, "tmp"), [""; 0]);
}

#[test]
fn a_project_has_only_so_many_uploads_under_way() {
    let api = Api::start();
    let project = api.project("media");
    let begin = || api.post(&format!("{project}/uploads"), &json!({ "name": "x", "length": 4 }));
    let begun: Vec<Answer> = (0..50).map(|_| begin()).collect();
    assert!(begun.iter().all(|answer| answer.status == 201));
    insta::assert_snapshot!(begin().shown());
    assert_eq!(kept(&api, "tmp").len(), 50);
    assert_eq!(api.delete(begun[0].header("location").unwrap()).status, 204);
    assert_eq!(begin().status, 201);
}

#[test]
fn what_a_killed_server_left_half_done_is_gone_after_the_start() {
    let api = Api::start();
    let project = api.project("media");
    assert_eq!(upload(&api, &project, &RED).status, 201);
    let stray = [api.data().join("assets/0000.mp4"), api.data().join("tmp/upload-x"), api.data().join("tmp/x.part")];
    for path in &stray {
        std::fs::write(path, "half").unwrap();
    }
    let api = api.restart();
    assert!(stray.iter().all(|path| !path.exists()));
    assert_eq!(kept(&api, "assets").len(), 1);
}

#[test]
fn an_upload_whose_end_is_refused_goes_on_when_there_is_room_and_leaves_no_file_behind() {
    let api = Api::start_with(|config| config.limits.assets = 1);
    let project = api.project("media");
    let first = upload(&api, &project, &MAIN);
    let (before, red) = (kept(&api, "assets"), bytes(&RED));
    let refused = upload(&api, &project, &RED);
    assert_eq!((refused.status, kept(&api, "assets"), kept(&api, "tmp").len()), (409, before.clone(), 0));
    let begun = api.post(&format!("{project}/uploads"), &json!({ "name": "red.mp4", "length": red.len() }));
    let place = begun.header("location").unwrap().to_owned();
    let refused = api.send("PATCH", &place, &[BYTES, ("upload-offset", "0")], &red[..]);
    assert_eq!((refused.status, kept(&api, "assets")), (409, before), "{}", refused.shown());
    let api = api.restart_with(|config| config.limits.assets = 1);
    assert_eq!(api.delete(&format!("{project}/assets/{}", first.id("id"))).status, 204);
    let offset = red.len().to_string();
    assert_eq!(api.get(&place).header("upload-offset"), Some(offset.as_str()));
    let done = api.send("PATCH", &place, &[BYTES, ("upload-offset", &offset)], ());
    assert_eq!((done.status, kept(&api, "assets").len(), kept(&api, "tmp").len()), (201, 1, 0), "{}", done.shown());
    assert_eq!(api.get(&place).status, 404);
}

#[test]
fn the_media_of_a_project_are_not_larger_than_is_allowed() {
    let (main, red) = (bytes(&MAIN), bytes(&RED));
    let most = main.len() as u64 + 100;
    let api = Api::start_with(|config| config.limits.project = most);
    let project = api.project("media");
    assert_eq!(upload(&api, &project, &MAIN).status, 201);
    let begin =
        |length: usize| api.post(&format!("{project}/uploads"), &json!({ "name": "red.mp4", "length": length }));
    for refused in [upload(&api, &project, &RED), begin(red.len())] {
        assert_eq!((refused.status, &refused.json()["limit"]), (409, &json!(most)), "{}", refused.shown());
    }
    assert_eq!((begin(60).status, begin(60).status), (201, 409), "what is under way counts too");
    assert_eq!(upload(&api, &project, &MAIN).status, 200, "what is there is there");
    assert_eq!(kept(&api, "assets").len(), 1);
}

#[test]
fn a_form_that_is_sent_again_has_another_boundary_and_is_the_same_request() {
    let api = Api::start();
    let project = api.project("media");
    let send = |boundary: &str| {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\r\n\r\n");
        let body = [head.as_bytes(), &bytes(&RED), format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={boundary}");
        let headers = [("content-type", kind.as_str()), ("idempotency-key", "once")];
        api.send("POST", &format!("{project}/assets"), &headers, body)
    };
    let (first, again) = (send("abcd"), send("efgh"));
    assert_eq!((first.status, again.status), (201, 201), "{}", again.shown());
    assert_eq!((again.header("idempotency-replayed"), first.id("id")), (Some("true"), again.id("id")));
}

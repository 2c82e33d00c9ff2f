//! The pages, as a browser gets them: over plain HTTP, and in Chromium where there is one.

#[path = "page/browser.rs"]
mod browser;

use serde_json::{Value, json};

use crate::api::{Answer, Api};
use crate::media::{MAIN, RED};

/// The address of a page of the project at `/api/projects/…`.
fn page(project: &str) -> String {
    project.replacen("/api", "", 1)
}

fn upload(api: &Api, project: &str, name: &str, bytes: Vec<u8>) -> String {
    let path = format!("{project}/assets?name={name}");
    api.send("POST", &path, &[("content-type", "application/octet-stream")], bytes).id("id")
}

/// Two seconds of a clip, small.
fn scenario(clip: &str) -> Value {
    json!({
        "scenario": {
            "metadata": { "total_duration_sec": 2, "aspect_ratio": "9:16", "resolution": 120 },
            "global_prompt": "без субтитров, с тезисами",
            "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": 2 }],
            "layers": [{ "type": "video", "segments": [{ "start_sec": 0, "end_sec": 2, "asset_id": clip }] }],
        },
    })
}

fn put(api: &Api, project: &str, scenario: &Value) {
    let headers = [("content-type", "application/json")];
    let answer = api.send("PUT", &format!("{project}/scenario"), &headers, scenario.to_string());
    assert_eq!(answer.status, 201, "{}", answer.shown());
}

/// The files that a page loads.
fn files(html: &str) -> Vec<String> {
    // A slash is escaped like everything that could end something.
    let html = html.replace("&#x2f;", "/");
    let mut found: Vec<String> =
        html.split('"').filter(|part| part.starts_with("/static/")).map(str::to_owned).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn pages_load_files_of_their_own_alone_and_those_are_kept_for_good() {
    let api = Api::start();
    let home = api.get("/");
    assert_eq!(home.status, 200);
    assert_eq!(home.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = home.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let html = home.text();
    assert!(!html.contains("style=\"") && !html.contains("onclick"), "nothing that the policy forbids");
    let found = files(html);
    assert_eq!(found.len(), 3, "{found:?}");
    let mut bytes = 0;
    for file in &found {
        let answer = api.get(file);
        assert_eq!(answer.status, 200, "{file}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let known = [("if-none-match", answer.header("etag").unwrap())];
        assert_eq!(api.send("GET", file, &known, ()).status, 304);
        bytes += answer.body.len();
    }
    assert!(bytes < 150_000, "{bytes}");
    assert_eq!(api.get("/static/page-0000000000000000.js").status, 404);
}

#[test]
fn a_page_speaks_the_language_that_was_chosen_or_else_the_browsers() {
    let api = Api::start();
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let answer = api.send("GET", path, headers, ());
        let language = answer.header("content-language").unwrap().to_owned();
        let word = if language == "ru" { "Ваши проекты" } else { "Your projects" };
        assert!(answer.text().contains(word), "{path} {headers:?}");
        assert!(answer.text().contains(&format!("<html lang=\"{language}\">")));
        (language, answer.header("set-cookie").map(str::to_owned))
    };
    assert_eq!(ask("/", &[]).0, "en");
    assert_eq!(ask("/", &[("accept-language", "ru-RU,ru;q=0.9,en;q=0.8")]).0, "ru");
    let (language, cookie) = ask("/?lang=ru", &[("accept-language", "en")]);
    assert_eq!(language, "ru");
    let cookie = cookie.unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(ask("/", &[("accept-language", "en"), ("cookie", &cookie)]).0, "ru");
    assert_eq!(ask("/?lang=xx", &[]).1, None);
}

#[test]
fn a_hostile_name_is_only_a_name() {
    let api = Api::start();
    let name = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let project = api.project(name);
    for path in ["/".to_owned(), page(&project)] {
        let answer = api.get(&path);
        let html = answer.text();
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{path}:\n{html}");
        assert!(html.contains("&lt;script&gt;alert(1)"), "{path}");
        // What the script reads is JSON, whatever is in it.
        let boot = html.split("id=\"boot\">").nth(1).unwrap().split("</script>").next().unwrap();
        let boot: Value = serde_json::from_str(boot).unwrap();
        if path != "/" {
            assert_eq!(boot["project"]["name"], name);
        }
    }
}

#[test]
fn a_project_that_is_not_there_is_told_to_people_as_a_page() {
    let api = Api::start();
    let path = "/projects/aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let answer = api.send("GET", path, &[("accept-language", "ru")], ());
    assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(answer.text().contains("Такого проекта нет"));
    assert_eq!(api.get(&format!("{path}/assets/aaaaaaaaaaaaaaaaaaaaaaaaaa/poster")).json()["code"], "not_found");
}

#[test]
fn stills_waveforms_and_frames_are_made_of_the_media() {
    let api = Api::start();
    let project = api.project("stills");
    let main = upload(&api, &project, "main.mp4", std::fs::read(MAIN.path()).unwrap());
    let red = upload(&api, &project, "red.mp4", std::fs::read(RED.path()).unwrap());
    let place = page(&project);
    let poster = api.get(&format!("{place}/assets/{red}/poster"));
    assert_eq!((poster.status, poster.header("content-type")), (200, Some("image/jpeg")));
    assert_eq!(poster.header("cache-control"), Some("private, max-age=31536000, immutable"));
    assert_eq!(size(&poster), [320, 180]);
    // A tone of six seconds, a byte for each twentieth of one; a picture without sound has none.
    let wave = api.get(&format!("{place}/assets/{main}/wave"));
    assert!(wave.body.len().abs_diff(120) <= 2, "{}", wave.body.len());
    assert!(wave.body[10..110].iter().all(|loud| *loud > 10), "{:?}", wave.body);
    assert_eq!(api.get(&format!("{place}/assets/{red}/wave")).status, 404);
    // A frame of what is not kept.
    let scenario = scenario(&red);
    let frame = api.post(&format!("{place}/frame?at=1&width=90"), &scenario);
    assert_eq!(frame.status, 200, "{}", frame.shown());
    assert_eq!(size(&frame), [90, 160]);
    assert_eq!(api.get(&format!("{project}/scenario")).status, 404, "nothing is kept");
    put(&api, &project, &scenario);
    let decision = api.get(&format!("{place}/decision")).json();
    assert_eq!((&decision["theses"], &decision["subtitles"]), (&json!(true), &json!(false)));
    assert_eq!(decision["because"]["subtitles"][0]["text"], "без субтитров");
}

#[test]
fn a_still_of_the_librarys_clips_is_had_by_the_id_of_a_candidate_and_by_nothing_else() {
    let library = tempfile::tempdir().unwrap();
    std::fs::copy(RED.path(), library.path().join("night city.mp4")).unwrap();
    std::fs::write(library.path().join("night.txt"), "a secret").unwrap();
    let named = library.path().to_owned();
    let api = Api::start_with(|config| {
        config.fill =
            callsheet::fill::Config { library: Some(named), memory: None, ..callsheet::fill::Config::default() };
    });
    let project = api.project("stills");
    let red = upload(&api, &project, "red.mp4", std::fs::read(RED.path()).unwrap());
    let mut waiting = scenario(&red);
    waiting["scenario"]["layers"][0]["segments"][0] =
        json!({ "id": "cut", "start_sec": 0, "end_sec": 2, "asset_source": "generated", "asset_status": "pending" });
    waiting["scenario"]["scenes"][0]["visual_description"] = json!("night city");
    put(&api, &project, &waiting);
    let found = api.send("POST", &format!("{project}/scenario/segments/cut/candidates"), &[], ());
    let candidate = &found.json()["candidates"][0];
    let preview = candidate["preview"].as_str().unwrap();
    assert_eq!(preview, format!("{}/library/{}/poster", page(&project), candidate["id"].as_str().unwrap()));
    let still = api.get(preview);
    assert_eq!((still.status, still.header("content-type")), (200, Some("image/jpeg")), "{}", still.shown());
    assert_eq!(size(&still), [320, 180]);
    // No path leads anywhere, nor does the id of a file that is no clip.
    let text = blake3::hash(b"night.txt").to_hex().chars().take(12).collect::<String>();
    for id in [text.as_str(), "night%20city.mp4", "..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd"] {
        assert_eq!(api.get(&format!("{}/library/{id}/poster", page(&project))).status, 404, "{id}");
    }
    let elsewhere = preview.replace(&page(&project), "/projects/aaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(api.get(&elsewhere).status, 404, "a project that is not there");
}

/// Width and height of a JPEG, from its frame header.
fn size(jpeg: &Answer) -> [u16; 2] {
    let bytes = &jpeg.body;
    let at = (2..bytes.len()).find(|at| bytes[*at] == 0xFF && matches!(bytes[at + 1], 0xC0 | 0xC2)).unwrap();
    let number = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    [number(at + 7), number(at + 5)]
}

#[test]
fn the_words_that_a_switch_writes_into_the_prompt_are_heard() {
    let api = Api::start();
    let project = api.project("switch");
    let red = upload(&api, &project, "red.mp4", std::fs::read(RED.path()).unwrap());
    put(&api, &project, &scenario(&red));
    let table: Value = serde_json::from_str(include_str!("../../templates/page/words.json")).unwrap();
    for what in ["theses", "subtitles"] {
        for (on, key) in [(true, format!("says.{what}_on")), (false, format!("says.{what}_off"))] {
            for words in table[&key].as_array().unwrap() {
                // After the opposite, too: the last word holds.
                let opposite = &table[format!("says.{what}_{}", if on { "off" } else { "on" })][0];
                for prompt in [
                    words.as_str().unwrap().to_owned(),
                    format!("A video about bread. {} {}", opposite.as_str().unwrap(), words.as_str().unwrap()),
                ] {
                    let prompt = prompt.replace(' ', "%20");
                    let path = format!("{}/decision?prompt={}", page(&project), encoded(&prompt));
                    assert_eq!(api.get(&path).json()[what], on, "{prompt}");
                }
            }
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn a_browser_shows_its_token_once_and_only_pages_of_this_server_write_with_it() {
    let api = Api::start();
    let tokens = callsheet::serve::Tokens::open(api.data(), callsheet::serve::Clock::system()).unwrap();
    let (_, token) = tokens.make("browser", false).unwrap();
    let asked = api.get("/");
    assert_eq!((asked.status, asked.header("location")), (303, Some("/session")));
    assert!(api.get("/session").text().contains("id=\"token\""));
    let show = |token: &str| api.post("/session", &json!({ "token": token }));
    assert_eq!(show("wrong").status, 401);
    let session = show(&token);
    assert_eq!(session.status, 204, "{}", session.shown());
    let cookie = session.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(api.send("GET", "/", &[("cookie", cookie)], ()).status, 200);
    let write = |site: &str| {
        let headers = [("cookie", cookie), ("sec-fetch-site", site), ("content-type", "application/json")];
        api.send("POST", "/api/projects", &headers, json!({ "name": "by cookie" }).to_string()).status
    };
    assert_eq!((write("same-origin"), write("cross-site"), write("same-site")), (201, 403, 403));
    let headers = [("cookie", cookie), ("content-type", "application/json")];
    assert_eq!(api.send("POST", "/api/projects", &headers, "{\"name\": \"nobody\"}").status, 403, "no browser");
}

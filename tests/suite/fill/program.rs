//! `callsheet fill` and `render --fill auto` as their users run them.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use super::{BRIEF, COAST, bytes, names, story};
use crate::cli::{Desk, Outcome};
use crate::media::{MAIN, RED, frames};
use crate::stock::{Kind, Mood, STOCK_KEY, Stock};
use crate::veo::{VEO_KEY, Veo, Whim};

/// A desk with such a story, and with a library of these clips.
fn desk(description: &str, library: &[(&str, &crate::media::Clip)]) -> Desk {
    let desk = Desk::new();
    let assets = desk.clips(&[&MAIN]);
    desk.write("scenario.json", serde_json::to_string_pretty(&story(description, &assets)).unwrap());
    if !library.is_empty() {
        std::fs::create_dir(desk.path("library")).unwrap();
    }
    for (name, clip) in library {
        std::fs::copy(clip.path(), desk.path("library").join(name)).unwrap();
    }
    desk
}

fn scenario(desk: &Desk) -> Value {
    serde_json::from_slice(&std::fs::read(desk.path("scenario.json")).unwrap()).unwrap()
}

fn cut(desk: &Desk) -> Value {
    scenario(desk)["scenario"]["layers"][0]["segments"][1].clone()
}

fn run(desk: &Desk, arguments: &[&str], variables: &[(&'static str, String)]) -> Outcome {
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let outcome = desk.run_with(arguments, &variables);
    for said in [&outcome.stdout, &outcome.stderr] {
        assert!(!said.contains(STOCK_KEY) && !said.contains(VEO_KEY), "{said}");
    }
    outcome
}

const FILL: [&str; 2] = ["fill", "scenario.json"];

fn fill<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&FILL[..], more].concat()
}

#[test]
fn what_waits_is_listed_with_what_fits() {
    let desk = desk("Night city", &[("night_city.mp4", &RED), ("city-night-2.mp4", &COAST), ("sea.mp4", &BRIEF)]);
    let stock = Stock::new(Kind::Pixabay, Mood::Fine, bytes(&COAST));
    let before = scenario(&desk);
    let listed = run(&desk, &FILL, &stock.environment());
    insta::assert_snapshot!(listed.whole());
    let listed = run(&desk, &fill(&["--json", "--segment", "cut", "--query", "the sea"]), &[]);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed["segments"][0]["wish"]["query"], "the sea");
    assert_eq!(listed["segments"][0]["candidates"][0]["title"], "sea.mp4");
    assert_eq!(scenario(&desk), before);
}

#[test]
fn a_picked_clip_is_in_the_scenario_and_in_the_video() {
    let desk = desk("Night city", &[]);
    let stock = Stock::new(Kind::Pexels, Mood::Fine, bytes(&COAST));
    let picked = run(&desk, &fill(&["--segment", "cut", "--from", "pexels", "--pick", "101"]), &stock.environment());
    assert_eq!(picked.code, 0, "{}", picked.stderr);
    let text = std::fs::read_to_string(desk.path("scenario.json")).unwrap();
    let hash = blake3::hash(&bytes(&COAST)).to_hex();
    insta::assert_snapshot!(text.replace(hash.as_str(), "[hash]"));
    // What was filled can be filled by another.
    let other = run(&desk, &fill(&["--segment", "cut", "--from", "pexels", "--pick", "2"]), &stock.environment());
    assert_eq!((other.code, &cut(&desk)["asset_id"]), (0, &json!("pexels-202")), "{}", other.stderr);
    let rendered = run(&desk, &["render", "scenario.json", "-o", "out.mp4", "--preset", "ultrafast", "-q"], &[]);
    assert_eq!(rendered.code, 0, "{}", rendered.stderr);
    let frames = frames(&desk.path("out.mp4"), 1, 1);
    let [red, green, blue] = frames[45][0];
    assert!(red < 60 && green > 90 && blue > 90, "{:?} is not teal", frames[45][0]);
    assert!(frames[80][0][0] > 70, "{:?} is not grey", frames[80][0]);
}

#[test]
fn a_short_clip_gets_a_fit_that_the_plan_shows() {
    for (asked, expected, note) in [
        (None, "loop", "it begins again where it ends"),
        (Some("freeze"), "freeze", "its last frame stands"),
        (Some("slow"), "slow", "it plays at 67 % of its speed"),
        (Some("trim"), "trim", "it is gone at 2 s"),
    ] {
        let desk = desk("A brief sea", &[("sea.mp4", &BRIEF)]);
        let more = asked.map(|fit| ["--fit", fit]);
        let arguments =
            [&fill(&["--segment", "cut", "--from", "library"])[..], more.as_ref().map_or(&[], |more| &more[..])];
        let filled = run(&desk, &arguments.concat(), &[]);
        assert_eq!(filled.code, 0, "{}", filled.stderr);
        assert_eq!(cut(&desk)["params"]["clip_fit"], expected);
        let plan = run(&desk, &["plan", "scenario.json"], &[]);
        assert!(plan.code == 0 && plan.stdout.contains(note), "{}{}", plan.stdout, plan.stderr);
    }
}

#[test]
fn all_that_wait_are_filled_by_the_order_of_those_who_cost_nothing() {
    let clips: &[(&str, &crate::media::Clip)] = &[("city.mp4", &RED), ("coast.mp4", &COAST)];
    // The library's city lies across, so the stock's is taken; its coast is taken before any stock is asked.
    let desk = desk("A city", clips);
    let stock = Stock::new(Kind::Pexels, Mood::Fine, bytes(&COAST));
    let veo = Veo::new(Whim::Fine, bytes(&COAST), None);
    let environment = [&stock.environment()[..], &veo.environment()[..]].concat();
    let filled = run(&desk, &fill(&["--auto", "--json"]), &environment);
    assert_eq!(filled.code, 0, "{}", filled.stderr);
    let filled: Value = serde_json::from_str(&filled.stdout).unwrap();
    assert_eq!((&filled["filled"][0]["provider"], &filled["waiting"]), (&json!("pexels"), &json!([])));
    let coast = self::desk("A coast", clips);
    run(&coast, &fill(&["--auto"]), &environment);
    assert!(cut(&coast)["asset_id"].as_str().unwrap().starts_with("library-"));
    // Nobody is owed anything where nobody said so; who filled it is known, so another clip may take its place.
    let id = cut(&coast)["asset_id"].as_str().unwrap().to_owned();
    assert_eq!(scenario(&coast)["credits"], json!({ id: { "provider": "library" } }));
    let mut story = scenario(&coast);
    story["scenario"]["layers"][0]["segments"][1].as_object_mut().unwrap().remove("asset_source");
    coast.write("scenario.json", story.to_string());
    let again = run(&coast, &fill(&["--segment", "cut", "--from", "library", "--query", "city"]), &environment);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!((stock.searches().len(), veo.requests().len()), (1, 0));
}

#[test]
fn no_clip_is_taken_twice_while_there_is_another() {
    let desk = desk("A city", &[]);
    let mut story = scenario(&desk);
    let segments = story["scenario"]["layers"][0]["segments"].as_array_mut().unwrap();
    segments[1]["end_sec"] = json!(1.5);
    segments.push(json!({ "id": "cut-2", "start_sec": 2, "end_sec": 3, "asset_source": "generated" }));
    desk.write("scenario.json", story.to_string());
    let stock = Stock::new(Kind::Pexels, Mood::Fine, bytes(&COAST));
    let filled = run(&desk, &fill(&["--auto", "--json"]), &stock.environment());
    let filled: Value = serde_json::from_str(&filled.stdout).unwrap();
    let ids: Vec<&Value> = filled["filled"].as_array().unwrap().iter().map(|one| &one["asset_id"]).collect();
    assert_eq!(ids, ["pexels-101", "pexels-202"]);
    // One search for both: the second is answered from memory.
    assert_eq!(stock.searches().len(), 1);
}

#[test]
fn a_clip_that_cannot_be_brought_gives_way_to_the_next_provider() {
    let desk = desk("A city", &[]);
    let broken = Stock::new(Kind::Pexels, Mood::NoVideo, bytes(&COAST));
    let fine = Stock::new(Kind::Pixabay, Mood::Fine, bytes(&COAST));
    let environment = [broken.environment(), fine.environment()].concat();
    let filled = run(&desk, &fill(&["--auto"]), &environment);
    assert_eq!((filled.code, &cut(&desk)["asset_id"]), (0, &json!("pixabay-101")), "{}", filled.stderr);
    assert!(filled.stderr.contains("pexels: `101` cannot be used"), "{}", filled.stderr);
}

#[test]
fn a_part_of_the_picture_underneath_takes_no_clip_that_is_too_short() {
    let desk = desk("A sea", &[("sea.mp4", &BRIEF)]);
    let mut story = scenario(&desk);
    story.as_object_mut().unwrap().remove("main_asset_id");
    story["scenario"]["layers"][0]["segments"][0]["end_sec"] = json!(1);
    story["scenario"]["layers"][0]["segments"][1]["end_sec"] = json!(3);
    desk.write("scenario.json", story.to_string());
    let refused = run(&desk, &fill(&["--segment", "cut", "--from", "library"]), &[]);
    assert_eq!(refused.code, 5);
    assert!(
        refused.stderr.contains("the clip is 1 s long, and `cut` is a part of the picture underneath that needs 2 s")
    );
    let fit = run(&desk, &fill(&["--segment", "cut", "--from", "library", "--fit", "loop"]), &[]);
    assert!(fit.code == 2 && fit.stderr.contains("`cut` is none"), "{}: {}", fit.code, fit.stderr);
    assert_eq!(run(&desk, &fill(&["--auto"]), &[]).code, 4);
    assert_eq!(names(&desk.path("assets")), [""; 0]);
}

#[test]
fn a_rule_can_show_whom_a_clip_is_owed_to() {
    let desk = desk("Night city", &[]);
    let stock = Stock::new(Kind::Pexels, Mood::Fine, bytes(&COAST));
    run(&desk, &fill(&["--auto"]), &stock.environment());
    desk.write(
        "credit.rules",
        "language 1\nextend \"default\"\nrule credit {\n  for segment in video layer\n  when segment.attribution exists\n  \
         make add_text_overlay {\n    text = segment.attribution\n    position = bottom_left\n    style = setting.overlay_style\n    \
         start_time = segment.start_sec\n    end_time = segment.end_sec\n  }\n}\n",
    );
    let plan = run(&desk, &["plan", "scenario.json", "--rules", "credit.rules", "--json"], &[]);
    assert!(plan.stdout.contains("Video by Jane Doe on Pexels"), "{}{}", plan.stdout, plan.stderr);
    let text = std::fs::read_to_string(desk.path("scenario.json"))
        .unwrap()
        .replace("\"credits\": {", "\"credits\": { \"x\": {},");
    desk.write("scenario.json", text);
    let refused = run(&desk, &["plan", "scenario.json"], &[]);
    assert!(refused.code == 3 && refused.stderr.contains("there is no asset `x`"), "{}", refused.stderr);
}

#[test]
fn what_still_waits_is_told_and_so_is_why() {
    let nothing = desk("A forest", &[("city.mp4", &COAST)]);
    let across = desk("A city", &[("city.mp4", &RED)]);
    let denied = Stock::new(Kind::Pexels, Mood::Denied, Vec::new());
    let outcomes = [
        run(&nothing, &fill(&["--auto"]), &[]),
        run(&across, &fill(&["--auto"]), &[]),
        run(&nothing, &fill(&["--auto"]), &denied.environment()),
        run(&desk("A forest", &[]), &FILL, &[]),
        run(&nothing, &fill(&["--segment", "cut", "--from", "pexels"]), &[]),
        run(&nothing, &fill(&["--segment", "cat", "--from", "library"]), &[]),
        run(&nothing, &fill(&["--segment", "cut", "--from", "library", "--pick", "3"]), &[]),
        run(&nothing, &fill(&["--auto"]), &[("CALLSHEET_FILL_ORDER", "veo,library".into())]),
        run(&nothing, &FILL, &[("CALLSHEET_PEXELS_KEY_FILE", "nowhere".into())]),
        run(&nothing, &["fill", "-"], &[]),
        run(&nothing, &fill(&["--segment", "talk", "--from", "library", "--query", "city"]), &[]),
    ];
    assert_eq!(cut(&nothing)["asset_status"], "pending");
    let told: Vec<String> = outcomes.iter().map(Outcome::whole).collect();
    insta::assert_snapshot!(told.join("\n=====\n"));
}

#[test]
fn a_render_fills_first_if_it_is_told_to() {
    let desk = desk("A coast", &[("coast.mp4", &COAST)]);
    let render = ["render", "scenario.json", "-o", "out.mp4", "--preset", "ultrafast", "-q"];
    assert_eq!(run(&desk, &render, &[]).code, 4);
    let rendered = run(&desk, &[&render[..], &["--fill", "auto"]].concat(), &[]);
    assert_eq!(rendered.code, 0, "{}", rendered.stderr);
    assert_eq!((cut(&desk)["asset_status"].clone(), names(&desk.path("assets")).len()), (json!("ready"), 1));
    assert!(desk.path("out.mp4").exists());
    let nothing = self::desk("A forest", &[("coast.mp4", &COAST)]);
    let refused = run(&nothing, &[&render[..], &["--fill", "auto"]].concat(), &[]);
    assert_eq!((refused.code, nothing.path("out.mp4").exists()), (4, false), "{}", refused.stderr);
}

#[test]
fn an_order_that_was_killed_before_its_answer_is_not_sent_again_by_itself() {
    let desk = desk("A night city", &[]);
    let veo = Veo::new(Whim::StartHangs, bytes(&COAST), None);
    let generate = fill(&["--segment", "cut", "--generate"]);
    let mut child =
        desk.command(&generate).envs(veo.environment()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    veo.wait_for("order");
    child.kill().unwrap();
    child.wait().unwrap();
    // Nobody knows yet that it was killed: its answer may come.
    let early = run(&desk, &[&generate[..], &["--again"]].concat(), &veo.environment());
    assert_eq!((early.code, veo.orders()), (5, 1), "{}", early.stderr);
    assert!(early.stderr.contains("ordered at this moment"), "{}", early.stderr);
    // Six minutes later.
    let ledger = desk.path("scenario.fill.json");
    let mut entries: Value = serde_json::from_slice(&std::fs::read(&ledger).unwrap()).unwrap();
    entries["cut"]["at"] = json!(entries["cut"]["at"].as_u64().unwrap() - 360);
    std::fs::write(&ledger, entries.to_string()).unwrap();
    let refused = run(&desk, &generate, &veo.environment());
    assert_eq!((refused.code, veo.orders()), (5, 1), "{}", refused.stderr);
    assert!(refused.stderr.contains("`--generate --again`"), "{}", refused.stderr);
    let again = run(&desk, &[&generate[..], &["--again"]].concat(), &veo.environment());
    assert_eq!((again.code, veo.orders()), (0, 2), "{}", again.stderr);
    assert_eq!(cut(&desk)["asset_status"], "ready");
}

#[test]
fn an_order_that_was_killed_while_it_was_made_is_followed_and_not_paid_twice() {
    let desk = desk("A night city", &[]);
    let veo = Veo::new(Whim::PollHangs, bytes(&COAST), None);
    let generate = fill(&["--segment", "cut", "--generate"]);
    let mut child =
        desk.command(&generate).envs(veo.environment()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    veo.wait_for("question");
    child.kill().unwrap();
    child.wait().unwrap();
    let followed = run(&desk, &generate, &veo.environment());
    assert_eq!((followed.code, veo.orders()), (0, 1), "{}", followed.stderr);
    let credits = scenario(&desk)["credits"].clone();
    let credit = credits.as_object().unwrap().values().next().unwrap();
    assert_eq!(credit["attribution"], "Generated by veo-3.1-generate-preview");
    // What is done is done: a new one is a new order.
    assert_eq!(run(&desk, &generate, &veo.environment()).code, 0);
    assert_eq!(veo.orders(), 2);
}

/// A proxy that leads to one server, whoever is asked for; its address.
fn proxy(server: &str) -> String {
    let server = server.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, mut server) = (client.unwrap(), std::net::TcpStream::connect(&server).unwrap());
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                client.read_exact(&mut byte).unwrap();
                head.extend(byte);
            }
            assert!(head.starts_with(b"CONNECT veo.test:80 "), "{}", String::from_utf8_lossy(&head));
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut server, &mut client);
                let _ = client.shutdown(std::net::Shutdown::Both);
            });
        }
    });
    address
}

#[test]
fn a_clip_that_was_ordered_by_a_proxy_comes_by_it() {
    let desk = desk("A night city", &[]);
    let veo = Veo::new(Whim::Fine, bytes(&COAST), None);
    let [_, key, poll] = veo.environment();
    // No name server knows it.
    let url = ("CALLSHEET_VEO_URL", "http://veo.test/v1beta".to_owned());
    let environment = [url, key, poll, ("ALL_PROXY", proxy(&veo.url())), ("NO_PROXY", String::new())];
    let made = run(&desk, &fill(&["--segment", "cut", "--generate"]), &environment);
    assert_eq!((made.code, veo.orders()), (0, 1), "{}", made.stderr);
    assert_eq!(cut(&desk)["asset_status"], "ready");
}

#[cfg(unix)]
#[test]
fn a_scenario_by_two_links_has_one_ledger() {
    let desk = desk("A night city", &[]);
    std::fs::create_dir(desk.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(desk.path("scenario.json"), desk.path("elsewhere/other.json")).unwrap();
    let veo = Veo::new(Whim::StartFails, bytes(&COAST), None);
    for scenario in ["scenario.json", "elsewhere/other.json"] {
        let refused = run(&desk, &["fill", scenario, "--segment", "cut", "--generate"], &veo.environment());
        assert_eq!((refused.code, veo.orders()), (5, 1), "{}", refused.stderr);
    }
}

#[test]
fn veo_makes_nothing_that_nobody_agreed_to() {
    let desk = desk("A night city", &[]);
    let veo = Veo::new(Whim::Fine, bytes(&COAST), None);
    let refused = run(&desk, &fill(&["--segment", "cut", "--from", "veo"]), &veo.environment());
    assert_eq!((refused.code, veo.requests().len()), (5, 0), "{}", refused.stderr);
    let auto = run(&desk, &fill(&["--auto"]), &veo.environment());
    assert_eq!((auto.code, veo.requests().len()), (4, 0), "{}", auto.stderr);
    let shown = run(&desk, &fill(&["--from", "veo"]), &veo.environment());
    assert!(shown.code == 0 && shown.stdout.contains("720x1280") && veo.requests().is_empty(), "{}", shown.stdout);
}

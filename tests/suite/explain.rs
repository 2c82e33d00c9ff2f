//! Every code is explained, and every example in an explanation does what it says.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use callsheet::captions::{self, Format, Language, Limits};
use callsheet::compile::compile;
use callsheet::decide::{Decision, Facts};
use callsheet::diagnostic::{CODES, Code, Colour, Diagnostics, Source, pretty};
use callsheet::media::{Light, Media, MediaTable, Picture, Sound};
use callsheet::render::{self, Encoder};
use callsheet::tasks::{self, Plan};
use callsheet::text::FontSet;
use callsheet::time::{FrameRate, Time};
use callsheet::writer::{self, Prompt};
use callsheet::{rules, scenario};

use super::cli::Desk;

/// The codes without examples, and why.
const WITHOUT_EXAMPLES: &[(&str, &str)] = &[
    ("E0117", "the file itself is wrong, not what is written about it"),
    ("E0203", "what is too large or too deep would fill the page"),
    ("E0330", "a plan with styles of its own would fill the page"),
    ("E0603", "a model wrote it, not an author"),
    ("E0604", "a model wrote it, not an author"),
    ("E0701", "what lies beside a case decides, and nothing lies beside a page"),
    ("E0702", "what lies in a project's folder is meant, and a page has none"),
    ("W0408", "a prompt of 2000 words would fill the page"),
    ("W0510", "a page is UTF-8, so letters in another encoding cannot stand in it"),
    ("W0518", "the sound decides, not what is written"),
    ("W0344", "it takes a sound that can be heard, or not"),
];

/// An example's language, as its fence says, and its text.
type Example = (String, String);

/// The examples that stand below `heading`.
fn examples(code: Code, heading: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut wanted = false;
    let mut lines = code.explanation().lines();
    while let Some(line) = lines.next() {
        if matches!(line, "Wrong:" | "Right:") {
            wanted = line == heading;
        } else if let Some(language) = line.strip_prefix("```") {
            let text: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            if wanted {
                found.push((language.to_owned(), text));
            }
        }
    }
    found
}

/// The files that the examples speak of; nothing of them is read.
fn media(assets: &BTreeMap<String, String>) -> MediaTable {
    let seconds = |seconds: f64| Time::from_secs(seconds).unwrap();
    let picture = |duration| Picture {
        stream: 0,
        width: 1080.0,
        height: 1920.0,
        rate: 30.0,
        duration,
        plain: true,
        alpha: false,
        bt601: false,
        last: None,
        untagged: false,
        square: true,
        light: Light::Sdr,
        wide: false,
        rgb: false,
        turn: 0,
        decoder: None,
    };
    let sound = |duration| Sound { stream: 1, duration, channels: 2 };
    let one = |path: &String| {
        let (picture, sound) = match path.rsplit('/').next().unwrap() {
            "film.mp4" => (Some(picture(Some(seconds(90.0)))), None),
            "talk.mp4" => (Some(picture(Some(seconds(60.0)))), Some(sound(seconds(60.0)))),
            "clip.mp4" => (Some(picture(Some(seconds(5.0)))), Some(sound(seconds(5.0)))),
            "phone.mp4" => (Some(picture(Some(seconds(5.0)))), None),
            "phone.hdr.mp4" => (Some(Picture { light: Light::Pq, ..picture(Some(seconds(5.0))) }), None),
            "photo.jpg" => (Some(picture(None)), None),
            "music.mp3" => (None, Some(sound(seconds(20.0)))),
            other => panic!("the examples have no {other}"),
        };
        Media { path: path.into(), format: "mov".into(), picture, sound }
    };
    assets.iter().map(|(id, path)| (id.clone(), one(path))).collect()
}

/// What a plan raises: held against the whitelist and the media, and set for drawing.
fn of_plan(plan: Plan, by_rules: bool) -> Result<Diagnostics, Diagnostics> {
    let media = media(&plan.assets);
    let (plan, mut found) = tasks::validate(plan, media, by_rules)?;
    let timeline = render::timeline(&plan);
    found.extend(render::command(&plan, &timeline, &FontSet::shipped(), &Encoder::default(), "")?.warnings);
    Ok(found)
}

/// What a scenario raises under `rules`, from its text to what is drawn.
fn of_scenario(source: &Arc<Source>, rules: &Arc<Source>) -> Result<Diagnostics, Diagnostics> {
    let (scenario, mut found) = scenario::normalise(scenario::read(source)?)?;
    let speech = [(Time::ZERO, Time::from_secs(60.0).unwrap())];
    found.extend(captions::voiceover(&scenario, &speech, None, FrameRate::thirty()).found);
    let ready = scenario::ready(scenario).unwrap();
    let program = rules::load(rules, &library(""))?.0;
    let (plan, warnings) = compile(&ready, &Decision::everything(), &program)?;
    found.extend(warnings);
    found.extend(of_plan(plan, true)?);
    Ok(found)
}

fn of_captions(source: &Arc<Source>) -> Result<Diagnostics, Diagnostics> {
    let rate = FrameRate::thirty();
    let minute = Time::from_secs(60.0).unwrap();
    let (track, mut found) = captions::mend(captions::read(source, Format::of_source(source)), Some(minute), rate)?;
    found.extend(captions::check(&track, &Limits::of(Language::of(source.text()), rate)));
    Ok(found)
}

/// The files beside an example: a house's rules, and a script.
fn library(script: &str) -> impl Fn(&str) -> io::Result<String> {
    move |path| match path {
        "house.rules" => Ok(include_str!("../fixtures/library/house.rules").to_owned()),
        "own.rhai" => Ok(script.to_owned()),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

/// All that an example raises, whatever stage finds it. Rules may stand before the scenario that they are for.
fn raised(example: &[Example]) -> Diagnostics {
    let source = |(language, text): &Example| Source::new(format!("example.{language}"), text.as_str());
    let (language, text) = example.last().unwrap();
    let last = source(example.last().unwrap());
    let found = match language.as_str() {
        "rules" => rules::load(&last, &library("")).map(|(_, warnings)| warnings),
        "rhai" => {
            let set = Source::new("own.rules", "language 1\nextend \"default\"\ndecide by \"own.rhai\"\n");
            rules::load(&set, &library(text)).map(|(_, warnings)| warnings)
        }
        "json" if text.contains("\"tasks\"") => tasks::read(&last).and_then(|plan| of_plan(plan, false)),
        "json" if example.len() == 2 => of_scenario(&last, &source(&example[0])),
        "json" => of_scenario(&last, &rules::default_source()),
        "srt" | "vtt" => of_captions(&last),
        "jinja" => Ok(writer::check_template(Prompt::Scenario, &last)),
        "text" => {
            let program = rules::load(&rules::default_source(), &library("")).unwrap().0;
            program.decider().decide(Some(text), Facts::default()).map(|(_, warnings)| warnings)
        }
        other => panic!("no example is written in {other}"),
    };
    found.unwrap_or_else(|errors| errors)
}

#[test]
fn a_wrong_example_raises_its_code_and_the_righted_one_raises_nothing() {
    let mut failed = Vec::new();
    for (code, _) in CODES {
        let (wrong, right) = (examples(*code, "Wrong:"), examples(*code, "Right:"));
        if WITHOUT_EXAMPLES.iter().any(|(other, _)| *other == code.as_str()) {
            assert!(wrong.is_empty() && right.is_empty(), "{} has examples after all", code.as_str());
            continue;
        }
        let found = raised(&wrong);
        if !found.iter().any(|found| found.code == *code) {
            failed.push(format!("the wrong example of {}:\n{}", code.as_str(), pretty(&found, Colour::Never)));
        }
        let found = raised(&right);
        if !found.is_empty() {
            failed.push(format!("the righted example of {}:\n{}", code.as_str(), pretty(&found, Colour::Never)));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn explanations_are_short_and_their_lines_too() {
    for (code, title) in CODES {
        let text = code.explanation();
        assert!(text.lines().all(|line| line.chars().count() <= 110), "{}", code.as_str());
        let words = text.split("Wrong:").next().unwrap();
        assert!((40..600).contains(&words.len()) && words.ends_with('\n'), "{}: {}", code.as_str(), words.len());
        assert!(title.len() < 70 && text.matches("```").count() % 2 == 0, "{}", code.as_str());
    }
}

#[test]
fn examples_of_rules_are_in_the_style() {
    for (code, _) in CODES {
        for (_, text) in examples(*code, "Right:").iter().filter(|(language, _)| language == "rules") {
            let formatted = rules::format(&Source::new("x.rules", text.as_str())).unwrap();
            assert!(formatted == *text, "{}:\n{formatted}", code.as_str());
        }
    }
}

#[test]
fn a_code_is_explained_in_the_terminal() {
    let desk = Desk::new();
    insta::assert_snapshot!(desk.run(&["explain", "e0219"]).whole());
    let all = desk.run(&["explain"]).stdout;
    assert_eq!(all.lines().count(), CODES.len());
    assert!(all.contains("\nE0219  a number with the wrong unit, or with none\n"), "{all}");
    let json: serde_json::Value = serde_json::from_str(&desk.run(&["explain", "--format", "json"]).stdout).unwrap();
    assert_eq!(json[0]["code"], "E0101");
    assert_eq!(json.as_array().unwrap().len(), CODES.len());
    insta::assert_snapshot!(desk.run(&["explain", "E0239"]).whole());
}

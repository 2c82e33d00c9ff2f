//! The rules language: what it refuses, and how it says so.

use std::io;

use callsheet::diagnostic::{Colour, Diagnostics, Severity, Source, pretty};
use callsheet::rules::{self, Program};
use proptest::prelude::*;

/// The files that fixtures extend.
fn library(path: &str) -> io::Result<String> {
    let file = path.rsplit('/').next().unwrap_or_default();
    let text = match file {
        "house.rules" => include_str!("../fixtures/library/house.rules"),
        "broken.rules" => "language 1\nrule a {\n  for scene\n  make fade { fade_inn = 1s }\n}\n",
        "circle.rules" => "language 1\nextend \"circle_back.rules\"\n",
        "circle_back.rules" => "language 1\nextend \"circle.rules\"\n",
        "loud.rhai" => "#{ theses: asked.loud, subtitles: false, source: \"none\" }",
        _ => return Err(io::Error::new(io::ErrorKind::NotFound, "no such file")),
    };
    Ok(text.to_owned())
}

pub(crate) fn load(name: &str, text: &str) -> Result<(Program, Diagnostics), Diagnostics> {
    rules::load(&Source::new(name, text), &library)
}

pub(crate) fn findings(name: &str, text: &str) -> Diagnostics {
    match load(name, text) {
        Ok((_, warnings)) => warnings,
        Err(errors) => errors,
    }
}

#[test]
fn a_wrong_rule_set_is_told_what_is_wrong_where_and_how_to_mend_it() {
    insta::glob!("../fixtures/rules", "*.rules", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let found = findings(name, &text);
        assert!(!found.is_empty(), "{name} is a fixture of mistakes, but has none");
        insta::assert_snapshot!(pretty(&found, Colour::Never));
    });
}

#[test]
fn ten_mistakes_are_ten_errors_at_once() {
    let found = findings("ten_mistakes.rules", include_str!("../fixtures/rules/ten_mistakes.rules"));
    assert_eq!(found.iter().filter(|found| found.severity == Severity::Error).count(), 10);
}

#[test]
fn messages_never_show_the_grammar() {
    for text in
        ["rule", "rule x {", "setting =", "rule x { for overlay when }", "style s { size = }", "}{", "\"", "make"]
    {
        let shown = pretty(&findings("x.rules", text), Colour::Never);
        for raw in ["expected", "late_comment", "bad_line", "unknown_item", "k_", "no_value"] {
            assert!(!shown.contains(raw), "{text}:\n{shown}");
        }
    }
}

#[test]
fn a_rule_set_that_is_too_large_is_refused_before_it_is_read() {
    let found = findings("x.rules", &"# a comment\n".repeat(30_000));
    assert!(found.iter().any(|found| found.message.contains("KiB")));
}

#[test]
fn a_file_that_is_no_rule_set_is_not_answered_line_by_line_for_ever() {
    let found = findings("x.rules", &"rule a {\n nonsense\n }\n".repeat(5_000));
    assert_eq!(found.len(), 201);
    assert!(found.iter().last().is_some_and(|last| last.message.ends_with("more findings are not shown")));
}

#[test]
fn deep_nesting_is_a_diagnostic_and_no_crash() {
    for (open, close) in
        [("(", ")"), ("not ", ""), ("if true then ", ""), ("either ", ""), ("length of ", ""), ("[", "]")]
    {
        for depth in [40, 70, 120, 200, 400, 1_000, 5_000, 40_000] {
            let text = format!(
                "language 1\nrule x {{\n for overlay\n when {}true{}\n}}\n",
                open.repeat(depth),
                close.repeat(depth)
            );
            let refused = findings("x.rules", &text).has_errors();
            // An even number of `not` is none.
            assert!(refused || open == "not ", "{open} × {depth}");
        }
    }
}

#[test]
fn the_deepest_nesting_that_is_allowed_fits_the_stack_of_a_thread() {
    for (open, close, depth) in [
        ("not (", ")", 31),
        ("(length of ", ")", 24),
        ("[if true then ", " else true]", 24),
        ("{ a = either (", ") or true }", 10),
    ] {
        let (open, close) = (open.repeat(depth), close.repeat(depth));
        let text = format!("language 1\nrule x {{\n for overlay\n when {open}true{close}\n}}\n");
        let source = Source::new("x.rules", text);
        let small = std::thread::Builder::new().stack_size(2 << 20);
        let run = move || (rules::parse(&source).1.is_empty(), rules::format(&source).is_ok());
        assert_eq!(small.spawn(run).unwrap().join().unwrap(), (true, true), "{open}");
    }
}

#[test]
fn order_and_blanks_mean_nothing_where_no_line_is_due() {
    let close = "language 1\nstyle a{size=56px color=white box=black 60% padding=18px}setting b=a rule c{for overlay \
                 when overlay.text exists make add_text_overlay{text=overlay.text style=setting.b \
                 start_time=overlay.start_sec end_time=overlay.end_sec}}";
    assert!(findings("x.rules", close).is_empty(), "{}", pretty(&findings("x.rules", close), Colour::Never));
}

#[test]
fn a_comment_that_begins_like_a_colour_is_still_a_comment() {
    let text =
        "language 1 #facade of it all\nsetting x = #ffcc00 #decade\n#abcdef\nstyle a { color = #ffcc00 #beaded\n}\n";
    let found = findings("x.rules", text);
    assert!(!found.has_errors(), "{}", pretty(&found, Colour::Never));
}

/// Whether two rules that make the same of a node, under these conditions, are no conflict.
fn exclude_each_other(selector: &str, cases: &[(&str, &str, bool)]) {
    for (one, other, exclusive) in cases {
        let rule = |name: &str, when: &str| {
            format!("rule {name} {{ for {selector} when {when} make fade {{ fade_in = 1s }} }}\n")
        };
        let found = findings(
            "x.rules",
            &format!(
                "language 1\nsignal loud = prompt mentions \"loud\"\n{}{}",
                rule("one", one),
                rule("other", other)
            ),
        );
        assert_eq!(!found.has_errors(), *exclusive, "{one} | {other}: {}", pretty(&found, Colour::Never));
    }
}

#[test]
fn conditions_that_exclude_each_other_are_told_from_those_that_do_not() {
    let cases = [
        ("overlay.format is thesis", "overlay.format is subtitle", true),
        ("overlay.format is thesis", "overlay.format is not thesis", true),
        ("overlay.format is thesis", "overlay.start_sec < 1s", false),
        ("overlay.format is one of thesis, subtitle", "overlay.format is subtitle", false),
        ("decision.theses", "not decision.theses", true),
        ("decision.theses and overlay.format is thesis", "not decision.theses and overlay.format is thesis", true),
        ("decision.theses", "decision.subtitles", false),
        ("overlay.start_sec < 1s", "overlay.start_sec >= 1s", true),
        ("overlay.start_sec <= 1s", "overlay.start_sec >= 1s", false),
        ("overlay.start_sec <= 1s", "overlay.start_sec > 1s and overlay.end_sec < 9s", true),
        ("overlay.position exists", "overlay.position is absent", true),
        ("(overlay.position or center) is center", "(overlay.position or center) is top_left", true),
        ("(overlay.position or center) is center", "(overlay.position or top_left) is top_left", false),
        ("either decision.theses or decision.subtitles", "not decision.theses and not decision.subtitles", true),
        ("either decision.theses or decision.subtitles", "not decision.theses", false),
        ("not (decision.theses and decision.subtitles)", "decision.theses and decision.subtitles", true),
        ("length of overlay.text <= 10", "length of overlay.text > 10", true),
        ("decision.source is voiceover", "decision.source is one of transcription, on_screen", true),
    ];
    exclude_each_other("overlay", &cases);
}

#[test]
fn what_no_scenario_can_break_is_known() {
    let of_overlays = [
        ("overlay.start_sec >= 2s", "overlay.end_sec <= 2s", true),
        ("overlay.start_sec >= 2s", "overlay.end_sec <= 2.1s", false),
        ("overlay.end_sec > 4s", "scenario.duration_sec < 4s", true),
        ("scene.start_sec >= 4s", "scenario.duration_sec <= 4s", true),
        ("scene.end_sec > 4s", "overlay.end_sec < 2s", false),
        ("length of overlay.text > 3", "length of overlay.text < 4", true),
        ("length of overlay.text > 2", "length of overlay.text < 4", false),
        ("length of overlay.text > 0", "overlay.text is absent", true),
        ("length of overlay.text < 3", "(overlay.text or \"\") is \"long\"", true),
        ("length of overlay.text is 4", "(overlay.text or \"\") is \"long\"", false),
        ("main is absent", "scenario.picture is one of continuous, pieces", true),
        ("scenario.picture is sequence", "main exists", true),
        ("(scenario.metadata.total_duration_sec or 0s) > 4s", "scenario.duration_sec < 4s", true),
        ("(scenario.metadata.total_duration_sec or 9s) > 4s", "scenario.duration_sec < 4s", false),
        ("overlay.format is not thesis", "overlay.format is not subtitle", true),
        ("signal.loud is not one of asked, refused", "signal.loud is not silent", true),
        (
            "decision.source is not one of none, voiceover",
            "decision.source is not one of on_screen, transcription",
            true,
        ),
        (
            "if decision.theses then decision.subtitles else overlay.end_sec > 3s",
            "decision.theses and not decision.subtitles",
            true,
        ),
        ("if decision.theses then decision.subtitles else overlay.end_sec > 3s", "not decision.theses", false),
    ];
    exclude_each_other("overlay", &of_overlays);
    let of_video = [
        ("segment.purpose is main", "segment.asset_id is not main", true),
        ("segment.purpose is main", "scenario.picture is pieces", true),
        ("segment.purpose is main", "main is absent", true),
        ("segment.purpose is piece", "scenario.picture is continuous", true),
        ("segment.purpose is cutaway", "segment.asset_id is main", false),
        ("segment.purpose is cutaway", "scenario.picture is sequence", false),
        (
            "segment.asset_id is main and segment.asset_id is \"a\"",
            "scenario.main_asset_id exists and main is \"b\"",
            true,
        ),
        ("segment.asset_id is main", "segment.asset_id is \"a\"", false),
        ("segment.asset_id is main", "segment.asset_id is not main", true),
        ("segment.asset_id is one of \"a\", \"b\"", "segment.asset_id is not one of \"b\", \"a\", \"c\"", true),
        ("segment.start_sec < segment.play_start_sec", "segment.play_start_sec <= segment.start_sec", true),
        ("(segment.asset_status or ready) is ready", "segment.asset_kind is video", false),
    ];
    exclude_each_other("segment in video layer", &of_video);
    let of_any = [
        ("segment.purpose exists", "layer.type is audio", true),
        ("segment.asset_kind exists", "segment.asset_id is absent", true),
        ("segment.params.text is absent", "layer.type is text", true),
        ("segment.asset_id is absent", "layer.type is one of video, audio", true),
        ("segment.asset_id is absent", "layer.type is subtitle", false),
        ("segment.asset_status exists and segment.asset_status is pending", "layer.type is image", true),
        ("segment.asset_status exists and segment.asset_status is pending", "layer.type is text", false),
    ];
    exclude_each_other("segment", &of_any);
}

#[test]
fn what_is_said_to_be_there_can_be_used() {
    let cases = [
        ("when overlay.text exists", "overlay.text", true),
        ("when overlay.text exists and overlay.text is not \"no\"", "overlay.text", true),
        ("when overlay.text is not \"no\" and overlay.text exists", "overlay.text", false),
        ("when overlay.text exists\n when decision.theses", "overlay.text", true),
        ("when not overlay.text is absent", "overlay.text", true),
        ("when either overlay.text exists or decision.theses", "overlay.text", false),
        ("require overlay.text \"words\"", "overlay.text", true),
        ("", "overlay.text", false),
        ("", "overlay.text or \"none\"", true),
        ("", "if overlay.text exists then overlay.text else \"none\"", true),
        ("", "if overlay.text is absent then \"none\" else overlay.text", true),
        ("", "if decision.theses then overlay.text else \"none\"", false),
        ("", "scene.voiceover_text or overlay.text or scene.id", false),
    ];
    for (line, text, accepted) in cases {
        let rules = format!(
            "language 1\nstyle plain {{ size = 40px }}\nrule a {{ for overlay {line}\n make add_text_overlay {{ text = \
             {text} style = plain start_time = 0s end_time = 1s }} }}"
        );
        let found = findings("x.rules", &rules);
        assert_eq!(!found.has_errors(), accepted, "{line} | {text}: {}", pretty(&found, Colour::Never));
    }
}

#[test]
fn a_setting_that_is_a_word_is_compared_with_words() {
    let text = "language 1\nsetting look = loud\nrule a { for scenario when setting.look is loud make fade { fade_in = 1s } }\n";
    let (program, warnings) = load("x.rules", text).unwrap_or_else(|found| panic!("{}", pretty(&found, Colour::Never)));
    assert!(warnings.is_empty());
    assert_eq!(program.rule_names().collect::<Vec<_>>(), ["a"]);
    let (program, _) = load("x.rules", &text.replace("is loud", "is quiet")).unwrap();
    assert_eq!(program.rule_names().count(), 0, "a rule that can never fire is left out");
}

#[test]
fn a_chain_is_laid_over_from_the_shipped_set_up() {
    let text = "language 1\nextend \"house.rules\"\nsignal loud = prompt mentions \"loud\"\ndecide by \"loud.rhai\"\n\
                disable music\n";
    let (program, _) = load("brand/own.rules", text).unwrap();
    let names: Vec<&str> = program.rule_names().collect();
    assert!(names.contains(&"theses") && names.contains(&"logo") && !names.contains(&"music"), "{names:?}");
    assert!(program.signals().iter().any(|signal| signal.node.name.node == "loud"));
    assert!(program.signals().len() > 1, "the parent's are still there");
    assert_eq!(program.decide().map(|script| script.node.node.as_str()), Some("loud.rhai"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_text_can_be_read(text in "\\PC{0,200}") {
        findings("x.rules", &text);
    }

    #[test]
    fn any_mixture_of_the_languages_words_can_be_read(words in prop::collection::vec(prop::sample::select(vec![
        "rule", "locked", "override", "disable", "for", "when", "require", "make", "{", "}", "(", ")", "[", "]", "=",
        "is", "not", "one of", "and", "or", "either", "if", "then", "else", "each", "segment", "in", "video", "layer",
        "overlay.text", "decision.theses", "setting.a", "1.5s", "60%", "#ffcc00", "# comment\n", "\"", "\"text\"", "a",
        "\n", "style", "setting", "language 1\n", "extend", "length of", "exists", "absent", ",", "<=", "main",
    ]), 0..60)) {
        findings("x.rules", &words.join(" "));
    }

    #[test]
    fn the_shipped_set_can_be_damaged_anywhere(at in 0.0..1.0_f64, length in 0_usize..40, put in "\\PC{0,12}") {
        let source = rules::default_source();
        let text = source.text();
        let mut start = (at * text.len() as f64) as usize;
        while !text.is_char_boundary(start) { start -= 1; }
        let mut end = (start + length).min(text.len());
        while !text.is_char_boundary(end) { end += 1; }
        findings("x.rules", &format!("{}{put}{}", &text[..start], &text[end..]));
    }
}

//! `callsheet transcribe`.

use super::engine::{Engine, answer};
use super::server::{Fake, field, openai};
use crate::cli::{Desk, Outcome};
use crate::media::MAIN;

/// Runs the program with nothing configured but `variables`.
fn run(desk: &Desk, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let cache = desk.path("cache");
    let variables: Vec<_> = variables.iter().copied().chain([("CALLSHEET_CACHE", cache.to_str().unwrap())]).collect();
    desk.run_with(arguments, &variables)
}

#[test]
fn a_file_becomes_subtitles_json_or_text() {
    let (desk, engine) = (Desk::new(), Engine::writing(&answer()));
    let (program, model) = (engine.path("whisper-cli"), engine.path("ggml-base.bin"));
    let file = MAIN.path();
    let file = file.to_str().unwrap();
    let variables = [
        ("CALLSHEET_WHISPER", program.to_str().unwrap()),
        ("CALLSHEET_WHISPER_MODEL", model.to_str().unwrap()),
        ("CALLSHEET_SPEECH_KEY", "secret-key"),
        ("CALLSHEET_LLM_KEY", "secret-key"),
    ];
    insta::assert_snapshot!(run(&desk, &["transcribe", file], &variables).whole());
    assert_eq!(std::fs::read_to_string(engine.path("environment")).unwrap(), "keys:\n", "keys are not for the program");
    let known = run(&desk, &["transcribe", file, "--output_format", "json"], &variables);
    insta::assert_snapshot!(known.whole());
    assert_eq!(engine.calls().len(), 1);
    let text = run(&desk, &["transcribe", file, "-o", "talk.txt", "--quiet", "--no-cache"], &variables);
    assert_eq!((text.code, text.stdout.as_str(), text.stderr.as_str()), (0, "", ""));
    assert_eq!(engine.calls().len(), 2);
    assert_eq!(std::fs::read_to_string(desk.path("talk.txt")).unwrap(), "Привет, мир!\nTwo \"words\"\n");
    let web = run(&desk, &["transcribe", file, "--to", "vtt", "--quiet"], &variables);
    assert!(web.stdout.starts_with("WEBVTT\n\n"), "{}", web.whole());
    let styled = run(&desk, &["transcribe", file, "--to", "ass", "--quiet"], &variables);
    assert!(styled.stdout.starts_with("[Script Info]"), "{}", styled.whole());
    let again = run(&desk, &["transcribe", file, "-o", "talk.txt"], &variables);
    assert_eq!((again.code, again.stderr.contains("`--force` replaces it")), (1, true));
    let strange = run(&desk, &["transcribe", file, "-o", "talk.doc"], &variables);
    assert_eq!((strange.code, strange.stderr.contains(".srt, .vtt, .ass, .json or .txt")), (1, true));
}

#[test]
fn a_server_is_asked_where_one_is_configured() {
    let (desk, server) = (Desk::new(), Fake::new(vec![openai()]));
    let file = MAIN.path();
    let arguments = ["transcribe", file.to_str().unwrap(), "--to", "txt", "--language", "ru", "--model", "large"];
    let outcome = run(&desk, &arguments, &[("CALLSHEET_SPEECH_URL", &server.url), ("CALLSHEET_SPEECH_KEY", "k-1")]);
    insta::assert_snapshot!(outcome.whole());
    let request = &server.requests()[0];
    assert_eq!((field(request, "model"), field(request, "language")), (vec!["large".into()], vec!["ru".into()]));
}

#[test]
fn without_an_engine_the_ways_out_are_told_with_exit_code_5() {
    let file = MAIN.path();
    insta::assert_snapshot!(run(&Desk::new(), &["transcribe", file.to_str().unwrap()], &[]).whole());
}

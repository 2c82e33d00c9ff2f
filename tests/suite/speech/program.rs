//! `whisper-cli`.

use std::fmt::Write as _;
use std::time::Duration;

use callsheet::error::Error;
use callsheet::ffmpeg::Cancel;
use callsheet::speech::{self, Progress, transcribe};

use super::engine::{Engine, answer};
use super::{hear, hear_with, measured, nothing, refusal, shown};
use crate::media::{MAIN, RED};

#[test]
fn what_whisper_cli_writes_becomes_phrases_and_words() {
    let engine = Engine::writing(&answer());
    let mut seen = Vec::new();
    let transcript = hear_with(&engine.config(), &mut |progress| seen.push(progress)).unwrap();
    insta::assert_snapshot!(shown(&transcript));
    assert_eq!(seen, [Progress::Extracting, Progress::Heard(35)]);
    assert_eq!(engine.calls(), ["-m ggml-base.bin -f sound.wav -l auto -ojf -of heard -np -pp"]);
    let cues = transcript.cues();
    assert_eq!((cues.len(), cues[0].text.as_str()), (2, "Привет, мир!"));
    insta::assert_debug_snapshot!(transcript.cues());
}

#[test]
fn it_hears_one_channel_at_16_khz() {
    let engine = Engine::writing(&answer());
    let mut config = engine.config();
    config.language = Some("ru".into());
    hear(&config).unwrap();
    let wav = std::fs::read(engine.path("heard.wav")).unwrap();
    let (channels, rate, bits) = (wav[22], u32::from_le_bytes(wav[24..28].try_into().unwrap()), wav[34]);
    assert_eq!((channels, rate, bits), (1, 16_000, 16));
    assert!((wav.len() as i64 - 6 * 32_000).abs() < 4000, "{}", wav.len());
    assert!(engine.calls()[0].contains("-l ru"));
}

#[test]
fn languages_without_spaces_have_a_word_a_character() {
    let json = r#"{"result":{"language":"zh"},"transcription":[{"offsets":{"from":0,"to":2000},"text":"你好。","tokens":[
        {"text":"你","offsets":{"from":0,"to":500}},{"text":"好","offsets":{"from":500,"to":900}},
        {"text":"。","offsets":{"from":900,"to":1000}}]}]}"#;
    insta::assert_snapshot!(shown(&hear(&Engine::writing(json.as_bytes()).config()).unwrap()));
}

#[test]
fn silence_is_a_transcript_without_phrases() {
    let engine = Engine::writing(br#"{"result":{"language":"en"},"transcription":[]}"#);
    assert_eq!(hear(&engine.config()).unwrap().segments, []);
}

#[test]
fn every_way_to_fail_is_told_with_what_to_do() {
    let whole = answer();
    let mut told = String::new();
    let mut tell = |what: &str, config: &speech::Config| writeln!(told, "{what}\n    {}", refusal(config)).unwrap();
    for code in [1, 2, 3, 4, 10, 139] {
        let engine = Engine::doing(&format!("echo 'error: failed so' >&2; exit {code}"));
        tell(&format!("exit code {code}"), &engine.config());
    }
    tell("ended by a signal", &Engine::doing("kill -9 $$").config());
    tell("nothing written", &Engine::doing("exit 0").config());
    tell("broken off", &Engine::writing(&whole[..whole.len() / 2]).config());
    tell("empty", &Engine::writing(b"").config());
    tell("no times", &Engine::writing(br#"{"transcription":[{"text":" Hi"}]}"#).config());
    tell("nothing configured", &nothing());
    let engine = Engine::writing(&whole);
    let mut config = engine.config();
    config.engine = Some(speech::Engine::Server);
    tell("no server", &config);
    config = engine.config();
    config.whisper.program = "no-such-whisper".into();
    tell("no program", &config);
    config = engine.config();
    config.whisper.model = Some("no-such-model.bin".into());
    tell("no model file", &config);
    config = nothing();
    config.engine = Some(speech::Engine::Whisper);
    tell("no model", &config);
    config = engine.config();
    config.language = Some("-x".into());
    tell("no language", &config);
    config = engine.config();
    config.limits.server.answer_bytes = 100;
    tell("too large", &config);
    insta::assert_snapshot!(told);
}

#[test]
fn a_file_without_sound_is_refused_before_anybody_listens() {
    let engine = Engine::writing(&answer());
    let error = transcribe(&measured(&RED), &engine.config(), &Cancel::new(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("red.mp4` has no sound; give a file in which somebody speaks"), "{error}");
    assert_eq!(engine.calls().len(), 0);
}

#[test]
fn a_program_that_hangs_is_ended() {
    let engine = Engine::doing("exec sleep 600");
    let mut config = engine.config();
    // Half the sound's length is added.
    config.limits.stall = Duration::ZERO;
    assert_eq!(
        refusal(&config),
        "cannot transcribe: `whisper-cli` made no progress for 3 s and was ended; try a smaller model, or a server"
    );
}

#[test]
fn a_wish_to_stop_ends_the_program() {
    let engine = Engine::doing("exec sleep 600");
    let cancel = Cancel::new();
    let result = transcribe(&measured(&MAIN), &engine.config(), &cancel, &mut |progress| {
        if progress == Progress::Heard(35) {
            cancel.cancel();
        }
    });
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
}

#[test]
fn the_same_sound_is_heard_once() {
    let engine = Engine::writing(&answer());
    let mut config = engine.config();
    config.cache = Some(engine.path("cache"));
    let first = hear(&config).unwrap();
    let mut seen = Vec::new();
    let second = hear_with(&config, &mut |progress| seen.push(progress)).unwrap();
    assert_eq!((&first, engine.calls().len()), (&second, 1));
    assert_eq!(seen, [Progress::Extracting, Progress::Known]);
    config.language = Some("ru".into());
    hear(&config).unwrap();
    assert_eq!(engine.calls().len(), 2, "another language is another result");
    std::fs::write(engine.path("ggml-base.bin"), "another model").unwrap();
    hear(&config).unwrap();
    assert_eq!(engine.calls().len(), 3, "another model is another result");
    for entry in engine.path("cache").read_dir().unwrap() {
        std::fs::write(entry.unwrap().path(), b"{\"version\":1,\"trans").unwrap();
    }
    assert_eq!(hear(&config).unwrap(), first);
    assert_eq!(engine.calls().len(), 4, "a broken file is no result");
    hear(&config).unwrap();
    assert_eq!(engine.calls().len(), 4, "and is replaced by a good one");
}

#[test]
fn a_cache_that_cannot_be_written_costs_only_time() {
    let engine = Engine::writing(&answer());
    let mut config = engine.config();
    config.cache = Some(engine.path("ggml-base.bin/speech"));
    let mut kept = true;
    hear_with(&config, &mut |progress| kept &= !matches!(progress, Progress::NotKept(_))).unwrap();
    assert!(!kept);
}

//! Which model is asked: the environment, and what is wrong with it.

use std::fmt::Write as _;

use callsheet::llm::{Api, Config};

use crate::model::KEY;

/// A configuration from `NAME=value` pairs, without `CALLSHEET_LLM_`.
fn configured(pairs: &[(&str, &str)]) -> callsheet::error::Result<Option<Config>> {
    let all: Vec<(String, String)> =
        pairs.iter().map(|(name, value)| (format!("CALLSHEET_LLM_{name}"), (*value).to_owned())).collect();
    Config::from_variables(|name| all.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone()))
}

const OPENAI: (&str, &str) = ("URL", "https://api.openai.com/v1/");
const MODEL: (&str, &str) = ("MODEL", "gpt-5");

#[test]
fn nothing_is_configured_where_no_model_is_named() {
    assert!(configured(&[]).unwrap().is_none());
    assert!(configured(&[("KEY", KEY), ("API", "openai"), ("URL", " "), ("MODEL", "")]).unwrap().is_none());
}

#[test]
fn what_is_configured_is_shown_without_the_key() {
    let shown = |pairs: &[(&str, &str)]| configured(pairs).unwrap().unwrap().shown();
    let anthropic = ("URL", "https://API.anthropic.com/v1");
    insta::assert_snapshot!(
        [
            shown(&[OPENAI, MODEL, ("KEY", KEY)]),
            shown(&[("URL", "http://localhost:11434/v1"), ("MODEL", "qwen3:8b"), ("ANSWERS", "json_object")]),
            shown(&[anthropic, ("MODEL", "claude-sonnet-5")]),
            shown(&[anthropic, ("MODEL", "claude-sonnet-5"), ("API", "openai"), ("ANSWERS", "plain")]),
        ]
        .join("\n")
    );
    let config = configured(&[OPENAI, MODEL, ("KEY", " sk-1\n"), ("MAX_TOKENS", "4096"), ("TEMPERATURE", "0.2")]);
    let config = config.unwrap().unwrap();
    assert_eq!((config.api, config.max_tokens, config.temperature), (Api::OpenAi, Some(4096), Some(0.2)));
    assert!(!format!("{config:?}").contains("sk-1"));
}

#[test]
fn what_is_half_or_wrong_is_told_by_the_variables_name() {
    let mut told = String::new();
    for pairs in [
        vec![OPENAI],
        vec![MODEL],
        vec![MODEL, ("URL", "api.openai.com/v1")],
        vec![MODEL, ("URL", "https://me:sk-secret-0123456789@host/v1")],
        vec![MODEL, ("URL", "https://host/v1?key=sk-secret-0123456789")],
        vec![OPENAI, MODEL, ("API", "antropic")],
        vec![OPENAI, MODEL, ("ANSWERS", "xml")],
        vec![OPENAI, MODEL, ("MAX_TOKENS", "0")],
        vec![OPENAI, MODEL, ("MAX_TOKENS", "many")],
        vec![OPENAI, MODEL, ("TEMPERATURE", "nan")],
        vec![OPENAI, MODEL, ("KEY", "sk-secret-0123456789\nsk-secret-0123456789")],
    ] {
        let error = configured(&pairs).expect_err("a mistake").to_string();
        assert!(!error.contains(KEY), "{error}");
        writeln!(told, "{error}").unwrap();
    }
    insta::assert_snapshot!(told);
}

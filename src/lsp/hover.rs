//! What a word is, in a few lines of Markdown, from the same tables as the reference.

use std::sync::Arc;

use std::fmt::Write as _;

use crate::decide::DECISION;
use crate::scenario::field::{self, Field, NodeKind, Presence};
use crate::tasks::STYLE;
use crate::tasks::catalogue::{self, Inputs, Need, ParamSpec, TaskSpec};
use crate::value::Type;

use super::definition::{Found, definitions, role, setting_type};
use super::sheet::{Mark, Role, Sheet, What};

/// How many lines of a definition are shown.
const MAX_LINES: usize = 14;

/// What `mark` of the first sheet of `chain` is.
pub(super) fn hover(chain: &[Arc<Sheet>], mark: &Mark) -> Option<String> {
    let sheet = chain.first()?;
    let word = sheet.text(mark.span);
    match role(chain, sheet, mark) {
        Role::Keyword => keyword(word).map(|doc| format!("`{word}`: {doc}")),
        Role::Define(what) | Role::Refer(what, _) => named(chain, what, word),
        Role::Extend => Some(format!("extends `{word}`: all of its rules, styles, signals and settings hold here too")),
        Role::Script => {
            Some(format!("`{word}` decides what texts are shown, from the signals and the scenario's facts"))
        }
        Role::Node => NodeKind::from_word(word).map(node),
        Role::Layer => Some(format!("a layer of type `{word}`")),
        Role::Task => catalogue::find(word).map(task),
        Role::Param(Some(task)) => catalogue::find(task).and_then(|task| param(task, word)),
        Role::Param(None) | Role::OfSetting(_) => None,
        Role::Property => property(word),
        Role::Field(kind) => field::find(kind, word).map(|field| of_field(kind, field)),
        Role::Decision => DECISION
            .iter()
            .find(|field| field.name == word)
            .map(|field| format!("`decision.{word}`: {}\n\n{}", type_words(field.ty), field.doc)),
        Role::Value(ty) => value(word, ty),
    }
}

/// A type, with the words of a closed set.
pub(super) fn type_words(ty: Type) -> String {
    match ty {
        Type::Enum(set) => {
            let words: Vec<String> = set.values.iter().map(|word| format!("`{word}`")).collect();
            format!("{}: {}", set.name, words.join(", "))
        }
        other => other.to_string(),
    }
}

fn range(ty: Type, range: Option<(f64, f64)>) -> String {
    let (Some((low, high)), ty) = (range, ty) else { return String::new() };
    match ty {
        Type::Seconds => format!(", {low}s to {high}s"),
        Type::Pixels => format!(", {low}px to {high}px"),
        Type::Ratio => format!(", {}% to {}%", low * 100.0, high * 100.0),
        Type::Text => format!(", {low} to {high} characters"),
        _ => format!(", {low} to {high}"),
    }
}

/// What a parameter is if it is left out.
pub(super) fn need(param: &ParamSpec) -> String {
    match (param.need, param.ty) {
        (Need::Required, _) => "required".into(),
        (Need::Optional, _) => "may be left out".into(),
        (Need::Default(number), Type::Seconds) => format!("{number}s if left out"),
        (Need::Default(number), Type::Pixels) => format!("{number}px if left out"),
        (Need::Default(number), Type::Ratio) => format!("{}% if left out", number * 100.0),
        (Need::Default(number), _) => format!("{number} if left out"),
        (Need::DefaultWord(word), _) => format!("`{word}` if left out"),
        (Need::DefaultBool(value), _) => format!("`{value}` if left out"),
    }
}

pub(super) fn param_line(param: &ParamSpec) -> String {
    format!("{}{}; {}", type_words(param.ty), range(param.ty, param.range), need(param))
}

fn param(task: &TaskSpec, name: &str) -> Option<String> {
    let told = |line: &str, doc: &str| format!("`{name}` of `{}`: {line}\n\n{doc}", task.name);
    if let Some((line, doc)) = common_param(name) {
        return Some(told(line, doc));
    }
    task.param(name).map(|param| told(&param_line(param), param.doc))
}

/// What every task has beside its parameters.
pub(super) fn common_param(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "inputs" => Some(("list of asset ids", "what it works on, in order: assets or results of earlier tasks")),
        "output_id" => Some(("id; may be left out", "the name of its result; if absent, that is the picture so far")),
        _ => None,
    }
}

fn task(task: &TaskSpec) -> String {
    let inputs = match task.inputs {
        Inputs::OneOrPicture => "one input, or the picture so far",
        Inputs::Several => "one input or more, in order",
        Inputs::Two => "two inputs, in order",
    };
    let mut text = format!("`{}`: {}\n\nworks on {inputs}\n", task.name, task.doc);
    for param in task.params {
        let _ = write!(text, "\n- `{}`: {}", param.name, param_line(param));
    }
    text
}

fn property(name: &str) -> Option<String> {
    let property = STYLE.iter().find(|property| property.name == name)?;
    let line = format!("{}{}", type_words(property.ty), range(property.ty, property.range));
    Some(format!("`{name}` of a style: {line}\n\n{}", property.doc))
}

pub(super) fn property_line(name: &str) -> Option<String> {
    let property = STYLE.iter().find(|property| property.name == name)?;
    Some(format!("{}{}", property.ty, range(property.ty, property.range)))
}

pub(super) fn presence(field: &Field) -> String {
    match field.presence {
        Presence::Always => "always there".into(),
        Presence::Optional => "may be absent".into(),
        Presence::In(layers) => {
            let words: Vec<&str> = layers.iter().map(|layer| layer.word()).collect();
            format!("always there in {} layers, elsewhere perhaps", words.join(", "))
        }
    }
}

fn of_field(kind: NodeKind, field: &Field) -> String {
    let derived = if field.derived { "; derived, stands in no file" } else { "" };
    let (head, path) = (kind.word(), field.path);
    format!("`{head}.{path}`: {}\n\n{}; {}{derived}", type_words(field.ty), field.doc, presence(field))
}

pub(super) fn node(kind: NodeKind) -> String {
    let fields: Vec<String> = field::fields(kind).iter().map(|field| format!("`{}`", field.path)).collect();
    format!("`{}` has {}", kind.word(), fields.join(", "))
}

fn value(word: &str, ty: Type) -> Option<String> {
    match ty {
        Type::Enum(set) => {
            let known = set.canonical(word)?;
            let said = if known == word { String::new() } else { format!(", now written `{known}`") };
            Some(format!("`{word}`{said}\n\n{}", type_words(ty)))
        }
        _ => None,
    }
}

/// A rule, style, signal or setting as it is written, nearest first.
fn named(chain: &[Arc<Sheet>], what: What, name: &str) -> Option<String> {
    let found = definitions(chain, what, name);
    let mut text = String::new();
    for Found { sheet, name } in &found {
        let span = sheet.item_of(*name).map_or(*name, |item| item.span);
        let code = sheet.text(span);
        let shown: Vec<&str> = code.lines().take(MAX_LINES).map(str::trim_end).collect();
        let more = if code.lines().count() > MAX_LINES { "\n…" } else { "" };
        let file = sheet.source.name().rsplit('/').next().unwrap_or_default();
        let line = sheet.source.line_column(span.start).0;
        let _ = write!(text, "```callsheet\n{}{more}\n```\n{file}, line {line}\n\n", shown.join("\n"));
    }
    let kind = match what {
        What::Setting => setting_type(chain, name).map(|ty| format!("read as {}\n", type_words(ty))),
        _ => None,
    };
    text.push_str(&kind.unwrap_or_default());
    (!found.is_empty()).then(|| text.trim_end().to_owned())
}

/// What a word of the language is for.
pub(super) fn keyword(word: &str) -> Option<&'static str> {
    Some(match word {
        "language" => "the version of the language, in the first line: `language 1`",
        "extend" => "takes over another set: `extend \"default\"`, or a file beside this one",
        "setting" => "a plain value with a name, read as `setting.NAME`: `setting NAME = VALUE`",
        "style" => "how texts look: `style NAME { size = 48px }`",
        "signal" => "what a prompt may ask for: `signal NAME = prompt mentions \"word\", \"other word\"`",
        "prompt" => "what words around a phrase do to it: `prompt refuses after \"without\"`",
        "decide" => "the script that decides what texts are shown: `decide by \"text.rhai\"`",
        "rule" => "makes tasks of a scenario, or insists on something: `rule NAME { for …  make … { … } }`",
        "locked" => "no other set may override or disable this rule",
        "override" => "changes a rule of the set that is extended: `override NAME { … }`",
        "disable" => "takes a rule of the set that is extended out: `disable NAME`",
        "for" => "what the rule is for: `for segment in video layer`",
        "when" => "what must hold for it to fire; several lines must all hold",
        "require" => "what must hold where it fires, else nothing is planned: `require CONDITION \"message\"`",
        "make" => "the task that it makes: `make add_text_overlay { text = overlay.text }`",
        "or" => "in a value: the other one where the first is absent; after `either`: one of several that may hold",
        "and" => "both must hold",
        "either" => "one of several must hold: `either A or B`",
        "each" => "one after another: `each segment { start = segment.start_sec … }`",
        "if" | "then" | "else" => "`if CONDITION then VALUE else VALUE`",
        "is" => "the same; `is not`, `is one of a, b`, `is absent`",
        "exists" => "it is there",
        "absent" => "it is not there",
        "mentions" => "the prompt says one of these phrases, in any grammatical form",
        "also" => "these phrases beside those of the set that is extended",
        "exactly" => "the phrase in this very form only",
        _ => return None,
    })
}

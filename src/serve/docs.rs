//! The reference page: the description of the API for people, made here, of nothing from elsewhere.

use std::sync::OnceLock;

use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::language::Language;
use super::openapi::document;
use super::problem::{Code, Problem, Result};
use super::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(page)).routes(routes!(style))
}

/// Only its own style is loaded; nothing runs on it.
const POLICY: (HeaderName, &str) = (
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The reference page
///
/// All of this for people.
#[utoipa::path(get, path = "/docs", tag = "Server",
    responses((status = 200, content_type = "text/html", body = String, description = "The page.")))]
async fn page() -> Result<impl IntoResponse> {
    static PAGE: OnceLock<std::result::Result<String, String>> = OnceLock::new();
    let page = PAGE.get_or_init(|| rendered(document()).map_err(|error| error.to_string()));
    let page = page.as_ref().map_err(|error| Problem::broken(error))?;
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8"), POLICY], page.as_str()))
}

/// The style of the reference page
///
/// Nothing is loaded from elsewhere.
#[utoipa::path(get, path = "/docs/style.css", tag = "Server",
    responses((status = 200, content_type = "text/css", body = String, description = "The style.")))]
async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../templates/docs/style.css"))
}

/// An operation with its place.
#[derive(Serialize)]
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    #[serde(flatten)]
    about: &'a Value,
}

/// A kind of problem.
#[derive(Serialize)]
struct Kind {
    slug: &'static str,
    status: u16,
    english: String,
    russian: String,
}

fn rendered(document: &Value) -> std::result::Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.add_filter("shape", shape);
    environment.add_filter("code", |text: &str| minijinja::Value::from_safe_string(code_spans(text)));
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations: Vec<Operation<'_>> = paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten().filter(|(method, _)| *method != "head");
            methods.map(|(method, about)| Operation { method, path, about })
        })
        .collect();
    let kinds = Code::ALL.iter().map(|code| Kind {
        slug: code.slug(),
        status: code.status().as_u16(),
        english: code.title().in_language(Language::English).to_owned(),
        russian: code.title().in_language(Language::Russian).to_owned(),
    });
    let kinds: Vec<Kind> = kinds.collect();
    environment.render_named_str(
        "reference",
        include_str!("../../templates/docs/reference.html"),
        context! { document => Serde(document), operations => Serde(&operations), kinds => Serde(&kinds) },
    )
}

/// A schema in a few words: `string`, `Project`, `list of Asset`.
#[expect(clippy::needless_pass_by_value, reason = "a filter is given its value")]
fn shape(schema: minijinja::Value) -> String {
    let text = |value: minijinja::Value| value.as_str().map(str::to_owned);
    let member = |name: &str| schema.get_attr(name).ok().filter(|value| !value.is_undefined());
    if let Some(place) = member("$ref").and_then(text) {
        return place.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(constant) = member("const") {
        return format!("“{constant}”");
    }
    if let Some(words) = member("enum") {
        let words: Vec<String> = words.try_iter().into_iter().flatten().map(|word| word.to_string()).collect();
        return words.join(" | ");
    }
    if let Some(options) = member("oneOf").or_else(|| member("anyOf")).or_else(|| member("allOf")) {
        let shapes: Vec<String> = options.try_iter().into_iter().flatten().map(shape).collect();
        return shapes.join(" | ");
    }
    let kinds = match member("type") {
        Some(kind) if kind.as_str().is_some() => kind.to_string(),
        Some(kinds) => {
            let words: Vec<String> = kinds.try_iter().into_iter().flatten().map(|kind| kind.to_string()).collect();
            words.join(" | ")
        }
        None => "anything".to_owned(),
    };
    match member("items") {
        Some(items) => format!("list of {}", shape(items)),
        None => kinds,
    }
}

/// Markdown's code, and nothing else of it; everything is escaped.
fn code_spans(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let parts = escaped.split('`').enumerate();
    parts.map(|(number, part)| if number % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_description_is_never_markup() {
        assert_eq!(code_spans("a `<b>` & \"c\""), "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;");
    }
}

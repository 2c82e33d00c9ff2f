//! Puts a page together: its template, its words, and what a browser is told about it.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use crate::serve::language::Language;
use crate::serve::log::log;
use crate::serve::problem::{Code, Problem, Result};

use super::files;
use super::words::words;

/// The templates by their names.
pub(super) const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("../../../templates/page/layout.html")),
    ("home.html", include_str!("../../../templates/page/home.html")),
    ("project.html", include_str!("../../../templates/page/project.html")),
    ("session.html", include_str!("../../../templates/page/session.html")),
    ("refused.html", include_str!("../../../templates/page/refused.html")),
];

/// Nothing is loaded from elsewhere but the stills of clips that stocks offer, and videos where outputs lie in a bucket.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' blob: https://*.pexels.com https://pixabay.com https://*.pixabay.com https://i.vimeocdn.com; \
    media-src 'self' https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const COOKIE: &str = "callsheet_language";

static ENVIRONMENT: LazyLock<std::result::Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
});

/// What all pages of one request have in common.
#[derive(Clone, Debug)]
pub(super) struct Dress {
    pub(super) language: Language,
    /// Where the page is, for the switch of languages.
    path: String,
    /// Whether the language was chosen by this request, to be remembered.
    chosen: bool,
}

impl Dress {
    /// In the language that the address asks for, or that was chosen before, or that the browser prefers.
    pub(super) fn of(headers: &HeaderMap, uri: &Uri) -> Self {
        let read = |word: &str| match word {
            "en" => Some(Language::English),
            "ru" => Some(Language::Russian),
            _ => None,
        };
        let query = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        let wished = query.filter(|(name, _)| *name == "lang").find_map(|(_, word)| read(word));
        let kept = cookie(headers, COOKIE).and_then(read);
        let language = wished.or(kept).unwrap_or_else(|| Language::of(headers));
        Self { language, path: uri.path().to_owned(), chosen: wished.is_some() }
    }

    /// The page of what was found, or of why it was not.
    pub(super) fn page<T>(&self, found: Result<T>, show: impl FnOnce(T) -> (&'static str, Value)) -> Response {
        match found {
            Ok(found) => {
                let (template, own) = show(found);
                self.render(StatusCode::OK, template, own)
            }
            Err(problem) => self.refusal(&problem),
        }
    }

    /// A page that says what went wrong.
    pub(super) fn refusal(&self, problem: &Problem) -> Response {
        let told = problem.stored(self.language);
        let is_missing = problem.code() == Code::NotFound;
        let own =
            context! { problem => Serde(told), is_missing, signed_in => false, boot => Serde(serde_json::json!({})) };
        if let Some(cause) = problem.cause() {
            log(format_args!("page {}: {cause}", self.path));
        }
        self.render(problem.code().status(), "refused.html", own)
    }

    pub(super) fn render(&self, status: StatusCode, template: &str, own: Value) -> Response {
        match self.html(template, own) {
            Ok(html) => self.sent(status, html),
            Err(error) => Problem::broken(&error).into_response(),
        }
    }

    fn html(&self, template: &str, own: Value) -> std::result::Result<String, String> {
        let environment = ENVIRONMENT.as_ref().map_err(ToString::to_string)?;
        let common = context! {
            w => Serde(words(self.language)),
            language => self.language.tag(),
            path => self.path.clone(),
            script => files::address(files::Name::Script),
            style => files::address(files::Name::Style),
            icon => files::address(files::Name::Icon),
            version => env!("CARGO_PKG_VERSION"),
        };
        let template = environment.get_template(template).map_err(|error| error.to_string())?;
        template.render(context! { ..own, ..common }).map_err(|error| format!("{error:#}"))
    }

    fn sent(&self, status: StatusCode, html: String) -> Response {
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        let mut say = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        say(header::CONTENT_SECURITY_POLICY, POLICY);
        say(header::CONTENT_LANGUAGE, self.language.tag());
        say(header::VARY, "accept-language, cookie");
        if self.chosen {
            let tag = self.language.tag();
            say(header::SET_COOKIE, &format!("{COOKIE}={tag}; Path=/; Max-Age=31536000; SameSite=Lax"));
        }
        response
    }
}

/// A cookie of the request.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lists = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    })
}

//! What goes wrong, as `application/problem+json` (RFC 9457) in the caller's language.
//!
//! A handler returns a [`Problem`]; [`speak`], the outermost layer but one, writes it down, because only there the
//! request's language is known. What others refuse (axum's own answers, a panic) is made a problem there too.

mod code;
mod filled;
mod from;
mod model;
mod speak;

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::language::{Language, Words};

pub(crate) use code::Code;
pub(crate) use speak::{broke, speak};

/// A result whose failure is a [`Problem`].
pub(crate) type Result<T, E = Problem> = std::result::Result<T, E>;

/// One answer that is no success.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Facts>);

#[derive(Clone, Debug)]
struct Facts {
    code: Code,
    detail: Words,
    /// Members of its own, e.g. `scenes` or `diagnostics`.
    members: Map<String, Value>,
    /// Those of them that are told otherwise in Russian.
    russian: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What only whoever runs the server may know.
    cause: Option<String>,
}

impl Problem {
    /// One of this kind: what was found, what is allowed, and what to do, in English and Russian.
    pub(crate) fn new(code: Code, english: impl Into<String>, russian: impl Into<String>) -> Self {
        Self::told(code, Words::new(english, russian))
    }

    pub(crate) fn told(code: Code, detail: Words) -> Self {
        Self(Box::new(Facts {
            code,
            detail,
            members: Map::new(),
            russian: Map::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// Something that is ours to mend: the caller learns that it happened, whoever runs the server what it was.
    pub(crate) fn broken(cause: &dyn std::fmt::Display) -> Self {
        let mut problem = Self::new(
            Code::Internal,
            "the server failed; its log says why under the `request_id`, and the request can be sent again",
            "сервер не справился; причина — в его журнале под `request_id`, запрос можно повторить",
        );
        problem.0.cause = Some(cause.to_string());
        problem
    }

    /// There is no such thing, or it is not the caller's.
    pub(crate) fn no_such(english: &str, russian: &str, id: &str) -> Self {
        let id = id.escape_debug();
        let lists = "the list of them says which there are";
        Self::new(
            Code::NotFound,
            format!("there is no {english} `{id}`; {lists}"),
            format!("{russian} `{id}` нет; какие есть, видно в списке"),
        )
    }

    /// Adds a member of its own.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a member that has words in it.
    #[must_use]
    pub(crate) fn with_told(mut self, name: &str, told: impl Fn(Language) -> Value) -> Self {
        self.0.russian.insert(name.to_owned(), told(Language::Russian));
        self.with(name, told(Language::English))
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.push((name, value));
        }
        self
    }

    /// Notes what only whoever runs the server may know.
    #[must_use]
    pub(crate) fn because(mut self, cause: impl Into<String>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// What was found, what is allowed, and what to do.
    pub(crate) fn detail(&self) -> &Words {
        &self.0.detail
    }

    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// What only whoever runs the server may know.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The problem as it is sent; `instance` is what was asked for.
    pub(crate) fn json(&self, language: Language, instance: &str) -> Value {
        let mut object = self.stored(language);
        if let Some(members) = object.as_object_mut() {
            members.insert("instance".into(), instance.into());
        }
        object
    }

    /// The problem as a job remembers it: in one language, of no request.
    pub(crate) fn stored(&self, language: Language) -> Value {
        let Facts { code, detail, members, russian, .. } = &*self.0;
        let mut object = Map::new();
        object.insert("type".into(), format!("/docs#problem-{}", code.slug()).into());
        object.insert("title".into(), code.title().in_language(language).into());
        object.insert("status".into(), code.status().as_u16().into());
        object.insert("detail".into(), detail.in_language(language).into());
        object.insert("code".into(), code.slug().into());
        object.extend(members.clone());
        if language == Language::Russian {
            object.extend(russian.clone());
        }
        Value::Object(object)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.code.status().into_response();
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name, value.clone());
        }
        if self.0.code.status() == axum::http::StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

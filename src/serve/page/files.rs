//! The files of pages, in the binary. Each is named by its content, so a browser keeps it for good.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::serve::extract::Path;

/// The script, part by part: one scope, in this order.
pub(super) const SCRIPT: &[&str] = &[
    include_str!("../../../templates/page/script/base.js"),
    include_str!("../../../templates/page/script/document.js"),
    include_str!("../../../templates/page/script/media.js"),
    include_str!("../../../templates/page/script/upload.js"),
    include_str!("../../../templates/page/script/brief.js"),
    include_str!("../../../templates/page/script/missing.js"),
    include_str!("../../../templates/page/script/scenes.js"),
    include_str!("../../../templates/page/script/timeline.js"),
    include_str!("../../../templates/page/script/looks.js"),
    include_str!("../../../templates/page/script/plan.js"),
    include_str!("../../../templates/page/script/render.js"),
    include_str!("../../../templates/page/script/start.js"),
];

const STYLE: &str = include_str!("../../../templates/page/style.css");
const ICON: &str = include_str!("../../../templates/page/icon.svg");

/// Which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Script,
    Style,
    Icon,
}

struct File {
    which: Name,
    name: String,
    content_type: &'static str,
    body: Bytes,
}

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let script = format!("\"use strict\";\n(() => {{\n{}}})();\n", SCRIPT.concat());
    [
        (Name::Script, "page", "js", "text/javascript; charset=utf-8", script),
        (Name::Style, "page", "css", "text/css; charset=utf-8", STYLE.to_owned()),
        (Name::Icon, "icon", "svg", "image/svg+xml", ICON.to_owned()),
    ]
    .into_iter()
    .map(|(which, stem, ending, content_type, text)| {
        let hash = blake3::hash(text.as_bytes()).to_hex();
        let name = format!("{stem}-{}.{ending}", hash.get(..16).unwrap_or_default());
        File { which, name, content_type, body: text.into() }
    })
    .collect()
});

/// Where a file is.
pub(super) fn address(which: Name) -> String {
    let found = FILES.iter().find(|file| file.which == which);
    format!("/static/{}", found.map(|file| file.name.as_str()).unwrap_or_default())
}

pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = FILES.iter().find(|file| file.name == name) else { return StatusCode::NOT_FOUND.into_response() };
    let etag = format!("\"{}\"", file.name);
    let kept = [(header::CACHE_CONTROL, "public, max-age=31536000, immutable"), (header::ETAG, etag.as_str())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, file.content_type)], file.body.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_and_style_are_small() {
        let bytes: usize = FILES.iter().map(|file| file.body.len()).sum();
        assert!(bytes < 150_000, "{bytes} bytes");
    }
}

//! Diagnostics as SARIF 2.1.0, which editors and code-review pages read.

use serde_json::{Value, json};

use super::{Code, Diagnostic, Diagnostics, Location, Severity, SourceSpan};

/// All findings as a SARIF log of one run (OASIS, Static Analysis Results Interchange Format 2.1.0).
///
/// The rules are the codes that occur, with what `callsheet explain` says of them. Columns count characters.
#[must_use]
pub fn sarif(findings: &Diagnostics) -> Value {
    let mut codes: Vec<Code> = findings.iter().map(|found| found.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let results: Vec<Value> = findings.iter().map(|found| result(found, &codes)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.into_iter().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    let first = code.explanation().split("\n\n").next().unwrap_or_default();
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.title() },
        "fullDescription": { "text": first.replace('\n', " ") },
        "help": { "text": code.explanation(), "markdown": code.explanation() },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn result(found: &Diagnostic, codes: &[Code]) -> Value {
    let text = match &found.help {
        Some(help) => format!("{}\nhelp: {help}", found.message),
        None => found.message.clone(),
    };
    let mut result = json!({
        "ruleId": found.code.as_str(),
        "ruleIndex": codes.iter().position(|code| *code == found.code),
        "level": level(found.severity),
        "message": { "text": text },
    });
    let mut add = |key: &str, value: Value| {
        if let Some(result) = result.as_object_mut() {
            result.insert(key.to_owned(), value);
        }
    };
    if found.location.is_some() || found.pointer.is_some() {
        let mut location = json!({});
        if let (Some(place), Some(location)) = (&found.location, location.as_object_mut()) {
            location.insert("physicalLocation".to_owned(), physical(place));
        }
        if let (Some(pointer), Some(location)) = (&found.pointer, location.as_object_mut()) {
            location.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": pointer, "kind": "value" }]));
        }
        add("locations", json!([location]));
    }
    if !found.related.is_empty() {
        let related = found.related.iter().enumerate().map(|(number, (place, words))| {
            json!({ "id": number, "physicalLocation": physical(place), "message": { "text": words } })
        });
        add("relatedLocations", related.collect());
    }
    if let Some(fix) = found.fix() {
        add(
            "fixes",
            json!([{
                "description": { "text": format!("write {}", fix.text) },
                "artifactChanges": [{
                    "artifactLocation": { "uri": uri(fix.location.source.name()) },
                    "replacements": [{
                        "deletedRegion": region(fix.location),
                        "insertedContent": { "text": fix.text },
                    }],
                }],
            }]),
        );
    }
    result
}

fn physical(place: &Location) -> Value {
    json!({
        "artifactLocation": { "uri": uri(place.source.name()) },
        "region": region(place),
    })
}

fn region(place: &Location) -> Value {
    let (start_line, start_column) = place.source.line_column(place.span.start);
    let SourceSpan { start, end } = place.span;
    let (end_line, end_column) = place.source.line_column(end.max(start));
    json!({ "startLine": start_line, "startColumn": start_column, "endLine": end_line, "endColumn": end_column })
}

/// A file's name as a URI: relative where it is relative.
fn uri(name: &str) -> String {
    let mut uri = String::from(if name.starts_with('/') { "file://" } else { "" });
    for byte in name.bytes() {
        // RFC 3986: what is unreserved, and `/`.
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push('%');
            uri.extend([byte >> 4, byte & 15].map(|digit| {
                let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                digit.to_ascii_uppercase()
            }));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_uri_reference() {
        assert_eq!(uri("brand/own.rules"), "brand/own.rules");
        assert_eq!(uri("/srv/a b.rules"), "file:///srv/a%20b.rules");
        assert_eq!(uri("правила.rules"), "%D0%BF%D1%80%D0%B0%D0%B2%D0%B8%D0%BB%D0%B0.rules");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }
}

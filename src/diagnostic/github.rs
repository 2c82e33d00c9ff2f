//! Diagnostics as workflow commands, which GitHub shows at the lines of a pull request.

use std::fmt::Write as _;

use super::{Diagnostics, Severity};

/// One line for each finding: `::error file=…,line=…,col=…::…`
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).
#[must_use]
pub fn github(findings: &Diagnostics) -> String {
    let mut text = String::new();
    for found in findings {
        let command = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let _ = write!(text, "::{command} ");
        if let Some(place) = &found.location {
            let (line, column) = place.source.line_column(place.span.start);
            let (end_line, end_column) = place.source.line_column(place.span.end.max(place.span.start));
            let file = property(place.source.name());
            let _ = write!(text, "file={file},line={line},col={column},");
            // GitHub takes an end column on the first line alone.
            let _ = if line == end_line {
                write!(text, "endColumn={end_column},")
            } else {
                write!(text, "endLine={end_line},")
            };
        }
        let _ = write!(text, "title={}::{}", found.code.as_str(), data(&found.message));
        for (name, words) in [("at", &found.pointer), ("help", &found.help)] {
            if let Some(words) = words {
                let _ = write!(text, "%0A{name}: {}", data(words));
            }
        }
        text.push('\n');
    }
    text
}

/// What stands behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which ends with `,` or `:`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::{BAD_UNIT, Diagnostic, Location, Source, SourceSpan};
    use super::*;

    #[test]
    fn nothing_that_an_author_writes_can_begin_a_command() {
        let source = Source::new("a,b:c%\n::error.rules", "one\ntwo\n");
        let found = Diagnostic::new(BAD_UNIT, "60% of\r\n::error::it").help("write\n::60px");
        let found = Diagnostics::from(found.at(Location::new(&source, SourceSpan::new(1, 5))));
        assert_eq!(
            github(&found),
            "::error file=a%2Cb%3Ac%25%0A%3A%3Aerror.rules,line=1,col=2,endLine=2,title=E0219::60%25 of%0D%0A::error::it\
             %0Ahelp: write%0A::60px\n"
        );
    }
}

//! An expression as it is written: its span in the tree leaves out what stands around its ends.

use crate::diagnostic::SourceSpan;

/// `span`, with the brackets that belong to it.
pub(super) fn balanced(text: &str, span: SourceSpan) -> SourceSpan {
    let mut span = span;
    let (mut open, mut close, mut quoted) = (0_usize, 0_usize, false);
    for letter in text.get(span.start..span.end).unwrap_or_default().chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted && open > 0 => open -= 1,
            ')' if !quoted => close += 1,
            _ => {}
        }
    }
    for _ in 0..close {
        match before(text, either(text, span.start)).strip_suffix('(') {
            Some(before) => span.start = before.len(),
            None => break,
        }
    }
    for _ in 0..open {
        let rest = text.get(span.end..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start().len();
        if !rest.trim_start().starts_with(')') {
            break;
        }
        span.end += blanks + 1;
    }
    span
}

/// `span` of a whole condition, with its brackets and the `either` that it begins with.
pub(super) fn whole(text: &str, span: SourceSpan) -> SourceSpan {
    let span = balanced(text, span);
    SourceSpan::new(either(text, span.start), span.end)
}

fn before(text: &str, offset: usize) -> &str {
    text.get(..offset).unwrap_or_default().trim_end()
}

/// Where the `either` right before `offset` begins; `offset` if there is none.
fn either(text: &str, offset: usize) -> usize {
    let is_word = |rest: &&str| !rest.ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
    before(text, offset).strip_suffix("either").filter(is_word).map_or(offset, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_takes_along_what_stands_around_its_ends() {
        let text = "when (a or \"(b\") is c and (either d or x is (e or f)) and either g or h";
        let shown = |part: &str, of: fn(&str, SourceSpan) -> SourceSpan| {
            let start = text.find(part).unwrap();
            let span = of(text, SourceSpan::new(start, start + part.len()));
            text[span.start..span.end].to_owned()
        };
        assert_eq!(shown("a or \"(b\") is c", balanced), "(a or \"(b\") is c");
        assert_eq!(shown("x is (e or f", balanced), "x is (e or f)");
        assert_eq!(shown("d or x is (e or f)) and either g", balanced), "(either d or x is (e or f)) and either g");
        assert_eq!(shown("g or h", whole), "either g or h");
        assert_eq!(shown("g or h", balanced), "g or h");
    }
}

//! Templates: minijinja with an undefined variable as an error, bounded work, and a check before anything is filled in.

use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};
use crate::error::{Error, Result};
use crate::suggest;

/// The longest template that is read.
pub const MAX_BYTES: usize = 256 << 10;

/// How many steps a template may take: the longest of ours takes some ten thousand.
const FUEL: u64 = 1_000_000;

/// Fills in a whole template.
pub fn render(source: &Source, values: &Value) -> Result<String> {
    environment().render_named_str(source.name(), source.text(), values.clone()).map_err(|error| fail(source, error))
}

/// Fills in the named blocks of a template, each without blanks around it.
pub fn render_blocks<const N: usize>(source: &Source, blocks: [&str; N], values: &Value) -> Result<[String; N]> {
    let environment = environment();
    let fill = || {
        let template = environment.template_from_named_str(source.name(), source.text())?;
        let mut captured = template.render_captured(values.clone())?;
        let mut filled = blocks.map(|_| String::new());
        for (name, text) in blocks.iter().zip(&mut filled) {
            captured.with_state_mut(|state| state.render_block(name))?.trim().clone_into(text);
        }
        Ok(filled)
    };
    fill().map_err(|error| fail(source, error))
}

/// Everything that is wrong with a template before it is filled in: its syntax, variables that nobody supplies, blocks
/// that it has not, and what fails with the values of `example`.
#[must_use]
pub fn check(source: &Arc<Source>, known: &[&str], blocks: &[&str], example: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    let environment = environment();
    let template = match environment.template_from_named_str(source.name(), source.text()) {
        Ok(template) => template,
        Err(error) => return finding(source, diagnostic::TEMPLATE_SYNTAX, &error).into(),
    };
    let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    unknown.sort_unstable();
    for name in unknown.iter().filter(|name| !known.contains(&name.as_str())) {
        let at = Location::new(source, word(source.text(), name));
        found.push(
            Diagnostic::new(diagnostic::TEMPLATE_VARIABLE, format!("the template has no variable `{name}`"))
                .at(at)
                .label("nobody supplies it")
                .help(suggest::help(name, known)),
        );
    }
    if !found.is_empty() {
        return found;
    }
    match template.render_captured(example.clone()) {
        Err(error) => found.push(finding(source, diagnostic::TEMPLATE_VARIABLE, &error)),
        Ok(mut captured) => {
            for name in blocks {
                if let Err(error) = captured.with_state_mut(|state| state.render_block(name)) {
                    found.push(finding(source, diagnostic::TEMPLATE_SYNTAX, &error).help(format!(
                        "write {{% block {name} %}} … {{% endblock %}}; a template has the blocks {}",
                        suggest::list(blocks)
                    )));
                }
            }
        }
    }
    found
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // What fails here is a delimiter that cannot be, and these are the usual ones.
    if let Ok(syntax) =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()
    {
        environment.set_syntax(syntax);
    }
    // What is filled in is text for a reader, not HTML.
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment
}

fn fail(source: &Source, error: minijinja::Error) -> Error {
    Error::Template { name: source.name().to_owned(), source: error }
}

fn finding(source: &Arc<Source>, code: diagnostic::Code, error: &minijinja::Error) -> Diagnostic {
    let words = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let line = error.line();
    let span = match (error.range(), line) {
        (Some(range), _) if source.text().get(range.clone()).is_some() => SourceSpan::new(range.start, range.end),
        (_, Some(line)) => source.line_span(line),
        _ => SourceSpan::default(),
    };
    Diagnostic::new(code, format!("the template is not right: {words}")).at(Location::new(source, span)).label("here")
}

/// Where `name` stands first as a word of its own.
fn word(text: &str, name: &str) -> SourceSpan {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let place = text.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    });
    place.map_or_else(SourceSpan::default, |at| SourceSpan::new(at, at + name.len()))
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn source(text: &str) -> Arc<Source> {
        Source::new("page.jinja", text)
    }

    fn messages(text: &str) -> Vec<String> {
        let example = context! { name => "Anna", scenes => [1, 2] };
        let found = check(&source(text), &["name", "scenes"], &["user"], &example);
        found.iter().map(|finding| finding.message.clone()).collect()
    }

    #[test]
    fn a_template_without_a_mistake_has_none() {
        assert!(
            messages("{% block user %}{% for scene in scenes %}{{ name }}{{ scene }}{% endfor %}{% endblock %}")
                .is_empty()
        );
    }

    #[test]
    fn variables_that_nobody_supplies_are_named_all_at_once() {
        let found = messages("{{ nmae }} {% if scene %}x{% endif %}{% block user %}{% endblock %}");
        assert_eq!(found, ["the template has no variable `nmae`", "the template has no variable `scene`"]);
    }

    #[test]
    fn a_missing_block_and_broken_syntax_are_told() {
        assert_eq!(messages("{{ name }}").len(), 1);
        assert_eq!(messages("{% block user %}").len(), 1);
        assert_eq!(messages("{% block user %}{{ name.first.letter }}{% endblock %}").len(), 1);
    }

    #[test]
    fn an_endless_template_is_ended() {
        let long = "{% for a in range(10000) %}{% for b in range(10000) %}{{ a }}{% endfor %}{% endfor %}";
        assert!(render(&source(long), &context! {}).is_err());
    }

    #[test]
    fn what_is_filled_in_stays_as_it_is() {
        let text = render(&source("{{ name }}"), &context! { name => "<b>&\"{{ x }}" }).unwrap();
        assert_eq!(text, "<b>&\"{{ x }}");
    }
}

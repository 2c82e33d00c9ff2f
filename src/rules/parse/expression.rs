//! Values and conditions: pest's pairs to [`Expression`]s.

use pest::iterators::Pair;

use crate::diagnostic::{self, Diagnostic, SourceSpan};

use super::super::ast::{Assignment, Comparator, Each, Expr, Expression, Name, Spanned};
use super::{MAX_DEPTH, Parser, Rule, parts, selector, span};

/// A pair of brackets is seven grammar rules deep: from `expression` down to `group`.
const RULES_A_LEVEL: usize = 8;

impl Parser<'_> {
    /// `pair` is an `expression` or any of its parts.
    pub(super) fn expression(&mut self, pair: Pair<'_, Rule>) -> Expression {
        let whole = span(&pair);
        if self.depth >= MAX_DEPTH * RULES_A_LEVEL {
            self.report_depth(SourceSpan::new(whole.start, whole.start));
            return Spanned::new(Expr::Broken, whole);
        }
        self.depth += 1;
        let expression = self.shallow(pair).unwrap_or_else(|| Spanned::new(Expr::Broken, whole));
        self.depth -= 1;
        expression
    }

    fn shallow(&mut self, pair: Pair<'_, Rule>) -> Option<Expression> {
        let whole = span(&pair);
        let kind = pair.as_rule();
        let text = pair.as_str();
        let node = match kind {
            Rule::expression | Rule::operand => return parts(pair).next().map(|inner| self.expression(inner)),
            // The brackets are part of what they hold together.
            Rule::group => {
                let end = whole.start + text.trim_end().len();
                let inner = parts(pair).next().map(|inner| self.expression(inner))?;
                return Some(Spanned::new(inner.node, SourceSpan::new(whole.start, end)));
            }
            Rule::alternative => return self.several(pair, Expr::Or),
            Rule::conjunction => return self.several(pair, Expr::And),
            Rule::either => return self.several(pair, Expr::Either),
            Rule::negation => return self.negation(pair),
            Rule::comparison => return self.comparison(pair),
            Rule::conditional => {
                let mut parts = parts(pair).map(|part| self.expression(part));
                Expr::If(Box::new([parts.next()?, parts.next()?, parts.next()?]))
            }
            Rule::each => self.each(pair)?,
            Rule::list => Expr::List(parts(pair).map(|part| self.expression(part)).collect()),
            Rule::record => Expr::Record(self.record(pair)),
            Rule::length => Expr::Length(Box::new(self.expression(parts(pair).next()?))),
            Rule::quantity => {
                let mut parts = parts(pair);
                let number = parts.next()?.as_str().parse().ok()?;
                Expr::Quantity(number, parts.next().map(|unit| unit.as_str().to_owned()))
            }
            Rule::text => return Some(self.text(pair)).map(|text| Spanned::new(Expr::Text(text.node), text.span)),
            Rule::truth => Expr::Bool(text == "true"),
            Rule::path => Expr::Path(text.split('.').map(str::to_owned).collect()),
            Rule::hex_color | Rule::shade => {
                let mut parts = parts(pair);
                let base = parts.next()?;
                let percent = parts.next();
                let end = percent.as_ref().map_or(span(&base).end, |percent| span(percent).end);
                let opacity = percent.and_then(|percent| percent.as_str().trim_end_matches('%').parse::<f64>().ok());
                let base_text = base.as_str().to_owned();
                let node = match (base.as_rule(), opacity) {
                    (Rule::word, None) => Expr::Word(base_text),
                    (_, opacity) => Expr::Color(base_text, opacity.map(|percent| percent / 100.0)),
                };
                return Some(Spanned::new(node, SourceSpan::new(whole.start, end)));
            }
            _ => return None,
        };
        let trimmed = whole.start + text.trim_end().len();
        Some(Spanned::new(node, SourceSpan::new(whole.start, trimmed)))
    }

    /// One part is itself; several are joined by `join`.
    fn several(&mut self, pair: Pair<'_, Rule>, join: fn(Vec<Expression>) -> Expr) -> Option<Expression> {
        let mut all: Vec<Expression> = parts(pair).map(|part| self.expression(part)).collect();
        if all.len() == 1 {
            return all.pop();
        }
        let whole = all.first()?.span.to(all.last()?.span);
        Some(Spanned::new(join(all), whole))
    }

    fn negation(&mut self, pair: Pair<'_, Rule>) -> Option<Expression> {
        let start = span(&pair).start;
        let negations = pair.clone().into_inner().filter(|part| part.as_rule() == Rule::k_not).count();
        let inner = self.expression(parts(pair).next()?);
        if negations == 0 {
            return Some(inner);
        }
        let whole = SourceSpan::new(start, inner.span.end);
        // `not not a` is `a`: an even number cancels out.
        Some(if negations % 2 == 1 { Spanned::new(Expr::Not(Box::new(inner)), whole) } else { inner })
    }

    fn comparison(&mut self, pair: Pair<'_, Rule>) -> Option<Expression> {
        let exists = pair.clone().into_inner().find(|part| part.as_rule() == Rule::k_exists);
        let mut parts = parts(pair);
        let left = self.expression(parts.next()?);
        if let Some(exists) = exists {
            let whole = left.span.to(span(&exists));
            return Some(Spanned::new(Expr::Exists(Box::new(left), true), whole));
        }
        let Some(test) = parts.next() else { return Some(left) };
        let negated = test.clone().into_inner().any(|part| part.as_rule() == Rule::k_not);
        let kind = test.as_rule();
        let trimmed = test.as_span().start() + test.as_str().trim_end().len();
        let whole = SourceSpan::new(left.span.start, trimmed);
        let mut operands = super::parts(test);
        let left = Box::new(left);
        let node = match kind {
            Rule::is | Rule::is_one_of => {
                let right: Vec<Expression> = operands.map(|operand| self.expression(operand)).collect();
                let end = right.last().map_or(whole.end, |last| last.span.end);
                let whole = SourceSpan::new(whole.start, end);
                return Some(Spanned::new(Expr::Is { left, negated, right }, whole));
            }
            Rule::is_absent => Expr::Exists(left, negated),
            Rule::compare => {
                let comparator = match operands.next()?.as_str().trim() {
                    "<" => Comparator::Less,
                    "<=" => Comparator::AtMost,
                    ">" => Comparator::More,
                    _ => Comparator::AtLeast,
                };
                let right = self.expression(operands.next()?);
                let whole = left.span.to(right.span);
                return Some(Spanned::new(Expr::Compare(left, comparator, Box::new(right)), whole));
            }
            _ => return None,
        };
        Some(Spanned::new(node, whole))
    }

    fn each(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let mut parts = parts(pair);
        let selector = selector(parts.next()?)?;
        let first = parts.next()?;
        let (condition, item) = match parts.next() {
            Some(item) => (Some(self.expression(first)), self.expression(item)),
            None => (None, self.expression(first)),
        };
        Some(Expr::Each(Box::new(Each { selector, condition, item })))
    }

    fn record(&mut self, pair: Pair<'_, Rule>) -> Vec<Assignment> {
        let fields: Vec<_> = parts(pair).filter(|part| part.as_rule() == Rule::assignment).collect();
        fields.into_iter().filter_map(|field| self.assignment(field, false)).collect()
    }

    /// A quoted text with its escapes resolved.
    pub(super) fn text(&mut self, pair: Pair<'_, Rule>) -> Name {
        let whole = span(&pair);
        let mut inner = pair.into_inner();
        let raw = inner.next();
        if inner.next().is_some_and(|end| end.as_rule() == Rule::unclosed) {
            let found = Diagnostic::new(diagnostic::UNCLOSED, "the text is never closed")
                .at(self.at(whole))
                .label("no `\"` up to the end of the line")
                .help("write `\"` at its end; a line break inside a text is `\\n`");
            self.found.push(found);
        }
        let Some(raw) = raw else { return Spanned::new(String::new(), whole) };
        let mut text = String::with_capacity(raw.as_str().len());
        let mut characters = raw.as_str().char_indices();
        while let Some((offset, character)) = characters.next() {
            if character != '\\' {
                text.push(character);
                continue;
            }
            match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, escaped @ ('"' | '\\'))) => text.push(escaped),
                other => {
                    let start = span(&raw).start + offset;
                    let escaped = other.map(|(_, character)| character);
                    let end = start + 1 + escaped.map_or(0, char::len_utf8);
                    let written = escaped.map(String::from).unwrap_or_default();
                    let found =
                        Diagnostic::new(diagnostic::RULES_SYNTAX, format!("`\\{written}` means nothing in a text"))
                            .at(self.at(SourceSpan::new(start, end)))
                            .label("unknown escape")
                            .help("write `\\\"` for a quote, `\\n` for a line break, `\\\\` for a backslash");
                    self.found.push(found);
                }
            }
        }
        Spanned::new(text, whole)
    }
}

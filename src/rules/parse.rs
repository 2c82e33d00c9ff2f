//! From text to [`Ast`]: the shape of a rule set, and every line of it that is not understood.

mod expression;
mod recover;

use std::sync::Arc;

use pest::Parser as _;
use pest::iterators::Pair;

use crate::diagnostic::{self, Diagnostic, Diagnostics, Location, Source, SourceSpan};

use super::ast::{Assignment, Ast, Expr, Expression, Item, Make, Name, Requirement, RuleBlock, SelectorText};
use super::ast::{PhraseText, SignalItem, Spanned, StyleBlock, TurnItem};

#[allow(missing_docs, unreachable_pub, reason = "pest's derive writes public items without docs")]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/rules.pest"]
    pub struct Grammar;
}
use grammar::Grammar;
pub(super) use grammar::Rule;

/// A rule set is written by hand; what is larger is a mistake or an attack.
pub(super) const MAX_BYTES: usize = 256 * 1024;

/// How deep brackets, `if`, `not` and the like may be nested.
const MAX_DEPTH: usize = 32;

/// Reads one file. What cannot be read is reported and left out; the rest is in the [`Ast`].
#[must_use]
pub fn parse(source: &Arc<Source>) -> (Ast, Diagnostics) {
    let mut parser = Parser { source, found: Diagnostics::new(), depth: 0 };
    let items = if source.text().len() > MAX_BYTES {
        parser.found.push(
            Diagnostic::new(
                diagnostic::RULES_TOO_LARGE,
                format!("the rule set is {} KiB large", source.text().len() / 1024),
            )
            .at(Location::new(source, SourceSpan::default()))
            .help("a rule set is at most 256 KiB; is this the right file?"),
        );
        Vec::new()
    } else if let Some(offset) = recover::too_deep(source.text()) {
        parser.report_depth(SourceSpan::new(offset, offset + 1));
        Vec::new()
    } else if let Ok(file) = Grammar::parse(Rule::file, source.text()) {
        parser.items(file.flat_map(Pair::into_inner).collect())
    } else {
        // The grammar matches every text: pest can only have run into its own limit.
        parser.report_depth(SourceSpan::default());
        Vec::new()
    };
    let broken = !parser.found.is_empty();
    (Ast { source: Arc::clone(source), items, broken }, parser.found)
}

/// Whether `text` can be the name of a style or rule: one word that the language does not keep for itself.
pub(crate) fn is_name(text: &str) -> bool {
    Grammar::parse(Rule::word, text).is_ok_and(|mut pairs| pairs.next().is_some_and(|pair| pair.as_str() == text))
}

/// The pairs of a text that [`parse()`] has read, for who needs its very words; none where pest gives up.
pub(super) fn pairs(text: &str) -> Vec<Pair<'_, Rule>> {
    Grammar::parse(Rule::file, text).map(|file| file.flat_map(Pair::into_inner).collect()).unwrap_or_default()
}

struct Parser<'a> {
    source: &'a Arc<Source>,
    found: Diagnostics,
    depth: usize,
}

fn span(pair: &Pair<'_, Rule>) -> SourceSpan {
    SourceSpan::new(pair.as_span().start(), pair.as_span().end())
}

fn name(pair: &Pair<'_, Rule>) -> Name {
    Spanned::new(pair.as_str().to_owned(), span(pair))
}

/// The parts of a pair that mean something; keywords only say which rule it is.
fn parts(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner().filter(|part| !recover::is_keyword(part.as_rule()))
}

/// The lines of a block, whose `{` stands at `open`.
struct Block<'i> {
    name: Name,
    locked: bool,
    lines: Vec<Pair<'i, Rule>>,
}

impl Parser<'_> {
    fn at(&self, span: SourceSpan) -> Location {
        Location::new(self.source, span)
    }

    fn report_depth(&mut self, span: SourceSpan) {
        let found = Diagnostic::new(diagnostic::RULES_TOO_LARGE, "the rules are nested too deep")
            .at(self.at(span))
            .label(format!("more than {MAX_DEPTH} levels"))
            .help("split it over several rules");
        self.found.push(found);
    }

    fn items(&mut self, pairs: Vec<Pair<'_, Rule>>) -> Vec<Item> {
        let mut items = Vec::new();
        for pair in pairs {
            match pair.as_rule() {
                Rule::language => items.extend(parts(pair).next().map(|version| Item::Language(name(&version)))),
                Rule::extend => items.extend(self.text_of(pair).map(Item::Extend)),
                Rule::decide => items.extend(self.text_of(pair).map(Item::Decide)),
                Rule::disable => items.extend(parts(pair).next().map(|rule| Item::Disable(name(&rule)))),
                Rule::setting => items.extend(self.assignment(pair, false).map(Item::Setting)),
                Rule::signal => items.extend(self.signal(pair).map(Item::Signal)),
                Rule::turn => items.extend(self.turn(pair).map(Item::Turn)),
                Rule::style => items.extend(self.style(pair).map(Item::Style)),
                Rule::rule => items.extend(self.rule(pair, "rule").map(Item::Rule)),
                Rule::override_rule => items.extend(self.rule(pair, "override").map(Item::Override)),
                Rule::stray_brace | Rule::unknown_item => self.not_understood(&pair, recover::Where::TopLevel),
                _ => {}
            }
        }
        items
    }

    fn text_of(&mut self, pair: Pair<'_, Rule>) -> Option<Name> {
        parts(pair).next().map(|text| self.text(text))
    }

    fn signal(&mut self, pair: Pair<'_, Rule>) -> Option<SignalItem> {
        let also = pair.clone().into_inner().any(|part| part.as_rule() == Rule::k_prompt_also);
        let mut parts = parts(pair).filter(|part| part.as_rule() != Rule::equals);
        let name = name(&parts.next()?);
        Some(SignalItem { name, also, phrases: parts.filter_map(|phrase| self.phrase(phrase)).collect() })
    }

    fn turn(&mut self, pair: Pair<'_, Rule>) -> Option<TurnItem> {
        let mut parts = parts(pair);
        let (verb, how) = (name(&parts.next()?), name(&parts.next()?));
        Some(TurnItem { verb, how, phrases: parts.filter_map(|phrase| self.phrase(phrase)).collect() })
    }

    fn phrase(&mut self, pair: Pair<'_, Rule>) -> Option<PhraseText> {
        let exact = pair.clone().into_inner().any(|part| part.as_rule() == Rule::k_exactly);
        self.text_of(pair).map(|text| PhraseText { text, exact })
    }

    fn style(&mut self, pair: Pair<'_, Rule>) -> Option<StyleBlock> {
        let block = self.block(pair, "style")?;
        let (properties, _) = self.assignments(block.lines, recover::Where::Style);
        Some(StyleBlock { name: block.name, properties })
    }

    /// Takes a block apart, and says where its `}` is missing.
    fn block<'i>(&mut self, pair: Pair<'i, Rule>, word: &str) -> Option<Block<'i>> {
        let locked = pair.clone().into_inner().next().is_some_and(|first| first.as_rule() == Rule::k_locked);
        let mut parts = parts(pair);
        let block_name = name(&parts.next()?);
        let open = span(&parts.next()?);
        let mut lines: Vec<_> = parts.collect();
        if lines.pop().is_some_and(|end| end.as_rule() == Rule::unclosed) {
            let found = Diagnostic::new(diagnostic::UNCLOSED, format!("`{word} {}` is never closed", block_name.node))
                .at(self.at(open))
                .label("this brace has no `}`")
                .help("write `}` on a line of its own after the last line of the block");
            self.found.push(found);
        }
        Some(Block { name: block_name, locked, lines })
    }

    /// `name = value` lines; and whether any line was not understood.
    fn assignments(&mut self, lines: Vec<Pair<'_, Rule>>, place: recover::Where) -> (Vec<Assignment>, bool) {
        let mut assignments = Vec::new();
        let mut broken = false;
        let mut lines = lines.into_iter().peekable();
        while let Some(line) = lines.next() {
            if line.as_rule() == Rule::assignment {
                let torn = lines.peek().is_some_and(|next| self.continues(&line, next));
                assignments.extend(self.assignment(line, torn));
            } else if line.as_rule() != Rule::late_comment {
                broken = true;
                self.not_understood(&line, place);
            }
        }
        (assignments, broken)
    }

    /// Whether `next` is the rest of `line` that was not understood. Then the rest alone is reported.
    fn continues(&self, line: &Pair<'_, Rule>, next: &Pair<'_, Rule>) -> bool {
        matches!(next.as_rule(), Rule::bad_line | Rule::bad_block) && {
            let between = SourceSpan::new(line.as_span().start(), next.as_span().start());
            let last_line = self.source.slice(between).trim_end_matches([' ', '\t']);
            !last_line.ends_with('\n')
        }
    }

    fn assignment(&mut self, pair: Pair<'_, Rule>, torn: bool) -> Option<Assignment> {
        let mut parts = parts(pair);
        let name = name(&parts.next()?);
        let equals = span(&parts.next()?);
        let value = parts.next()?;
        let value = if torn {
            Spanned::new(Expr::Broken, equals)
        } else if value.as_rule() == Rule::no_value {
            let found = Diagnostic::new(diagnostic::RULES_SYNTAX, format!("`{}` has no value", name.node))
                .at(self.at(equals))
                .label("a value is missing after this")
                .help(format!("write `{} = VALUE`, or remove the line", name.node));
            self.found.push(found);
            Spanned::new(Expr::Broken, equals)
        } else {
            self.expression(value)
        };
        Some(Assignment { name, value })
    }

    fn rule(&mut self, pair: Pair<'_, Rule>, word: &str) -> Option<RuleBlock> {
        let block = self.block(pair, word)?;
        let mut rule = RuleBlock {
            name: block.name,
            locked: block.locked,
            selectors: Vec::new(),
            conditions: Vec::new(),
            requirements: Vec::new(),
            makes: Vec::new(),
            broken: false,
        };
        let mut lines = block.lines.into_iter().peekable();
        while let Some(line) = lines.next() {
            let torn = lines.peek().is_some_and(|next| self.continues(&line, next));
            let line_span = span(&line);
            match line.as_rule() {
                Rule::for_line => rule.selectors.extend(parts(line).next().and_then(selector)),
                Rule::when_line => rule.conditions.extend(parts(line).next().map(|when| self.unless(torn, when))),
                Rule::require_line => {
                    let mut parts = parts(line);
                    let (Some(condition), Some(message)) = (parts.next(), parts.next()) else { continue };
                    let condition = self.unless(torn, condition);
                    let message = if message.as_rule() == Rule::text {
                        self.text(message).node
                    } else {
                        if !torn {
                            self.no_message(line_span);
                        }
                        String::new()
                    };
                    rule.requirements.push(Requirement { condition, message, span: line_span });
                }
                Rule::make_block => {
                    let Some(block) = self.block(line, "make") else { continue };
                    let (params, broken) = self.assignments(block.lines, recover::Where::Make);
                    rule.makes.push(Make { task: block.name, params, broken });
                }
                Rule::late_comment => {}
                _ => {
                    rule.broken = true;
                    self.not_understood(&line, recover::Where::Rule);
                }
            }
        }
        Some(rule)
    }

    fn no_message(&mut self, line: SourceSpan) {
        let text = self.source.slice(line).trim_end();
        let found = Diagnostic::new(diagnostic::RULES_SYNTAX, "`require` has no message")
            .at(self.at(SourceSpan::new(line.start, line.start + text.len())))
            .label("what shall be said where this does not hold?")
            .help(format!("write {text} \"what is wrong, in your words\""));
        self.found.push(found);
    }

    /// The expression, unless the rest of its line was not understood.
    fn unless(&mut self, torn: bool, pair: Pair<'_, Rule>) -> Expression {
        if torn { Spanned::new(Expr::Broken, span(&pair)) } else { self.expression(pair) }
    }
}

fn selector(pair: Pair<'_, Rule>) -> Option<SelectorText> {
    let whole = span(&pair);
    let kind = pair.into_inner().next()?;
    let in_layer = kind.as_rule() == Rule::selector_in;
    let of_layer = kind.as_rule() == Rule::selector_of;
    let layer_word = kind.clone().into_inner().find(|part| part.as_rule() == Rule::k_layer);
    let mut words = parts(kind).map(|word| name(&word));
    let first = words.next()?;
    let (node, layer) = if in_layer {
        (first, words.next())
    } else if of_layer {
        (name(layer_word.as_ref()?), Some(first))
    } else {
        (first, None)
    };
    let end = layer_word.map_or(node.span.end, |word| span(&word).end);
    Some(SelectorText { node, layer, span: SourceSpan::new(whole.start, end) })
}

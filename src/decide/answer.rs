//! What a script answers, held to the fields of a [`Decision`]: an answer that it gave, and every literal answer that
//! stands in its text, whether it is ever given or not.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{AST, ASTFlags, ASTNode, Dynamic, Expr, Position, Stmt};

use crate::diagnostic::{self, Diagnostic, Diagnostics, Help, Location, Source};
use crate::suggest;
use crate::value::{Type, Value};

use super::place::at_position;
use super::{DECISION, Decision, DecisionField};

const SHAPE: &str = "an answer is written: #{ theses: false, subtitles: true, source: \"voiceover\" }";

/// What is wrong with an answer: the message, and the help.
type Wrong = (String, Help);

fn no_map(kind: &str) -> Wrong {
    (format!("the script answers {kind}, not a map"), SHAPE.into())
}

fn missing(field: &DecisionField) -> Wrong {
    (format!("the answer has no `{}`", field.name), SHAPE.into())
}

fn unknown(key: &str) -> Option<Wrong> {
    let fields: Vec<&str> = DECISION.iter().map(|field| field.name).collect();
    let help = suggest::help(key, &fields);
    (!fields.contains(&key)).then(|| (format!("an answer has no `{}`", key.escape_debug()), help))
}

fn wrong_kind(field: &DecisionField, kind: &str) -> Wrong {
    let holds = match field.ty {
        Type::Enum(set) => format!("one of {}", suggest::list(set.values)),
        ty => ty.to_string(),
    };
    (format!("`{}` is {kind}", field.name), format!("it holds {holds}").into())
}

/// The value of `field` that `word` is.
fn word(field: &DecisionField, word: &str) -> Result<Value<'static>, Wrong> {
    let Type::Enum(set) = field.ty else { return Err(wrong_kind(field, "a text")) };
    set.canonical(word).map(Value::Symbol).ok_or_else(|| {
        (format!("`{}` cannot be `{}`", field.name, word.escape_debug()), suggest::help(word, set.values))
    })
}

/// The answer `value`, given at `at`.
pub(super) fn decision(value: &Dynamic, at: &Location) -> Result<Decision, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut wrong = |(message, help): Wrong| {
        let finding = Diagnostic::new(diagnostic::SCRIPT_ANSWER, message).at(at.clone());
        found.push(finding.label("answered here").help(help));
    };
    let Some(map) = value.read_lock::<rhai::Map>() else {
        wrong(no_map(kind(value)));
        return Err(found);
    };
    let mut decision = Decision { theses: false, subtitles: false, source: "none", signals: BTreeMap::new() };
    for field in DECISION {
        let Some(value) = map.get(field.name) else {
            wrong(missing(field));
            continue;
        };
        match (field.ty, value.as_bool(), value.read_lock::<rhai::ImmutableString>()) {
            (Type::Bool, Ok(holds), _) if field.name == "theses" => decision.theses = holds,
            (Type::Bool, Ok(holds), _) => decision.subtitles = holds,
            (Type::Enum(_), _, Some(text)) => match word(field, &text) {
                Ok(Value::Symbol(source)) => decision.source = source,
                Ok(_) => {}
                Err(why) => wrong(why),
            },
            _ => wrong(wrong_kind(field, kind(value))),
        }
    }
    map.keys().filter_map(|key| unknown(key)).for_each(wrong);
    if found.has_errors() { Err(found) } else { Ok(decision) }
}

fn kind(value: &Dynamic) -> &'static str {
    match value.type_name() {
        "()" => "nothing",
        "bool" => "true or false",
        "i64" | "f64" => "a number",
        "string" => "a text",
        "array" => "a list",
        "map" => "a map",
        _ => "something else",
    }
}

/// What a script can answer, as far as its text tells: of each field the values, or that it may be any.
#[derive(Debug)]
pub(super) struct Answers(Vec<Option<Vec<Value<'static>>>>);

impl Answers {
    pub(super) fn of(ast: &AST, source: &Arc<Source>) -> (Self, Diagnostics) {
        let mut reader = Reader { source, values: vec![Some(Vec::new()); DECISION.len()], found: Diagnostics::new() };
        let mut ends = Ends::default();
        ends.of_block(ast.statements());
        for statement in ast.statements() {
            // Functions are no statements, so a `return` is the script's own.
            statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
                if let Some(ASTNode::Stmt(Stmt::Return(Some(value), flags, _))) = path.last()
                    && !flags.intersects(ASTFlags::BREAK)
                {
                    let mut ends = Ends::default();
                    ends.of_expression(value);
                    reader.answers(&ends);
                }
                true
            });
        }
        reader.answers(&ends);
        (Self(reader.values), reader.found)
    }

    pub(super) fn of_field(&self, field: &DecisionField) -> Option<&[Value<'static>]> {
        let place = DECISION.iter().position(|known| known.name == field.name)?;
        self.0.get(place)?.as_deref()
    }
}

/// The expressions whose value a block or an expression may have in the end.
#[derive(Default)]
struct Ends<'a> {
    known: Vec<&'a Expr>,
    /// Whether it may have another one too.
    open: bool,
}

impl<'a> Ends<'a> {
    fn of_block(&mut self, statements: &'a [Stmt]) {
        match statements.last() {
            Some(Stmt::Expr(value)) => self.of_expression(value),
            Some(Stmt::Block(block)) => self.of_block(block.statements()),
            Some(Stmt::If(parts, _) | Stmt::TryCatch(parts, _)) => {
                self.of_block(parts.body.statements());
                self.of_block(parts.branch.statements());
            }
            Some(Stmt::Switch(parts, _)) => parts.1.expressions.iter().for_each(|case| self.of_expression(&case.rhs)),
            // What is returned is looked for elsewhere.
            None | Some(Stmt::Return(..) | Stmt::Noop(_)) => {}
            Some(_) => self.open = true,
        }
    }

    fn of_expression(&mut self, value: &'a Expr) {
        match value {
            Expr::Stmt(block) => self.of_block(block.statements()),
            value => self.known.push(value),
        }
    }
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    values: Vec<Option<Vec<Value<'static>>>>,
    found: Diagnostics,
}

impl Reader<'_> {
    fn answers(&mut self, ends: &Ends<'_>) {
        if ends.open {
            self.values.fill(None);
        }
        for end in &ends.known {
            match (end, literal(end)) {
                (Expr::Map(map, position), _) => self.map(&map.0, *position),
                (_, Some((kind, position))) => self.wrong(no_map(kind), position),
                // It is computed, so nobody knows.
                _ => self.values.fill(None),
            }
        }
    }

    fn map(&mut self, entries: &[(rhai::Ident, Expr)], at: Position) {
        for (key, _) in entries {
            if let Some(why) = unknown(key.name.as_str()) {
                self.wrong(why, key.pos);
            }
        }
        for (place, field) in DECISION.iter().enumerate() {
            let Some((_, value)) = entries.iter().find(|(key, _)| key.name == field.name) else {
                self.wrong(missing(field), at);
                continue;
            };
            let mut ends = Ends::default();
            ends.of_expression(value);
            let values: Vec<_> = ends.known.iter().map(|end| self.value(field, end)).collect();
            let Some(known) = self.values.get_mut(place) else { continue };
            if ends.open {
                *known = None;
            }
            for value in values {
                match (known.as_mut(), value) {
                    (Some(known), Some(value)) if !known.contains(&value) => known.push(value),
                    (_, None) => *known = None,
                    _ => {}
                }
            }
        }
    }

    /// The value of `field` that is written so; `None` where it is computed, or wrong.
    fn value(&mut self, field: &DecisionField, written: &Expr) -> Option<Value<'static>> {
        let wrong = match (field.ty, written) {
            (Type::Bool, Expr::BoolConstant(is, _)) => return Some(Value::Bool(*is)),
            (Type::Enum(_), Expr::StringConstant(text, _)) => match word(field, text) {
                Ok(value) => return Some(value),
                Err(why) => Some(why),
            },
            // A text that is put together can be any.
            (Type::Enum(_), Expr::InterpolatedString(..)) => None,
            _ => literal(written).map(|(kind, _)| wrong_kind(field, kind)),
        };
        if let Some(why) = wrong {
            self.wrong(why, written.position());
        }
        None
    }

    fn wrong(&mut self, (message, help): Wrong, at: Position) {
        let finding = at_position(diagnostic::SCRIPT_ANSWER, message, self.source, at);
        self.found.push(finding.label("answered here").help(help));
    }
}

/// What kind of literal it is, and where; a list and a map are some whatever is in them.
fn literal(value: &Expr) -> Option<(&'static str, Position)> {
    let kind = match value {
        Expr::BoolConstant(..) => "true or false",
        Expr::IntegerConstant(..) | Expr::FloatConstant(..) => "a number",
        Expr::StringConstant(..) | Expr::InterpolatedString(..) => "a text",
        Expr::CharConstant(..) => "something else",
        Expr::Array(..) => "a list",
        Expr::Map(..) => "a map",
        Expr::Unit(..) => "nothing",
        _ => return None,
    };
    Some((kind, value.position()))
}

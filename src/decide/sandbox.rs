//! The only script engine of the crate, and what keeps a script in it.
//!
//! The engine is raw: arithmetic, comparison, texts, lists and maps are there, and no file, module, clock, randomness,
//! output or `eval`. What a script could use without end is counted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage, LogicPackage, MoreStringPackage,
    Package as _,
};
use rhai::{AST, ASTNode, Dynamic, Engine, EvalAltResult, Expr, ParseError, Position, Scope};

/// What a script may use up. A decision needs a thousandth of it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Steps.
    pub operations: u64,
    /// Functions that call one another.
    pub call_levels: usize,
    /// Brackets inside brackets.
    pub depth: usize,
    /// Bytes of a text.
    pub text: usize,
    /// Elements of a list or map.
    pub elements: usize,
    /// Variables at once.
    pub variables: usize,
    /// Functions.
    pub functions: usize,
    /// Time by the clock: the last resort, for what is not counted.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            operations: 20_000,
            call_levels: 16,
            depth: 32,
            text: 4096,
            elements: 1024,
            variables: 64,
            functions: 32,
            // Steps are counted long before; this is for a machine that has stopped to run.
            time: Duration::from_secs(1),
        }
    }
}

/// An engine, and where its script is.
pub(super) struct Sandbox {
    engine: Engine,
    until: Arc<Mutex<Option<Instant>>>,
    last_statement: Arc<Mutex<Position>>,
    time: Duration,
}

/// What a script answered, and the last statement that ran: the one that answered.
pub(super) struct Answer {
    pub(super) value: Dynamic,
    pub(super) at: Position,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("time", &self.time).finish_non_exhaustive()
    }
}

impl Sandbox {
    pub(super) fn new(limits: &Limits) -> Self {
        let mut engine = Engine::new_raw();
        ArithmeticPackage::new().register_into_engine(&mut engine);
        LogicPackage::new().register_into_engine(&mut engine);
        MoreStringPackage::new().register_into_engine(&mut engine);
        BasicArrayPackage::new().register_into_engine(&mut engine);
        BasicIteratorPackage::new().register_into_engine(&mut engine);
        BasicMapPackage::new().register_into_engine(&mut engine);
        for word in ["eval", "print", "debug", "sleep", "parse_json"] {
            engine.disable_symbol(word);
        }
        engine.set_optimization_level(rhai::OptimizationLevel::None);
        engine.set_strict_variables(true);
        engine.set_fail_on_invalid_map_property(true);
        engine.set_max_operations(limits.operations);
        engine.set_max_call_levels(limits.call_levels);
        engine.set_max_expr_depths(limits.depth, limits.depth);
        engine.set_max_string_size(limits.text);
        engine.set_max_array_size(limits.elements);
        engine.set_max_map_size(limits.elements);
        engine.set_max_variables(limits.variables);
        engine.set_max_functions(limits.functions);
        let until = Arc::new(Mutex::new(None));
        let deadline = Arc::clone(&until);
        engine.on_progress(move |_| {
            let until: Option<Instant> = *deadline.lock().unwrap_or_else(PoisonError::into_inner);
            until.is_some_and(|until| Instant::now() >= until).then(|| Dynamic::from(OUT_OF_TIME))
        });
        let last_statement = Arc::new(Mutex::new(Position::NONE));
        follow(&mut engine, Arc::clone(&last_statement));
        Self { engine, until, last_statement, time: limits.time }
    }

    /// Reads a script that may read the variables of `scope`.
    pub(super) fn compile(&self, scope: &Scope<'_>, text: &str) -> Result<AST, ParseError> {
        self.engine.compile_with_scope(scope, text)
    }

    /// Runs it.
    pub(super) fn run(&self, scope: &mut Scope<'_>, script: &AST) -> Result<Answer, Box<EvalAltResult>> {
        let until = Instant::now().checked_add(self.time);
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        *self.last_statement.lock().unwrap_or_else(PoisonError::into_inner) = Position::NONE;
        let value = self.engine.eval_ast_with_scope(scope, script)?;
        Ok(Answer { value, at: self.last_statement() })
    }

    /// The last statement that ran, or the map that a script ends in.
    pub(super) fn last_statement(&self) -> Position {
        *self.last_statement.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const OUT_OF_TIME: &str = "out of time";

/// Notes every statement of the script that runs; of those, the last is the one that answers. The debugger is the only
/// door through which the engine tells where it is, whatever the script is made of.
#[expect(deprecated, reason = "rhai marks an interface so that may change; it is not going away")]
fn follow(engine: &mut Engine, last: Arc<Mutex<Position>>) {
    engine.register_debugger(
        |_, debugger| debugger,
        move |_, _, node, _, position| {
            // What a script ends in is no statement to the engine, and most often a map.
            let tells = matches!(node, ASTNode::Stmt(_) | ASTNode::Expr(Expr::Map(..)));
            if tells && !position.is_none() {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = position;
            }
            Ok(rhai::debugger::DebuggerCommand::StepInto)
        },
    );
}

//! ZEN, by the expression engine of GoRules.

use zen_expression::expression::Standard;
use zen_expression::variable::Variable;
use zen_expression::{Expression, compile_expression};

use super::Peer;
use crate::sample::idle_start;

pub struct Zen(Expression<Standard>);

impl Peer for Zen {
    const NAME: &str = "zen";
    type Value = Variable;

    fn new(idle_rules: usize) -> Self {
        let idle = |number| format!("(#.start_sec > {} and #.asset_kind == 'audio')", idle_start(number));
        let idle: Vec<String> = (0..idle_rules).map(idle).collect();
        let idle = if idle.is_empty() { "false".to_owned() } else { idle.join(" or ") };
        let code = super::mapping("default.zen").replace("IDLE", &idle);
        Self(compile_expression(&code).unwrap_or_else(|error| panic!("{error}")))
    }

    fn read(&self, text: &str) -> Variable {
        serde_json::from_str(text).unwrap()
    }

    fn evaluate(&self, input: &Variable) -> Variable {
        self.0.evaluate(input.clone()).unwrap_or_else(|error| panic!("{error}"))
    }

    fn write(&self, tasks: &Variable) -> Vec<u8> {
        serde_json::to_vec(tasks).unwrap()
    }
}

//! Rego, by regorus: its virtual machine, which is the faster of its two evaluators.

use std::fmt::Write as _;
use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::rvm::program::Program;
use regorus::{Engine, Value};

use super::Peer;
use crate::sample::idle_start;

const ENTRY: &str = "data.plan.tasks";

pub struct Rego(Arc<Program>);

impl Peer for Rego {
    const NAME: &str = "regorus";
    type Value = Value;

    fn new(idle_rules: usize) -> Self {
        let mut idle = String::new();
        for number in 0..idle_rules {
            let _ = write!(
                idle,
                "matched_{number} := [segment | some segment in video_segments; segment.start_sec > {}; \
                 segment.asset_kind == \"audio\"]\n\n",
                idle_start(number)
            );
        }
        let lists: Vec<String> = (0..idle_rules).map(|number| format!("matched_{number}")).collect();
        let _ = write!(idle, "idle := [task | some list in [{}]; some task in list]", lists.join(", "));
        let code = super::mapping("default.rego").replace("IDLE", &idle);
        let mut engine = Engine::new();
        engine.add_policy("default.rego".into(), code).unwrap();
        let entry = ENTRY.into();
        let policy = engine.compile_with_entrypoint(&entry).unwrap();
        Self(Compiler::compile_from_policy(&policy, &[ENTRY]).unwrap())
    }

    fn read(&self, text: &str) -> Value {
        Value::from_json_str(text).unwrap()
    }

    fn evaluate(&self, input: &Value) -> Value {
        let mut machine = RegoVM::new();
        machine.set_max_instructions(usize::MAX);
        machine.load_program(Arc::clone(&self.0));
        machine.set_input(input.clone());
        machine.execute().unwrap()
    }

    fn write(&self, tasks: &Value) -> Vec<u8> {
        serde_json::to_vec(tasks).unwrap()
    }
}

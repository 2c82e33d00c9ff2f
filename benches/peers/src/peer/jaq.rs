//! jq's language, by jaq.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, data, unwrap_valr};
use jaq_json::{Val, read, write};

use super::Peer;
use crate::sample::idle_start;

pub struct Jaq(Filter<data::JustLut<Val>>);

impl Peer for Jaq {
    const NAME: &str = "jaq";
    type Value = Val;

    fn new(idle_rules: usize) -> Self {
        let idle = |number| {
            format!(r#"(if .start_sec > {} and .asset_kind == "audio" then . else empty end)"#, idle_start(number))
        };
        let idle: Vec<String> = (0..idle_rules).map(idle).collect();
        let idle = if idle.is_empty() { "empty".to_owned() } else { idle.join(", ") };
        let code = super::mapping("default.jq").replace("IDLE", &idle);
        let funs = jaq_core::funs().chain(jaq_std::base_funs()).chain(jaq_json::funs());
        // Of the standard library, what the mapping needs: the rest wants features that it does not.
        let defs = jaq_std::defs().filter(|def| def.name == "null");
        let arena = Arena::default();
        let modules = Loader::new(jaq_core::defs().chain(defs))
            .load(&arena, File { code: code.as_str(), path: () })
            .unwrap_or_else(|errors| panic!("{errors:?}"));
        let filter = Compiler::default().with_funs(funs).compile(modules);
        Self(filter.unwrap_or_else(|errors| panic!("{errors:?}")))
    }

    fn read(&self, text: &str) -> Val {
        read::parse_single(text.as_bytes()).unwrap()
    }

    fn evaluate(&self, input: &Val) -> Val {
        let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        let mut out = self.0.id.run((context, input.clone())).map(unwrap_valr);
        out.next().unwrap().unwrap_or_else(|error| panic!("{error}"))
    }

    fn write(&self, tasks: &Val) -> Vec<u8> {
        let mut bytes = Vec::new();
        write::write(&mut bytes, &write::Pp::default(), 0, tasks).unwrap();
        bytes
    }
}

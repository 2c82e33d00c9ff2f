//! The peers: the same mapping in other languages, each run as its library is meant to be run: compiled once, then
//! evaluated again and again.

pub mod jaq;
pub mod rego;
pub mod zen;

/// A mapping in another language.
pub trait Peer {
    const NAME: &str;
    type Value;

    /// Compiles the mapping, with so many rules that never match.
    fn new(idle_rules: usize) -> Self;
    fn read(&self, text: &str) -> Self::Value;
    fn evaluate(&self, input: &Self::Value) -> Self::Value;
    fn write(&self, tasks: &Self::Value) -> Vec<u8>;
}

/// Reads a mapping.
fn mapping(name: &str) -> String {
    std::fs::read_to_string(format!("{}/mapping/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

//! Whether two mappings made the same, whatever their numbers and absent parameters look like.

use callsheet::tasks::Plan;
use serde_json::Value;

/// Holds the tasks of a plan against one by hand: everything but the rules' own names and lines.
pub fn plans(plan: &Plan, by_hand: &Plan) {
    let whole = |plan: &Plan| {
        let mut plan = serde_json::to_value(plan).unwrap();
        for task in plan["tasks"].as_array_mut().unwrap() {
            let origin = task["origin"].as_object_mut().unwrap();
            for own in ["rule", "file", "line"] {
                assert!(origin.remove(own).is_some(), "an origin without its {own}");
            }
        }
        plan
    };
    assert!(whole(plan) == whole(by_hand), "by hand comes out otherwise");
}

/// The tasks, without origins.
pub fn tasks(bytes: &[u8]) -> Vec<Value> {
    let Value::Array(tasks) = serde_json::from_slice(bytes).unwrap() else { panic!("no list of tasks") };
    tasks.into_iter().map(normal).collect()
}

/// Holds what a peer made against what is expected.
pub fn is(peer: &str, expected: &[Value], bytes: &[u8]) {
    let found = tasks(bytes);
    for (number, (expected, found)) in expected.iter().zip(&found).enumerate() {
        assert!(expected == found, "{peer}, task {number}:\nexpected {expected}\nfound    {found}");
    }
    assert_eq!(expected.len(), found.len(), "{peer}: number of tasks");
}

fn normal(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(key, value)| key != "origin" && !value.is_null())
            .map(|(key, value)| (key, normal(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(list) => list.into_iter().map(normal).collect(),
        Value::Number(number) => number.as_f64().into(),
        other => other,
    }
}

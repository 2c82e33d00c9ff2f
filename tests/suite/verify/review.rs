//! Snapshots looked at one at a time.

use super::{files, project, run_with};
use crate::cli::Desk;

fn three() -> Desk {
    project(&[
        ("a_look", r#"{ "about": "the client's look", "scenario": "../scenario.json", "prompt": "punchlines" }"#),
        ("b_silent", r#"{ "scenario": "../scenario.json", "prompt": "a quiet clip" }"#),
        ("c_all", r#"{ "scenario": "../scenario.json" }"#),
    ])
}

fn plans(desk: &Desk) -> Vec<String> {
    files(desk, "tests").into_iter().map(|(name, _)| name).filter(|name| !name.ends_with(".case.json")).collect()
}

#[test]
fn each_snapshot_is_accepted_rejected_or_skipped() {
    let desk = three();
    // What is no answer is asked for again.
    let outcome = run_with(&desk, &["test", "--review"], "what?\naccept\nr\ns\n", &[]);
    assert_eq!(plans(&desk), ["a_look.plan"]);
    insta::assert_snapshot!(outcome.whole());
}

#[test]
fn quitting_and_the_end_of_the_input_leave_the_rest_as_it_is() {
    for (input, written) in [("q\na\na\n", 0), ("", 0), ("a\n", 1), ("A\nYes\nq", 2), ("a\na\na\na\n", 3)] {
        let desk = three();
        let outcome = run_with(&desk, &["test", "--review"], input, &[]);
        assert_eq!((plans(&desk).len(), outcome.code), (written, i32::from(written < 3)), "{input:?}");
    }
}

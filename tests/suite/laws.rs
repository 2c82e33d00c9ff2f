//! What `check` says of rule sets in which nothing is wrong, and of those whose numbers alone may be.

use std::collections::BTreeSet;
use std::io;

use callsheet::compile::compile;
use callsheet::decide::{Decision, State};
use callsheet::diagnostic::{Colour, Diagnostics, Source, pretty};
use callsheet::rules::{self, Program};
use callsheet::tasks;
use proptest::prelude::*;

use author::{Care, Sets};
use dice::Dice;

#[path = "laws/author.rs"]
mod author;
#[path = "laws/dice.rs"]
mod dice;
#[path = "laws/film.rs"]
mod film;

fn load(sets: &Sets) -> Result<(Program, Diagnostics), Diagnostics> {
    let loader = |_: &str| sets.parent.clone().ok_or(io::ErrorKind::NotFound.into());
    rules::load(&Source::new("own.rules", sets.own.as_str()), &loader)
}

fn shown(sets: &Sets, found: &Diagnostics) -> String {
    let parent = sets.parent.as_deref().unwrap_or_default();
    format!("{}\n--- parent\n{parent}\n--- own\n{}", pretty(found, Colour::Never), sets.own)
}

fn decisions() -> Vec<Decision> {
    let signals = |loud, calm| [("loud".to_owned(), loud), ("calm".to_owned(), calm)].into();
    vec![
        Decision { signals: signals(State::Silent, State::Silent), ..Decision::everything() },
        Decision {
            theses: false,
            subtitles: true,
            source: "voiceover",
            signals: signals(State::Asked, State::Refused),
        },
        Decision {
            theses: true,
            subtitles: false,
            source: "on_screen",
            signals: signals(State::Refused, State::Asked),
        },
        Decision { theses: false, subtitles: false, source: "none", signals: signals(State::Silent, State::Asked) },
    ]
}

fn codes(found: &Diagnostics) -> BTreeSet<&str> {
    found.iter().map(|finding| finding.code.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn nothing_wrong_is_found_where_nothing_is(
        rules in dice::throws(300),
        films in prop::collection::vec(dice::throws(200), 4),
    ) {
        let sets = author::write(&mut Dice::new(&rules), Care::Careful);
        let (program, warnings) = match load(&sets) {
            Ok(loaded) => loaded,
            Err(found) => return Err(TestCaseError::fail(shown(&sets, &found))),
        };
        let told = |rule: &str| warnings.iter().find(|warning| {
            warning.code.as_str() == "W0204" && warning.message.contains(&format!("`{rule}`"))
        });
        for throws in &films {
            let (ready, text) = film::film(&mut Dice::new(throws));
            for decision in decisions() {
                match compile(&ready, &decision, &program) {
                    Ok((plan, _)) => {
                        // A rule that is said never to fire does not.
                        for task in &plan.tasks {
                            let rule = &task.origin.as_ref().unwrap().rule;
                            prop_assert!(told(rule).is_none(), "{rule} fires\n{}\n{text}", shown(&sets, &warnings));
                        }
                        let found = tasks::check(&plan, true);
                        prop_assert!(!found.has_errors(), "{}{}\n{text}", pretty(&found, Colour::Never), shown(&sets, &warnings));
                    }
                    // A requirement that the scenario breaks, or a number of the scenario's own that does not fit.
                    Err(found) => prop_assert!(
                        codes(&found).iter().all(|code| ["E0228", "E0229"].contains(code)),
                        "{}{}\n{text}", pretty(&found, Colour::Never), shown(&sets, &warnings)
                    ),
                }
            }
        }
    }

    /// Every number of these scenarios is in range, so one that is not stands in the rules.
    #[test]
    fn what_is_wrong_in_the_rules_is_not_first_found_in_a_plan(
        rules in dice::throws(200),
        films in prop::collection::vec(dice::throws(200), 3),
    ) {
        let sets = author::write(&mut Dice::new(&rules), Care::Careless);
        match load(&sets) {
            Err(found) => {
                let known = ["E0220", "E0306", "E0312"];
                let errors: BTreeSet<&str> = codes(&found).into_iter().filter(|code| code.starts_with('E')).collect();
                prop_assert!(errors.iter().all(|code| known.contains(code)), "{}", shown(&sets, &found));
            }
            Ok((program, warnings)) => {
                for throws in &films {
                    let (ready, text) = film::film(&mut Dice::new(throws));
                    for decision in decisions() {
                        let found = match compile(&ready, &decision, &program) {
                            Ok((plan, _)) => tasks::check(&plan, true),
                            Err(found) => found,
                        };
                        let errors: BTreeSet<&str> = codes(&found).into_iter().filter(|code| *code != "E0228").collect();
                        prop_assert!(errors.is_empty(), "{}{}\n{text}", pretty(&found, Colour::Never), shown(&sets, &warnings));
                    }
                }
            }
        }
    }

    #[test]
    fn a_rule_set_is_the_same_after_formatting(throws in dice::throws(300)) {
        let sets = author::write(&mut Dice::new(&throws), Care::Careful);
        for text in [Some(&sets.own), sets.parent.as_ref()].into_iter().flatten() {
            let source = Source::new("own.rules", text.as_str());
            let once = rules::format(&source).unwrap();
            let again = Source::new("own.rules", once.as_str());
            prop_assert_eq!(rules::format(&again).unwrap(), once.as_str());
            prop_assert_eq!(rules::parse(&again).0.items, rules::parse(&source).0.items);
        }
    }
}

//! The examples are right, whatever media are there: each compiles by the shipped rules.

use std::path::Path;

use callsheet::decide::Decision;
use callsheet::diagnostic::{Colour, Diagnostics, Source, pretty};
use callsheet::{compile, rules, scenario};

fn told(found: &Diagnostics) -> String {
    pretty(found, Colour::Never)
}

#[test]
fn every_example_is_ready_and_makes_a_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let program = rules::load(&rules::default_source(), &rules::from_disk).unwrap().0;
    for (name, tasks, cues) in [("demo", 12, 40), ("slideshow", 13, 0), ("pieces", 9, 0)] {
        let path = root.join(name).join("scenario.json");
        let source = Source::new(name, std::fs::read_to_string(path).unwrap());
        let document = scenario::read(&source).unwrap_or_else(|found| panic!("{}", told(&found)));
        let (scenario, warnings) =
            scenario::normalise(document).unwrap_or_else(|found| panic!("{name}: {}", told(&found)));
        assert!(warnings.is_empty(), "{name}: {}", told(&warnings));
        let ready = scenario::ready(scenario).unwrap();
        let (plan, warnings) = compile::compile(&ready, &Decision::everything(), &program)
            .unwrap_or_else(|found| panic!("{name}: {}", told(&found.located_in(&source))));
        assert!(warnings.is_empty(), "{name}: {}", told(&warnings));
        assert_eq!(plan.tasks.len(), tasks, "{name}");
        assert_eq!(plan.tasks.iter().map(|task| task.cues("segments").len()).sum::<usize>(), cues, "{name}");
    }
}

//! One contender alone, again and again: for `valgrind --tool=callgrind`, whose counts of instructions do not depend on
//! what else the machine does.
//!
//!   peers loop callsheet|hand evaluation|bytes SEGMENTS RULES TIMES     (RULES 0: the shipped ones alone)
//!   peers loop check - 10 RULES TIMES

use std::hint::black_box;

use callsheet::decide::Decision;
use callsheet::{compile, rules};

use crate::hand::Hand;
use crate::sample::{Sample, read};

pub fn repeat(arguments: &[String]) {
    let [contender, what, segments, rules, times] = arguments else { panic!("see steer.rs for the arguments") };
    let [segments, rules, times] = [segments, rules, times].map(|number| number.parse::<usize>().unwrap());
    let sample = if rules == 0 { Sample::mixed(segments) } else { Sample::idle(segments, rules) };
    let source = sample.rules();
    let (program, _) = rules::load(&source, &rules::from_disk).unwrap();
    let (everything, hand) = (Decision::everything(), Hand::new(program.styles()));
    let ready = read(&sample.text).unwrap();
    let evaluate = |ready: &_| match contender.as_str() {
        "callsheet" => compile::compile(ready, &everything, &program).unwrap().0,
        _ => hand.plan(ready),
    };
    for _ in 0..times {
        match (contender.as_str(), what.as_str()) {
            ("check", _) => _ = black_box(rules::load(black_box(&source), &rules::from_disk).unwrap()),
            (_, "bytes") => {
                let ready = read(black_box(&sample.text)).unwrap();
                black_box(serde_json::to_vec(&evaluate(&ready)).unwrap());
            }
            _ => _ = black_box(evaluate(black_box(&ready))),
        }
    }
}

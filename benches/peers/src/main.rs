//! callsheet's compiler beside the same mapping by hand, by jaq, by regorus and by ZEN's expression engine, in one run.
//!
//! `benches/compile.sh` builds and runs it. Outputs are compared before anything is timed. The peers get a scenario in which
//! what callsheet derives is already written, make no origins and check nothing; what is unequal is so in their favour.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::panic, reason = "a bench stops")]

mod equal;
mod hand;
mod measure;
mod peer;
mod sample;
mod steer;

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::rc::Rc;

use callsheet::decide::Decision;
use callsheet::{compile, rules};

use hand::Hand;
use measure::{Contender, Spread, ratios, rounds};
use peer::{Peer, jaq::Jaq, rego::Rego, zen::Zen};
use sample::{Sample, read};

const SHARE: &str = "share of the same by hand";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [word, arguments @ ..] = args.as_slice()
        && word == "loop"
    {
        return steer::repeat(arguments);
    }
    println!("{}", machine());
    println!();
    println!(
        "{:<28} {:<16} {:<10} {:>12}   {SHARE}: median (least–most)   callsheet is ahead by",
        "", "", "", "median"
    );
    let samples = [10, 200, 5_000].map(Sample::mixed).into_iter().chain([Sample::idle(5_000, 100)]);
    let unequal = samples.filter(|sample| !compare(sample)).count();
    check(&Sample::idle(10, 100));
    if let [program, arguments @ ..] = args.as_slice() {
        cold_start(program, arguments);
    }
    println!("load {} at the end", load());
    assert!(unequal == 0, "a peer makes something else: see above");
}

fn compare(sample: &Sample) -> bool {
    let derived = sample.derived();
    let ready = read(&sample.text).unwrap();
    let (program, _) = rules::load(&sample.rules(), &rules::from_disk).unwrap();
    let everything = Decision::everything();
    let hand = Hand::new(program.styles());

    let (plan, _) = compile::compile(&ready, &everything, &program).unwrap();
    equal::plans(&plan, &hand.plan(&ready));
    let expected = equal::tasks(&serde_json::to_vec(&plan.tasks).unwrap());
    let mut evaluating = vec![
        Contender::new("callsheet", || {
            black_box(compile::compile(black_box(&ready), &everything, &program).unwrap());
        }),
        Contender::new("by hand", || {
            black_box(hand.plan(black_box(&ready)));
        }),
    ];
    let mut whole = vec![
        Contender::new("callsheet", || {
            let ready = read(black_box(&sample.text)).unwrap();
            let (plan, _) = compile::compile(&ready, &everything, &program).unwrap();
            black_box(serde_json::to_vec(&plan).unwrap());
        }),
        Contender::new("by hand", || {
            let ready = read(black_box(&sample.text)).unwrap();
            black_box(serde_json::to_vec(&hand.plan(&ready)).unwrap());
        }),
    ];
    let are_equal = [
        join::<Jaq>(sample, &derived, &expected, (&mut evaluating, &mut whole)),
        join::<Rego>(sample, &derived, &expected, (&mut evaluating, &mut whole)),
        join::<Zen>(sample, &derived, &expected, (&mut evaluating, &mut whole)),
    ];
    table(&format!("{}, {} tasks", sample.name, plan.tasks.len()), "evaluation", &mut evaluating);
    table("", "bytes to bytes", &mut whole);
    are_equal.into_iter().all(|is_equal| is_equal)
}

/// Lets a peer take part if it makes the same; one that does not is said on stderr, and not timed.
fn join<'a, P: Peer<Value: 'a> + 'a>(
    sample: &Sample,
    derived: &'a str,
    expected: &[serde_json::Value],
    (evaluating, whole): (&mut Vec<Contender<'a>>, &mut Vec<Contender<'a>>),
) -> bool {
    let prepare = || {
        let peer = P::new(sample.idle_rules);
        let input = peer.read(derived);
        equal::is(P::NAME, expected, &peer.write(&peer.evaluate(&input)));
        (peer, input)
    };
    let Ok((peer, input)) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(prepare)) else { return false };
    let peer = Rc::new(peer);
    let again = Rc::clone(&peer);
    evaluating.push(Contender::new(P::NAME, move || {
        black_box(peer.evaluate(black_box(&input)));
    }));
    whole.push(Contender::new(P::NAME, move || {
        black_box(again.write(&again.evaluate(&again.read(black_box(derived)))));
    }));
    true
}

/// One row a contender; the first is callsheet, the second the mapping by hand.
fn table(sample: &str, what: &str, contenders: &mut [Contender<'_>]) {
    let times = rounds(contenders);
    for (number, contender) in contenders.iter().enumerate() {
        let own = Spread::of(times[number].clone());
        let share = ratios(&times[number], &times[1]);
        let ahead = match number {
            0 | 1 => String::new(),
            _ => format!("{:.1}", ratios(&times[number], &times[0]).median),
        };
        let (sample, what) = if number == 0 { (sample, what) } else { ("", "") };
        let share = format!("{:.2} ({:.2}–{:.2})", share.median, share.least, share.most);
        println!("{sample:<36} {what:<15} {:<10} {:>9.4} ms   {share:<24} {ahead:>8}", contender.name, own.median);
    }
}

/// How long `check` takes for a rule set of a hundred rules.
fn check(sample: &Sample) {
    let source = sample.rules();
    let names = rules::load(&source, &rules::from_disk).unwrap().0.rule_names().count();
    let times = rounds(&mut [Contender::new("check", || {
        black_box(rules::load(black_box(&source), &rules::from_disk).unwrap());
    })]);
    let Spread { median, least, most } = Spread::of(times[0].clone());
    println!("check of {names} rules: {median:.2} ms ({least:.2}–{most:.2})");
}

/// How long the program takes from its start to its end.
fn cold_start(program: &str, arguments: &[String]) {
    let times = rounds(&mut [Contender::new("start", || {
        let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.unwrap().success(), "{program} failed");
    })]);
    let Spread { median, least, most } = Spread::of(times[0].clone());
    println!("callsheet {}: {median:.2} ms ({least:.2}–{most:.2}) from start to end", arguments.join(" "));
}

fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let say = |program: &str, arguments: &[&str]| {
        let said = Command::new(program).args(arguments).output().map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&said).trim().to_owned()
    };
    format!(
        "{}, {}, commit {}, {}, {cores} cores, load {} at the start; release build",
        say("date", &["-u", "+%F %H:%M UTC"]),
        say("rustc", &["--version"]),
        say("git", &["rev-parse", "--short", "HEAD"]),
        model.trim_start_matches(['\t', ' ', ':']),
        load()
    )
}

/// How many processes wanted to run in the last minute, on average.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

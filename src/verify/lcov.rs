//! Coverage as LCOV writes it, for editors and services: a record for each rule file.
//!
//! The format is that of `geninfo(1)`: `DA:line,times`, `BRDA:line,block,branch,times` with `-` for times where the line was
//! never reached, and the sums `LF`, `LH`, `BRF`, `BRH`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::coverage::{Coverage, FileCoverage};

/// One way, as a branch of its line.
pub(super) struct Branch {
    line: usize,
    /// The number of the choice among those of its line.
    block: usize,
    /// The number of the way among those of its choice.
    way: usize,
    /// How often it was taken; nothing where the choice was never come to.
    pub(super) taken: Option<u64>,
}

/// The coverage in LCOV's format.
#[must_use]
pub fn lcov(coverage: &Coverage) -> String {
    let mut text = String::new();
    for file in &coverage.files {
        let _ = writeln!(text, "TN:\nSF:{}", file.name);
        for Branch { line, block, way, taken } in branches(file) {
            let taken = taken.map_or_else(|| "-".to_owned(), |taken| taken.to_string());
            let _ = writeln!(text, "BRDA:{line},{block},{way},{taken}");
        }
        let (taken, ways) = file.ways();
        let _ = writeln!(text, "BRF:{ways}\nBRH:{taken}");
        for (line, times) in lines(file) {
            let _ = writeln!(text, "DA:{line},{times}");
        }
        let (reached, all) = file.lines();
        let _ = writeln!(text, "LF:{all}\nLH:{reached}\nend_of_record");
    }
    text
}

/// How often each line was reached that has something to do.
pub(super) fn lines(file: &FileCoverage) -> BTreeMap<usize, u64> {
    let mut lines: BTreeMap<usize, u64> = BTreeMap::new();
    let of_rules = file.rules.iter().flat_map(|rule| rule.lines.iter().map(|(line, times)| (*line, *times)));
    let of_signals = file.signals.iter().map(|signal| (signal.line, signal.asked + signal.refused));
    for (line, times) in of_rules.chain(of_signals) {
        let most = lines.entry(line).or_default();
        *most = times.max(*most);
    }
    lines
}

/// Both ways of every choice, and the three states of every signal.
pub(super) fn branches(file: &FileCoverage) -> Vec<Branch> {
    let mut blocks: BTreeMap<usize, usize> = BTreeMap::new();
    let mut branches = Vec::new();
    let mut add = |line: usize, ways: &[u64]| {
        let block = blocks.entry(line).or_default();
        let is_reached = ways.iter().any(|taken| *taken > 0);
        for (way, taken) in ways.iter().enumerate() {
            branches.push(Branch { line, block: *block, way, taken: is_reached.then_some(*taken) });
        }
        *block += 1;
    };
    for way in file.rules.iter().flat_map(|rule| &rule.ways) {
        add(way.line, &[way.answers.yes, way.answers.no]);
    }
    for signal in &file.signals {
        add(signal.line, &[signal.asked, signal.refused, signal.silent]);
    }
    branches.sort_by_key(|branch| (branch.line, branch.block, branch.way));
    branches
}

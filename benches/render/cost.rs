//! What a case costs: time, processor time, and the most memory that all its processes have at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What one run cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// Seconds.
    pub(crate) wall: f64,
    /// Seconds of all cores.
    pub(crate) processor: f64,
    /// Megabytes.
    pub(crate) memory: f64,
}

/// What the runs of a case cost.
#[derive(Debug, Default)]
pub(crate) struct Costs(Vec<Cost>);

impl Costs {
    pub(crate) fn of(cost: Cost) -> Self {
        Self(vec![cost])
    }

    pub(crate) fn push(&mut self, cost: Cost) {
        self.0.push(cost);
    }

    /// The median of each figure.
    pub(crate) fn median(&self) -> Cost {
        let middle = |of: fn(&Cost) -> f64| {
            let mut values: Vec<f64> = self.0.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        Cost {
            wall: middle(|cost| cost.wall),
            processor: middle(|cost| cost.processor),
            memory: middle(|cost| cost.memory),
        }
    }

    /// The shortest and the longest.
    pub(crate) fn range(&self) -> (f64, f64) {
        let walls = || self.0.iter().map(|cost| cost.wall);
        (walls().fold(f64::INFINITY, f64::min), walls().fold(0.0, f64::max))
    }
}

/// Runs `work`, which starts programs, and says what they cost.
pub(crate) fn cost(work: impl FnOnce()) -> Cost {
    let done = AtomicBool::new(false);
    let (start, before) = (Instant::now(), children_seconds());
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut most = 0.0_f64;
            while !done.load(Ordering::Relaxed) {
                most = most.max(descendants_megabytes());
                std::thread::sleep(Duration::from_millis(100));
            }
            most
        });
        work();
        let wall = start.elapsed().as_secs_f64();
        done.store(true, Ordering::Relaxed);
        Cost { wall, processor: children_seconds() - before, memory: watcher.join().unwrap_or_default() }
    })
}

/// Processor time of the programs that have run so far: what a noisy machine leaves comparable. Linux counts it in
/// hundredths of a second; elsewhere it is 0.
fn children_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = |field: usize| fields(&stat).get(field).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    // cutime and cstime, fields 16 and 17 of proc(5), counted after the name.
    (ticks(13) + ticks(14)) / 100.0
}

/// What stands behind the name in a line of proc(5)'s `stat`.
fn fields(stat: &str) -> Vec<&str> {
    stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect()
}

/// The memory of all programs that this one has started, and theirs: what each has of its own, and once for programs of one
/// name what they read from files, as the libraries of two ffmpegs.
///
/// It must cost next to nothing, or what uses both cores looks slower than what leaves a part of one: so the system is asked
/// for children, not for all programs that run, and not for the pages that programs have in common (`smaps_rollup`), for which
/// it walks through all of them.
fn descendants_megabytes() -> f64 {
    let mut own_memory = 0.0;
    let mut of_files: BTreeMap<String, f64> = BTreeMap::new();
    for id in descendants(std::process::id()) {
        let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/status")) else { continue };
        let value = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        let kilobytes = |key: &str| -> f64 {
            value(key).and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
        };
        own_memory += kilobytes("RssAnon:") + kilobytes("RssShmem:");
        let most = of_files.entry(value("Name:").unwrap_or_default().to_owned()).or_default();
        *most = most.max(kilobytes("RssFile:"));
    }
    (own_memory + of_files.values().sum::<f64>()) * 1024.0 / 1e6
}

/// Those that a program has started, and theirs.
fn descendants(id: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for thread in std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten() {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            found.push(child);
            found.extend(descendants(child));
        }
    }
    found
}

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
                std::thread::sleep(Duration::from_millis(40));
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

/// The memory of all programs that this one has started, and theirs.
fn descendants_megabytes() -> f64 {
    let mut parents: BTreeMap<u32, u32> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let fields = fields(&stat);
        parents.insert(id, fields.get(1).and_then(|text| text.parse().ok()).unwrap_or(0));
    }
    let own = std::process::id();
    let is_ours = |mut id: u32| {
        while let Some(parent) = parents.get(&id) {
            if *parent == own {
                return true;
            }
            id = *parent;
        }
        false
    };
    parents.keys().filter(|id| is_ours(**id)).map(|id| megabytes(*id)).sum()
}

/// What a program has of the memory: its own, and its share of what it has in common with others, as the libraries of two
/// ffmpegs. Where the system does not tell that, all that it sees.
fn megabytes(id: u32) -> f64 {
    let kilobytes = |file: &str, key: &str| -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/{id}/{file}")).ok()?;
        text.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse().ok()
    };
    kilobytes("smaps_rollup", "Pss:").or_else(|| kilobytes("status", "VmRSS:")).unwrap_or(0.0) * 1024.0 / 1e6
}

//! Timing: every contender once a round, so that a busy moment of the machine hits all of them alike, and the median and
//! range over the rounds.

use std::time::{Duration, Instant};

/// A turn of a contender lasts at least this long; a shorter work is repeated.
const SHORTEST: Duration = Duration::from_millis(5);
const ROUNDS: usize = 21;
/// No more rounds than `FEWEST` once a measurement has taken this long.
const LONGEST: Duration = Duration::from_secs(25);
const FEWEST: usize = 5;

/// Something that is timed.
pub struct Contender<'a> {
    pub name: &'static str,
    pub work: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    pub fn new(name: &'static str, work: impl FnMut() + 'a) -> Self {
        Self { name, work: Box::new(work) }
    }
}

/// The middle and the ends of a measurement.
#[derive(Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self { median: values[values.len() / 2], least: values[0], most: values[values.len() - 1] }
    }
}

/// Milliseconds of each contender in each round.
pub fn rounds(contenders: &mut [Contender<'_>]) -> Vec<Vec<f64>> {
    let repeats: Vec<u32> = contenders.iter_mut().map(enough).collect();
    let mut times = vec![Vec::new(); contenders.len()];
    let begin = Instant::now();
    for round in 0..ROUNDS {
        if round >= FEWEST && begin.elapsed() > LONGEST {
            break;
        }
        // Nobody always comes after the same one: what that one leaves in the caches would be part of the figure.
        for turn in 0..contenders.len() {
            let number = (turn + round) % contenders.len();
            let took = turn_of(&mut contenders[number], repeats[number]);
            times[number].push(took.as_secs_f64() * 1e3 / f64::from(repeats[number]));
        }
    }
    times
}

/// How often the work is repeated in a turn. The first call says little: nothing is in the caches yet.
fn enough(contender: &mut Contender<'_>) -> u32 {
    let mut repeats = 1;
    while turn_of(contender, repeats) < SHORTEST {
        repeats *= 2;
    }
    repeats
}

fn turn_of(contender: &mut Contender<'_>, repeats: u32) -> Duration {
    let start = Instant::now();
    (0..repeats).for_each(|_| (contender.work)());
    start.elapsed()
}

/// `times` of each round divided by `by` of the same round.
pub fn ratios(times: &[f64], by: &[f64]) -> Spread {
    Spread::of(times.iter().zip(by).map(|(time, by)| time / by).collect())
}

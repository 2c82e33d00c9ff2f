//! Numbers and times that are left: stretches with open or closed ends.

use crate::rules::ast::Comparator;

/// A place between two numbers: right before `at`, or right after it. So an end is open or closed by where it is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) at: f64,
    pub(super) after: bool,
}

impl Cut {
    fn new(at: f64, after: bool) -> Self {
        // Minus nothing is nothing.
        Self { at: at + 0.0, after }
    }

    fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.at.total_cmp(&other.at).then(self.after.cmp(&other.after))
    }
}

/// Numbers: every cut, in order, is where what is left begins or ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ranges(Vec<Cut>);

/// One stretch: its ends, each with whether the end itself belongs to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) low: f64,
    pub(super) with_low: bool,
    pub(super) high: f64,
    pub(super) with_high: bool,
}

impl Ranges {
    /// From `low` to `high`, each with whether it belongs to them.
    pub(super) fn between((low, with_low): (f64, bool), (high, with_high): (f64, bool)) -> Self {
        Self::from_to(Cut::new(low, !with_low), Cut::new(high, with_high))
    }

    pub(super) fn point(value: f64) -> Self {
        Self::between((value, true), (value, true))
    }

    /// Everything that compares so with `bound`.
    pub(super) fn compared(comparator: Comparator, bound: f64) -> Self {
        let (least, most) = (Cut::new(f64::NEG_INFINITY, false), Cut::new(f64::INFINITY, true));
        match comparator {
            Comparator::Less => Self::from_to(least, Cut::new(bound, false)),
            Comparator::AtMost => Self::from_to(least, Cut::new(bound, true)),
            Comparator::More => Self::from_to(Cut::new(bound, true), most),
            Comparator::AtLeast => Self::from_to(Cut::new(bound, false), most),
        }
    }

    fn from_to(from: Cut, to: Cut) -> Self {
        Self(if from.order(&to).is_lt() { vec![from, to] } else { Vec::new() })
    }

    /// Each number is kept by whether it is among these, and among `other`; what is in neither is never kept.
    pub(super) fn combine(&self, other: &Self, keep: fn(bool, bool) -> bool) -> Self {
        let (mut ones, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        let (mut in_one, mut in_other, mut kept) = (false, false, false);
        let mut cuts = Vec::new();
        loop {
            let next = match (ones.peek(), others.peek()) {
                (Some(one), Some(other)) => {
                    if one.order(other).is_le() {
                        **one
                    } else {
                        **other
                    }
                }
                (Some(cut), None) | (None, Some(cut)) => **cut,
                (None, None) => return Self(cuts),
            };
            in_one ^= ones.next_if(|cut| cut.order(&next).is_eq()).is_some();
            in_other ^= others.next_if(|cut| cut.order(&next).is_eq()).is_some();
            if keep(in_one, in_other) != kept {
                kept = !kept;
                cuts.push(next);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where they begin and where they end.
    pub(super) fn ends(&self) -> Option<(Cut, Cut)> {
        self.0.first().copied().zip(self.0.last().copied())
    }

    /// Everything before the end of these; with `strictly`, before every one of them but the last is left out.
    pub(super) fn up_to(cut: Cut, strictly: bool) -> Self {
        Self::from_to(Cut::new(f64::NEG_INFINITY, false), if strictly { Cut::new(cut.at, false) } else { cut })
    }

    /// Everything from `cut` on; with `strictly`, without the number at it.
    pub(super) fn from_on(cut: Cut, strictly: bool) -> Self {
        Self::from_to(if strictly { Cut::new(cut.at, true) } else { cut }, Cut::new(f64::INFINITY, true))
    }

    /// The same whole numbers, with every cut right before one.
    pub(super) fn whole(&self) -> Self {
        let mut whole = Self::default();
        for (from, to) in self.pairs() {
            let before = |cut: Cut| Cut::new(if cut.after { cut.at.floor() + 1.0 } else { cut.at.ceil() }, false);
            whole = whole.combine(&Self::from_to(before(from), before(to)), |one, other| one || other);
        }
        whole
    }

    pub(super) fn stretches(&self) -> impl Iterator<Item = Stretch> {
        self.pairs().map(|(from, to)| Stretch { low: from.at, with_low: !from.after, high: to.at, with_high: to.after })
    }

    fn pairs(&self) -> impl Iterator<Item = (Cut, Cut)> {
        self.0.chunks_exact(2).filter_map(|pair| pair.first().copied().zip(pair.last().copied()))
    }

    #[cfg(test)]
    pub(super) fn contains(&self, value: f64) -> bool {
        let point = Cut::new(value, false);
        self.0.iter().filter(|cut| cut.order(&point).is_le()).count() % 2 == 1
    }
}

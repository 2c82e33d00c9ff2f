//! The side of a box: which values are left on one axis.

use super::names::Names;
use super::ranges::Ranges;

/// In [`Side::Words`], that there is no value.
pub(super) const ABSENT: u32 = 1 << 31;

/// Values of one type, and perhaps that there is none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Side {
    /// Of a closed set: a bit for each word, and [`ABSENT`].
    Words(u32),
    /// Numbers, times, lengths.
    Ranges { absent: bool, values: Ranges },
    /// Texts and ids. A text that is blank is there, but says nothing, so blank and other texts are told apart.
    Texts { absent: bool, blank: Names, filled: Names },
}

impl Side {
    fn combine(&self, other: &Self, keep: fn(bool, bool) -> bool) -> Self {
        match (self, other) {
            (Self::Words(mine), Self::Words(theirs)) => {
                let among =
                    |mine_too: bool, theirs_too: bool, bits: u32| if keep(mine_too, theirs_too) { bits } else { 0 };
                Self::Words(
                    among(true, true, mine & theirs)
                        | among(true, false, mine & !theirs)
                        | among(false, true, !mine & theirs),
                )
            }
            (Self::Ranges { absent, values }, Self::Ranges { absent: other_absent, values: other_values }) => {
                Self::Ranges { absent: keep(*absent, *other_absent), values: values.combine(other_values, keep) }
            }
            (
                Self::Texts { absent, blank, filled },
                Self::Texts { absent: other_absent, blank: other_blank, filled: other_filled },
            ) => Self::Texts {
                absent: keep(*absent, *other_absent),
                blank: blank.combine(other_blank, keep),
                filled: filled.combine(other_filled, keep),
            },
            // An axis has sides of one kind alone; nothing is concluded from what cannot be.
            _ => self.clone(),
        }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine && theirs)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine || theirs)
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine && !theirs)
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Words(bits) => *bits == 0,
            Self::Ranges { absent, values } => !absent && values.is_empty(),
            Self::Texts { absent, blank, filled } => !absent && blank.is_empty() && filled.is_empty(),
        }
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Words(mine), Self::Words(theirs)) => mine & !theirs == 0,
            _ => self.without(other).is_empty(),
        }
    }

    pub(super) fn may_be_absent(&self) -> bool {
        match self {
            Self::Words(bits) => bits & ABSENT != 0,
            Self::Ranges { absent, .. } | Self::Texts { absent, .. } => *absent,
        }
    }

    /// The same with `absent` left or not.
    fn with_absence(&self, is: bool) -> Self {
        match self.clone() {
            Self::Words(bits) => Self::Words(if is { bits | ABSENT } else { bits & !ABSENT }),
            Self::Ranges { values, .. } => Self::Ranges { absent: is, values },
            Self::Texts { blank, filled, .. } => Self::Texts { absent: is, blank, filled },
        }
    }

    /// The values among these.
    pub(super) fn present(&self) -> Self {
        self.with_absence(false)
    }

    /// Of the same kind: that there is no value.
    pub(super) fn absent(&self) -> Self {
        match self {
            Self::Words(_) => Self::Words(ABSENT),
            Self::Ranges { .. } => Self::Ranges { absent: true, values: Ranges::default() },
            Self::Texts { .. } => Self::Texts { absent: true, blank: Names::NONE, filled: Names::NONE },
        }
    }

    /// Whether exactly one value is left, and that there is none is not.
    pub(super) fn is_single(&self) -> bool {
        match self {
            Self::Words(bits) => bits & ABSENT == 0 && bits.is_power_of_two(),
            Self::Ranges { absent, values } => {
                !absent && values.ends().is_some_and(|(low, high)| low.at.total_cmp(&high.at).is_eq())
            }
            Self::Texts { absent, blank, filled } => {
                !absent && !blank.except && !filled.except && blank.names.len() + filled.names.len() == 1
            }
        }
    }
}

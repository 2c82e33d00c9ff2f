//! Filling: clips for segments that wait for them, out of a folder, from a stock, or made to order.
//!
//! [`wishes()`] says what a scenario waits for, a [`Provider`] offers [`Candidate`]s for a [`Wish`] and brings the one that
//! is picked into a folder ([`Taken`]), and [`Placing::write_in`] gives it to its segment in the scenario's text. [`Desk`]
//! does all of it for a scenario in a file.
//!
//! Who keeps scenarios elsewhere does the same in steps: [`Provider::search`], [`Pick::from`] by the id that was picked,
//! [`Provider::take`], [`clip_fit()`] with what was measured, [`Placing`] with an asset id of its own and no path, and at last
//! [`Errand::settle`]. A [`Candidate`] can be shown to anybody and not be taken by itself: its file's address stays with
//! the search, which is remembered for a day in [`Config::memory`].
//!
//! What a provider sends is outside data: it is fetched from known hosts alone, bounded, and measured before it is used.
//! A provider that is paid works only under a [`Spending`] that somebody chose for that segment, and every step of its job
//! stands in a [`Ledger`] before the next is made.

mod candidate;
mod choose;
mod clock;
mod config;
mod desk;
mod download;
mod errand;
mod failure;
mod ledger;
mod library;
mod pexels;
mod pixabay;
mod place;
mod quota;
mod taken;
mod veo;
mod wire;
mod wish;

use std::path::Path;

use serde::Serialize;

use crate::error::Result;

pub use candidate::{Candidate, Suits};
pub use choose::{Chooser, choose};
pub use clock::{Clock, SystemClock};
pub use config::{Config, Providers, Service, VeoConfig};
pub use desk::{Desk, Filled, Pick, clip_fit};
pub use errand::{Errand, Progress, Spending};
pub use failure::Failure;
pub use ledger::{Entry, FileLedger, Ledger, Stage};
pub use library::Library;
pub use pexels::Pexels;
pub use pixabay::Pixabay;
pub use place::Placing;
pub use taken::Taken;
pub use veo::Veo;
pub use wish::{Language, Shape, Spot, Wish, wish, wishes};

use failure::failed;

/// Where clips come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A folder on this machine.
    Library,
    /// The stock of pexels.com.
    Pexels,
    /// The stock of pixabay.com.
    Pixabay,
    /// Google's Veo makes it; that costs money.
    Veo,
}

impl Source {
    /// All of them, in the order in which they are asked where nobody says otherwise.
    pub const ALL: [Self; 4] = [Self::Library, Self::Pexels, Self::Pixabay, Self::Veo];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Pexels => "pexels",
            Self::Pixabay => "pixabay",
            Self::Veo => "veo",
        }
    }

    /// The one that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.word() == word)
    }

    /// Whether it costs money to take something from it.
    #[must_use]
    pub fn is_paid(self) -> bool {
        self == Self::Veo
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// Offers clips and brings them. Failures are [`crate::error::Error::Fill`], but for [`crate::error::Error::Cancelled`]
/// and what goes wrong on this machine's disk.
pub trait Provider: Send + Sync {
    /// Which it is.
    fn source(&self) -> Source;

    /// Whether taking something from it costs money. Searching never does.
    fn is_paid(&self) -> bool {
        self.source().is_paid()
    }

    /// What it offers for `wish`, the best first; an empty list if nothing fits the words.
    fn search(&self, wish: &Wish, errand: &mut Errand<'_>) -> Result<Vec<Candidate>>;

    /// Brings what it offered for `wish` into `folder`, named by its content: whole and measured, or not at all. The folder
    /// is made if need be.
    ///
    /// A paid one goes on with the job that the errand's ledger has for the segment; it begins one only if the errand's
    /// [`Spending`] allows it. Whoever called writes with [`Errand::settle`] that the result has its place.
    fn take(&self, wish: &Wish, candidate: &Candidate, folder: &Path, errand: &mut Errand<'_>) -> Result<Taken>;
}

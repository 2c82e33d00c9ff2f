//! What whoever starts the server decides.

use std::net::SocketAddr;
use std::path::PathBuf;

use std::time::Duration;

use crate::fill;
use crate::http::Guard;
use crate::llm;

use super::clock::Clock;
use super::storage::StorageConfig;

/// How the server is to be.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes one that is free.
    pub address: SocketAddr,
    /// The folder with all that it keeps.
    pub data: PathBuf,
    /// How many jobs run at the same time; with 0 they wait for a server that runs some.
    pub jobs: usize,
    /// What a client may take.
    pub limits: Limits,
    /// The rule set that plans are made by; if absent, the shipped one.
    pub rules: Option<PathBuf>,
    /// The model that writes scenarios and edits; without one, scenarios are drafted and nothing is edited.
    pub model: Option<llm::Config>,
    /// Where time and chance come from.
    pub clock: Clock,
    /// Where outputs are kept.
    pub storage: StorageConfig,
    /// How long they are kept.
    pub keep: Keep,
    /// How long a link to a download holds.
    pub link: Duration,
    /// What links begin with, e.g. `https://video.example`; empty for links that hold on this server.
    pub public_url: String,
    /// Which addresses webhooks may lead to.
    pub webhooks: Guard,
    /// Who can be asked for clips.
    pub fill: fill::Config,
}

impl Config {
    /// On this machine alone, port 8080, with everything in `data`.
    #[must_use]
    pub fn new(data: PathBuf) -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data,
            jobs: 1,
            limits: Limits::default(),
            rules: None,
            model: None,
            clock: Clock::system(),
            storage: StorageConfig::default(),
            keep: Keep::default(),
            link: Duration::from_secs(3600),
            public_url: String::new(),
            webhooks: Guard::public(),
            fill: fill::Config::default(),
        }
    }

    /// Whether nobody else can connect.
    pub(crate) fn is_local(&self) -> bool {
        self.address.ip().is_loopback()
    }
}

/// What a client may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest file that is taken, in bytes.
    pub upload: u64,
    /// The largest JSON that is taken, in bytes.
    pub json: usize,
    /// How many projects there may be, of one token where tokens are needed.
    pub projects: u32,
    /// How many assets a project may have.
    pub assets: u32,
    /// How many jobs of a project may wait for their turn.
    pub queued: u32,
    /// The longest video or sound that is taken, in seconds.
    pub seconds: u32,
    /// The largest picture that is taken, in pixels.
    pub pixels: u64,
    /// How large the media of a project may be together, in bytes.
    pub project: u64,
    /// How much of the disk stays free, in bytes: below it nothing is taken and nothing begun.
    pub reserve: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            upload: 6 << 30,
            json: 4 << 20,
            projects: 1000,
            assets: 1000,
            queued: 100,
            seconds: 6 * 3600,
            pixels: crate::ffmpeg::MAX_PIXELS,
            project: 100_000_000_000,
            reserve: 256 << 20,
        }
    }
}

/// How long outputs are kept; the oldest go first.
#[derive(Clone, Debug)]
pub struct Keep {
    /// How old they may become, in days.
    pub days: u32,
    /// How large all of them together may be, in bytes.
    pub bytes: u64,
}

impl Default for Keep {
    fn default() -> Self {
        Self { days: 30, bytes: 100_000_000_000 }
    }
}

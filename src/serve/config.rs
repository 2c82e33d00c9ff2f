//! What whoever starts the server decides.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::llm;

use super::clock::Clock;

/// How the server is to be.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes one that is free.
    pub address: SocketAddr,
    /// The folder with all that it keeps.
    pub data: PathBuf,
    /// How many jobs run at the same time.
    pub jobs: usize,
    /// What a client may take.
    pub limits: Limits,
    /// The rule set that plans are made by; if absent, the shipped one.
    pub rules: Option<PathBuf>,
    /// The model that writes scenarios and edits; without one, scenarios are drafted and nothing is edited.
    pub model: Option<llm::Config>,
    /// Where time and chance come from.
    pub clock: Clock,
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
    /// The longest video or sound that is taken, in seconds.
    pub seconds: u32,
    /// The largest picture that is taken, in pixels.
    pub pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            upload: 6 << 30,
            json: 4 << 20,
            projects: 1000,
            assets: 1000,
            seconds: 6 * 3600,
            pixels: crate::ffmpeg::MAX_PIXELS,
        }
    }
}

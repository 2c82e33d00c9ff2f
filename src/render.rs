//! From a [`ValidPlan`](crate::tasks::ValidPlan) to a measured video.
//!
//! `lower` runs the tasks on paper: what one task after another would make becomes one `strip`, exact in time.
//! [`timeline()`] puts that on the frame grid and finds what is visible when; `graph` and `sound` write it as one filter
//! graph; [`command()`] adds inputs and encoder; `job` runs it beside the output, `measure`s the result against the plan
//! and renames it. One decode, one encode, whatever the number of tasks.
//!
//! Unless told otherwise it does so in pieces: [`spans()`] says where the timeline is cut, each `slice` of it and the sound
//! has a command and a [`Key`], a `crew` makes those that the [`Store`] does not have, and `join` copies them into one.

mod command;
mod crew;
mod encode;
mod farm;
mod fit;
mod framing;
mod graph;
mod input;
mod job;
mod join;
mod karaoke;
mod key;
mod lower;
mod measure;
mod motion;
mod overlay;
mod pieces;
mod preview;
mod slice;
mod soft;
mod sound;
mod span;
mod store;
mod strip;
mod texts;
mod timeline;

pub use command::{Command, Encoder, PRESETS, command};
pub use farm::{Farm, Listed};
pub use job::{Options, Progress, Report, Way, render};
pub use key::Key;
pub use measure::Measured;
pub use pieces::Made;
pub use preview::{Preview, preview};
pub use soft::Subtitles;
pub use span::spans;
pub use store::{DEFAULT_BOUND, Pruned, Store, Usage};
pub use timeline::{Canvas, Timeline, timeline};

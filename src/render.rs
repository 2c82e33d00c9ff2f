//! From a [`ValidPlan`](crate::tasks::ValidPlan) to a measured video.
//!
//! `lower` runs the tasks on paper: what one task after another would make becomes one `strip`, exact in time.
//! [`timeline()`] puts that on the frame grid and finds what is visible when; `graph` and `sound` write it as one filter
//! graph; [`command()`] adds inputs and encoder; `job` runs it beside the output, `measure`s the result against the plan
//! and renames it. One decode, one encode, whatever the number of tasks.

mod command;
mod graph;
mod input;
mod job;
mod karaoke;
mod lower;
mod measure;
mod soft;
mod sound;
mod strip;
mod timeline;

pub use command::{Command, Encoder, PRESETS, command};
pub use job::{Options, Progress, Report, render};
pub use measure::Measured;
pub use soft::Subtitles;
pub use timeline::{Canvas, Timeline, timeline};

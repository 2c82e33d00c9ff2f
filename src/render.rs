//! From a [`ValidPlan`](crate::tasks::ValidPlan) to a measured video.
//!
//! `lower` runs the tasks on paper: what one task after another would make becomes one `strip`, exact in time.
//! [`timeline()`] puts that on the frame grid and finds what is visible when; `graph` and `sound` write it as one filter
//! graph; [`command()`] adds inputs and encoder; `job` runs it beside the output, `measure`s the result against the plan
//! and renames it. One decode, one encode, whatever the number of tasks. What must be heard before it is known is found
//! first: `ducking` where somebody speaks, `loudness` how loud the whole is.
//!
//! Unless told otherwise it does so in pieces: [`spans()`] says where the timeline is cut, each `slice` of it and the sound
//! has a command and a [`Key`], a `crew` makes those that the [`Store`] does not have, and `join` copies them into one.

mod beside;
mod command;
mod credits;
mod crew;
mod ducking;
mod encode;
mod encoder;
mod farm;
mod forecast;
mod fit;
mod framing;
mod graph;
mod input;
mod job;
mod join;
mod karaoke;
mod key;
mod loudness;
mod labels;
mod lower;
mod measure;
mod otio;
mod pace;
mod motion;
mod overlay;
mod pieces;
mod preview;
mod proof;
mod rough;
mod sized;
mod slice;
mod smart;
mod soft;
mod sound;
mod span;
mod store;
mod strip;
mod texts;
mod timeline;
mod unprobed;

pub use command::{Command, command};
pub use encoder::{Codec, Encoder, Program, Quality, Trial, Unfit, programs, try_out};
pub use farm::{Farm, Listed};
pub use forecast::{Forecast, SpanForecast, forecast, megapixels};
pub use job::{Options, Place, Progress, Report, Way, place, render, report_path, write_report};
pub use key::Key;
pub use measure::Measured;
pub use otio::otio;
pub use pace::Pace;
pub use pieces::Made;
pub use preview::{Preview, preview};
pub use proof::{Depth, Fact, Kind, Levels, Proof, Stretch, prove};
pub use rough::{Rough, rough};
pub use soft::Subtitles;
pub use span::spans;
pub use store::{DEFAULT_BOUND, Pruned, Store, Usage};
pub use timeline::{Canvas, Timeline, timeline};
pub use unprobed::unprobed_texts;

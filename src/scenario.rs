//! The scenario: what to film, as it is read, checked and made ready.
//!
//! [`read()`] takes the JSON strictly into a [`Document`], [`normalise()`] checks what the shape cannot say and derives
//! what rules ask about ([`Scenario`]), and [`ready()`] lets only a scenario without pending media through
//! ([`Ready`]). [`field`] is the table of everything that a rule can read.
//!
//! A scenario that nobody has written yet begins as an [`Outline`] of given [`Footage`].

mod credit;
mod effect;
pub mod field;
mod footage;
mod framing;
mod model;
mod normalise;
mod outline;
mod picture;
mod read;
mod readiness;
mod words;

pub use credit::Credit;
pub use effect::{Effect, EffectKind, Transition};
pub use footage::{Asset, Footage};
pub use framing::{ClipFit, Motion};
pub use model::{
    AspectRatio, AssetSource, AssetStatus, AudioRole, Document, Fit, Format, Layer, LayerKind, Metadata, Overlay,
    Params, Position, SafeArea, Scene, Segment, Story,
};
pub use normalise::{Facts, Scenario, SegmentFacts, normalise};
pub(crate) use normalise::{asset_kind, segment_id};
pub use outline::{Outline, OutlineOverlay, OutlineScene};
pub use read::read;
pub use readiness::{Cause, NotReady, Pending, Ready, ready};

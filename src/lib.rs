//! callsheet turns a *scenario* into a *plan* of FFmpeg tasks by *rules*, and the plan into a *video*.
//!
//! ```text
//! scenario.json ─▶ Document ─▶ Scenario ─▶ Ready ─┐
//!                  (read)     (normalise)  (ready)  ├─▶ Plan ─▶ ValidPlan ─▶ Timeline ─▶ video
//! rules ─▶ Ast ─▶ Linked ─▶ Checked ─▶ Program ────┘  (compile) (validate)  (lower)     (render)
//!         (parse) (link)   (check)    (lower)
//! ```
//!
//! The one way back is [`lift`]: of a Plan that anybody wrote it makes the Document that compiles to it.
//!
//! The modules stand in pipeline order: a stage imports only those above it, and every pass returns a type of its own,
//! so that a skipped pass does not compile.

pub mod time;
pub mod value;

pub mod diagnostic;
pub mod error;
mod shape;
mod suggest;
pub mod template;
pub mod cache;

pub mod ffmpeg;
pub mod media;
pub mod http;
pub mod speech;
pub mod llm;

pub mod scenario;
pub mod decide;
pub mod tasks;
pub mod rules;
pub mod compile;
pub mod explain;
pub mod lift;

pub mod text;
pub mod captions;
pub mod subtitles;
pub mod draft;
pub mod render;
pub mod fill;

pub mod project;
pub mod verify;
pub mod reference;
pub mod writer;
pub mod produce;
pub mod serve;
pub mod lsp;
pub mod cli;

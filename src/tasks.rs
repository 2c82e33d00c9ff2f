//! Tasks: what may be done to a video, and nothing else.
//!
//! [`catalogue`] is the whitelist: one table from which the rule checker, the plan validator, the JSON Schema and the
//! reference page come. A [`Plan`] is a list of tasks with their origins; only [`validate()`] makes a [`ValidPlan`] of it,
//! and only a [`ValidPlan`] is rendered.

pub mod catalogue;
mod plan;
mod read;
mod schema;
mod style;
mod validate;

pub use catalogue::{ParamSpec, Stage, TaskSpec};
pub use plan::{Origin, Plan, Task};
pub use read::read;
pub use schema::{plan_schema, tasks_schema};
pub(crate) use style::color_names;
pub use style::{Align, Color, STYLE, Style, StyleProperty};
pub use validate::{ValidPlan, check, validate};

//! Tasks: what may be done to a video, and nothing else.
//!
//! [`catalogue`] is the whitelist: one table from which the rule checker, the plan validator, the JSON Schema and the
//! reference page come. A [`Plan`] is a list of tasks with their origins; only [`validate()`] makes a [`ValidPlan`] of it,
//! and only a [`ValidPlan`] is rendered.

mod background;
pub mod catalogue;
mod compare;
mod plan;
mod read;
mod said;
mod schema;
mod show;
mod style;
mod validate;

pub use background::Background;
pub use catalogue::{ParamSpec, Stage, TaskSpec};
pub use compare::{Change, Difference, NamedChange, TaskChange, ValueChange, compare};
pub(crate) use plan::used;
pub use plan::{Origin, Plan, Task, used_assets, used_styles};
pub use read::read;
pub use schema::{answer_schema, plan_schema, tasks_schema};
pub(crate) use show::in_short;
pub use style::{Align, Animation, Color, STYLE, Setter, Style, StyleProperty, color_names};
pub use validate::{ValidPlan, check, validate};

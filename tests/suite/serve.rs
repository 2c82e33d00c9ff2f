//! The server as its clients see it: whole answers.

#[path = "serve/access.rs"]
mod access;
#[path = "serve/assets.rs"]
mod assets;
#[path = "serve/description.rs"]
mod description;
#[path = "serve/program.rs"]
mod program;
#[path = "serve/projects.rs"]
mod projects;
#[path = "serve/refusals.rs"]
mod refusals;
#[path = "serve/scenario.rs"]
mod scenario;

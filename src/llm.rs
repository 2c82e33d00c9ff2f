//! The wire to a language model: any server with OpenAI's chat completions, or Anthropic's messages.
//!
//! Nothing here knows what is asked. An answer is text from outside and nothing else: [`read_json`] takes the JSON out
//! of it, and whoever asked holds that to a shape and a meaning.

mod answer;
mod anthropic;
mod ask;
mod config;
mod failure;
mod listen;
mod openai;
mod refused;
mod request;
mod schema;
mod spoken;
mod sse;

pub use answer::{Answer, read_json};
pub use ask::{Progress, ask};
pub use config::{Answers, Api, Config};
pub use failure::Failure;
pub use request::{Request, Turn};
pub use schema::{Schema, strict};

use failure::failed;

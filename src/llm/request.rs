//! What a model is asked.

use super::schema::Schema;

/// One question, with all that led to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What the model is to be and to do.
    pub system: String,
    /// What was said so far; it begins and ends with the user.
    pub turns: Vec<Turn>,
    /// The shape of the answer.
    pub schema: Schema,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// By the user.
    User(String),
    /// By the model.
    Model(String),
}

impl Request {
    /// The system text with the schema in it, for a server that does not take it beside.
    pub(super) fn system_with_schema(&self) -> String {
        let schema = self.schema.value();
        format!(
            "{}\n\nAnswer with one JSON object and nothing else: no Markdown, no comments, no words around it. It must \
             be valid against this JSON Schema:\n{schema}",
            self.system.trim_end()
        )
    }
}

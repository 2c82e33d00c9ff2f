//! What the world did: the one error type of the library.

use std::path::PathBuf;

use crate::diagnostic::Diagnostics;

/// A failure that no author of a scenario or rule set is to blame for, or [`Error::Invalid`] where one is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The scenario, the rules or the plan are wrong; each finding says where and how to mend it.
    #[error("{} found", findings_text(.0))]
    Invalid(Diagnostics),
    /// Segments wait for their media; the text names the scenes.
    #[error("{0}")]
    NotReady(crate::scenario::NotReady),
    /// A file could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The output cannot have the name that was asked for.
    #[error("cannot write `{}`: {reason}", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// A program could not be started.
    #[error("cannot start `{program}`: {source}; `callsheet doctor` says what is missing and how to get it")]
    Start {
        /// Its name.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// ffprobe could not make sense of an asset.
    #[error("asset `{asset}` (`{}`) is not playable media: {reason}", path.display())]
    Probe {
        /// The asset's id.
        asset: String,
        /// Its file.
        path: PathBuf,
        /// What ffprobe said, or what is missing.
        reason: String,
    },
    /// ffmpeg ended with an error; its last words are shown.
    #[error("ffmpeg failed ({status}):\n{words}")]
    Ffmpeg {
        /// Its exit status.
        status: String,
        /// The end of what it wrote, without progress.
        words: String,
    },
    /// The rendered file is not what was planned.
    #[error("the rendered video is not what was planned: {0}")]
    Measured(String),
    /// A template of ours, or one that stands in for it, cannot be filled in.
    #[error("template `{name}` cannot be filled in: {source}")]
    Template {
        /// The template.
        name: String,
        /// What minijinja said.
        source: minijinja::Error,
    },
    /// The formatter would have changed what a rule set means.
    #[error("`{0}` is left as it is: formatted, it would not say the same; please report it with the file")]
    Unformatted(String),
    /// A font in a folder of fonts cannot be read.
    #[error("font `{}` cannot be used: {reason}", path.display())]
    Font {
        /// The file, or the folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// What was asked for does not go together, in a way that only shows at work.
    #[error("{reason}; {fix}")]
    Usage {
        /// What does not.
        reason: String,
        /// What to do.
        fix: String,
    },
    /// The server cannot begin, or cannot go on.
    #[error("cannot serve: {reason}; {fix}")]
    Serve {
        /// What went wrong.
        reason: String,
        /// What to do.
        fix: String,
    },
    /// Nothing could write down what is said.
    #[error("cannot transcribe: {reason}; {fix}")]
    Speech {
        /// What went wrong.
        reason: String,
        /// What to do.
        fix: String,
    },
    /// A language model, or the server before it, gave nothing that can be used.
    #[error("no answer from the model: {reason}; {fix}")]
    Model {
        /// The kind, for whoever can go on without.
        kind: crate::llm::Failure,
        /// What went wrong.
        reason: String,
        /// What to do.
        fix: String,
    },
    /// A provider of clips gave nothing that can be used.
    #[error("{provider}: {reason}; {fix}")]
    Fill {
        /// The kind, for whoever has to answer for it.
        kind: crate::fill::Failure,
        /// Which provider.
        provider: &'static str,
        /// What went wrong.
        reason: String,
        /// What to do.
        fix: String,
    },
    /// A model's answer is wrong, and no repair has helped.
    #[error("{}", answer_text(findings, *repairs))]
    Answer {
        /// What is wrong with the last answer.
        findings: Diagnostics,
        /// How often it was sent back.
        repairs: u32,
    },
    /// The user pressed Ctrl-C.
    #[error("cancelled; nothing was written")]
    Cancelled,
    /// ffmpeg made no progress for too long and was ended.
    #[error("ffmpeg made no progress for {0} seconds and was ended; nothing was written")]
    Stalled(u64),
}

fn findings_text(findings: &Diagnostics) -> String {
    let count = findings.iter().filter(|found| found.severity == crate::diagnostic::Severity::Error).count();
    if count == 1 { "1 error".into() } else { format!("{count} errors") }
}

fn answer_text(findings: &Diagnostics, repairs: u32) -> String {
    let tries = match repairs {
        0 => String::new(),
        1 => " after a repair".to_owned(),
        repairs => format!(" after {repairs} repairs"),
    };
    let fix = "try again, allow more with `--repairs`, or use a larger model";
    format!("the model's answer cannot be used{tries}: {} found; {fix}", findings_text(findings))
}

impl From<Diagnostics> for Error {
    fn from(findings: Diagnostics) -> Self {
        Self::Invalid(findings)
    }
}

/// A result whose failure is an [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

//! How work at a job can end.

use serde_json::Value;

use crate::error::Error;
use crate::serve::id::Id;
use crate::serve::language::Words;
use crate::serve::problem::{Code, Problem};

/// What a job that is done leaves behind.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// What there is to say about it.
    pub(crate) result: Value,
}

/// Why a job did not come to its end.
#[derive(Debug)]
pub(crate) enum Ended {
    /// Somebody wanted it to stop: its user, or whoever ends the server.
    Stopped,
    /// It cannot be done.
    Failed(Problem),
}

impl From<Problem> for Ended {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<rusqlite::Error> for Ended {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        match error {
            Error::Cancelled => Self::Stopped,
            Error::Stalled(seconds) => Self::Failed(Problem::new(
                Code::FfmpegFailed,
                format!("ffmpeg made no progress for {seconds} seconds and was ended; start the job again"),
                format!("ffmpeg {seconds} секунд не продвигался и был остановлен; запустите задание снова"),
            )),
            Error::Measured(differences) => {
                let detail = Words::new(
                    format!("the rendered video is not what was planned, so it is not kept: {differences}"),
                    format!("видео получилось не таким, как запланировано, и не сохранено: {differences}"),
                );
                Self::Failed(Problem::told(Code::FfmpegFailed, detail))
            }
            Error::Ffmpeg { status, words } => Self::Failed(
                Problem::new(
                    Code::FfmpegFailed,
                    format!(
                        "ffmpeg ended before it was done ({status}); start the job again, finished spans are kept. The \
                         server's log has its last words under the job's id"
                    ),
                    format!(
                        "ffmpeg завершился раньше времени ({status}); запустите задание снова — готовые части \
                         сохранены. Его последние слова — в журнале сервера под номером задания"
                    ),
                )
                .because(words),
            ),
            other => Self::Failed(other.into()),
        }
    }
}

/// No server survived the job.
pub(super) fn poisoned(attempts: u32) -> Problem {
    Problem::new(
        Code::Internal,
        format!(
            "the server died {attempts} times at the same place of this job, so it is not begun again; look at the \
             server's log, then start a new one"
        ),
        format!(
            "сервер умирал на одном и том же месте этого задания ({attempts} раз подряд), поэтому оно больше не запускается; \
             посмотрите журнал сервера, затем начните новое"
        ),
    )
    .with("attempts", attempts)
}

/// What a job that was stopped answers to whoever waits for it.
pub(crate) fn cancelled(id: &Id) -> Problem {
    Problem::new(
        Code::Conflict,
        format!("the job `{id}` was cancelled; start a new one"),
        format!("задание `{id}` отменено; начните новое"),
    )
}

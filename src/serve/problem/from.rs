//! The library's failures, as what the caller may know of them: no path of this machine is told.

use crate::diagnostic::{self, Diagnostics, title_in_russian};
use crate::error::Error;
use crate::scenario::NotReady;
use crate::serve::findings;
use crate::serve::language::Words;
use crate::serve::scenario::Waiting;

use super::filled::not_filled;
use super::model::no_answer;
use super::{Code, Problem};

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::disk_full(error.to_string()),
            // It names what somebody deleted a moment ago.
            Some(rusqlite::ErrorCode::ConstraintViolation)
                if error
                    .sqlite_error()
                    .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY) =>
            {
                Self::new(
                    Code::Conflict,
                    "something that this needs was deleted meanwhile; look, and send it again",
                    "что-то нужное для этого тем временем удалили; посмотрите и отправьте снова",
                )
                .because(error.to_string())
            }
            Some(rusqlite::ErrorCode::DatabaseBusy) => Self::new(
                Code::Unavailable,
                "the store has too much to do; try again in a moment",
                "хранилище перегружено; попробуйте чуть позже",
            )
            .header(axum::http::header::RETRY_AFTER, "1")
            .because(error.to_string()),
            _ => Self::broken(&format!("the store: {error}")),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::disk_full(error.to_string()),
            _ => Self::broken(&error),
        }
    }
}

impl From<Diagnostics> for Problem {
    fn from(findings: Diagnostics) -> Self {
        let count = findings.iter().filter(|found| found.severity == diagnostic::Severity::Error).count();
        let first = findings.iter().find(|found| found.severity == diagnostic::Severity::Error);
        let message = first.map(|found| found.message.as_str()).unwrap_or_default();
        let detail = Words::new(
            format!(
                "{count} {} found, the first is: {message}; `diagnostics` says where and what to write",
                errors(count)
            ),
            format!(
                "ошибок: {count}, первая: {title} ({message}); где и что исправить — в `diagnostics`",
                title = first.map_or("", |found| title_in_russian(found.code)),
            ),
        );
        Self::told(Code::Invalid, detail).with("diagnostics", findings::json(&findings))
    }
}

impl From<NotReady> for Problem {
    fn from(waiting: NotReady) -> Self {
        Self::from(Error::NotReady(waiting))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(findings) => findings.into(),
            Error::NotReady(waiting) => not_ready(&waiting),
            Error::Read { source, .. } | Error::Write { source, .. } => source.into(),
            Error::Probe { reason, asset, .. } => Self::new(
                Code::BadMedia,
                format!("asset `{asset}` is not playable media: {reason}; upload a video, photo or sound"),
                format!("материал `{asset}` не воспроизводится: {reason}; загрузите видео, фото или звук"),
            ),
            Error::Fill { kind, provider, reason, fix } => not_filled(kind, provider, &reason, &fix),
            Error::Model { kind, reason, fix } => no_answer(kind, &reason, &fix),
            Error::Usage { reason, fix } => {
                Self::new(Code::Invalid, format!("{reason}; {fix}"), format!("так не получится: {reason}; {fix}"))
            }
            Error::Speech { reason, fix } => Self::new(
                Code::ModelFailed,
                format!("what is said could not be written down: {reason}; {fix}"),
                format!("речь расшифровать не удалось: {reason}; {fix}"),
            ),
            Error::Answer { findings, .. } => {
                let count = findings.iter().filter(|found| found.severity == diagnostic::Severity::Error).count();
                Self::new(
                    Code::ModelFailed,
                    format!(
                        "the model's answer cannot be used, and no repair has helped: {count} {} in `diagnostics`; try \
                         again, ask for less, or use a larger model",
                        errors(count)
                    ),
                    format!(
                        "ответ модели непригоден, и исправить его не удалось; ошибок в `diagnostics`: {count}; \
                         попробуйте снова, попросите меньше или возьмите модель побольше"
                    ),
                )
                .with("diagnostics", findings::json(&findings))
            }
            Error::Ffmpeg { .. } | Error::Start { .. } | Error::Stalled(_) | Error::Measured(_) => {
                ffmpeg_failed().because(error.to_string())
            }
            Error::Cancelled => {
                Self::new(Code::Unavailable, "it was cancelled; send it again", "отменено; отправьте снова")
            }
            error => Self::broken(&error),
        }
    }
}

fn errors(count: usize) -> &'static str {
    if count == 1 { "error" } else { "errors" }
}

fn ffmpeg_failed() -> Problem {
    Problem::new(
        Code::FfmpegFailed,
        "ffmpeg could not do it; the server's log says why under the `request_id`, `callsheet doctor` what is missing",
        "ffmpeg не справился; причина — в журнале сервера под `request_id`, чего не хватает — говорит `callsheet doctor`",
    )
}

impl Problem {
    /// There is no room on this machine's disk.
    pub(crate) fn disk_full(cause: String) -> Self {
        Self::new(
            Code::DiskFull,
            "the server's disk is full: nothing was kept; make room and send it again",
            "диск сервера заполнен: ничего не сохранено; освободите место и отправьте снова",
        )
        .because(cause)
    }
}

/// What a render answers while something is missing.
fn not_ready(waiting: &NotReady) -> Problem {
    let scenes: Vec<&str> = waiting.scenes();
    let list = format!("[{}]", scenes.join(", "));
    Problem::new(
        Code::NotReady,
        format!("generate or find stock first for scenes: {list}"),
        format!("сначала сгенерируйте или найдите в стоке для сцен: {list}"),
    )
    .with_told("scenes", |language| serde_json::to_value(Waiting::all(&waiting.0, language)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::language::Language;

    #[test]
    fn a_full_disk_is_told_as_such_and_no_path_is_told_at_all() {
        let full = || std::io::Error::from(std::io::ErrorKind::StorageFull);
        let path = std::path::PathBuf::from("/secret/place");
        assert_eq!(Problem::from(full()).code(), Code::DiskFull);
        let full = Error::Write { path: path.clone(), source: full() };
        assert_eq!(Problem::from(full).code(), Code::DiskFull);
        let errors = [
            Error::Read { path: path.clone(), source: std::io::ErrorKind::NotFound.into() },
            Error::Output { path: path.clone(), reason: "no".into() },
            Error::Probe { asset: "a".into(), path: path.clone(), reason: "no".into() },
            Error::Font { path: path.clone(), reason: "no".into() },
            Error::Ffmpeg { status: "1".into(), words: "/secret/place: no".into() },
            Error::Start { program: "/secret/place/ffmpeg".into(), source: std::io::ErrorKind::NotFound.into() },
        ];
        for error in errors {
            let problem = Problem::from(error);
            for language in [Language::English, Language::Russian] {
                let told = problem.stored(language).to_string();
                assert!(!told.contains("secret"), "{told}");
            }
        }
    }
}

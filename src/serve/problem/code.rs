//! The kinds of problem. A program goes by the code; it never changes its meaning.

use axum::http::StatusCode;

use crate::serve::language::Words;

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    BadRequest,
    MalformedJson,
    NotReady,
    Unauthorized,
    Forbidden,
    CrossOrigin,
    WrongHost,
    NotFound,
    MethodNotAllowed,
    Timeout,
    Conflict,
    InProgress,
    NoModel,
    Gone,
    LengthRequired,
    PreconditionFailed,
    TooLarge,
    UnsupportedType,
    RangeNotSatisfiable,
    Invalid,
    BadMedia,
    IdempotencyMismatch,
    PreconditionRequired,
    TooMany,
    Internal,
    FfmpegFailed,
    ModelFailed,
    ProviderFailed,
    Unavailable,
    DiskFull,
}

impl Code {
    /// Whether it says of a file that it is not taken: sent again, it would not be taken either.
    pub(crate) fn is_of_the_file(self) -> bool {
        matches!(self, Self::BadMedia | Self::Invalid | Self::TooLarge | Self::UnsupportedType | Self::NotFound)
    }

    /// All of them, in the order of their status.
    pub(crate) const ALL: &'static [Self] = &[
        Self::BadRequest,
        Self::MalformedJson,
        Self::NotReady,
        Self::Unauthorized,
        Self::Forbidden,
        Self::CrossOrigin,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::Conflict,
        Self::InProgress,
        Self::NoModel,
        Self::Gone,
        Self::LengthRequired,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedType,
        Self::RangeNotSatisfiable,
        Self::WrongHost,
        Self::Invalid,
        Self::BadMedia,
        Self::IdempotencyMismatch,
        Self::PreconditionRequired,
        Self::TooMany,
        Self::Internal,
        Self::FfmpegFailed,
        Self::ModelFailed,
        Self::ProviderFailed,
        Self::Unavailable,
        Self::DiskFull,
    ];

    /// The kind of a refusal that somebody else made.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let same = Self::ALL.iter().find(|code| code.status() == status);
        let other = if status.is_server_error() { Self::Internal } else { Self::BadRequest };
        same.copied().unwrap_or(other)
    }

    pub(crate) fn status(self) -> StatusCode {
        self.facts().0
    }

    /// The code's name.
    pub(crate) fn slug(self) -> &'static str {
        self.facts().1
    }

    pub(crate) fn title(self) -> Words {
        let (_, _, english, russian) = self.facts();
        Words::new(english, russian)
    }

    fn facts(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::BadRequest => (S::BAD_REQUEST, "bad_request", "Bad request", "Неверный запрос"),
            Self::MalformedJson => (S::BAD_REQUEST, "malformed_json", "Not JSON", "Это не JSON"),
            Self::NotReady => (S::BAD_REQUEST, "not_ready", "Scenes wait for media", "Сцены ждут материалов"),
            Self::Unauthorized => (S::UNAUTHORIZED, "unauthorized", "A token is needed", "Нужен токен"),
            Self::Forbidden => (S::FORBIDDEN, "forbidden", "Not allowed", "Не разрешено"),
            Self::CrossOrigin => (S::FORBIDDEN, "cross_origin", "Written from another site", "Запись с другого сайта"),
            Self::WrongHost => (S::MISDIRECTED_REQUEST, "wrong_host", "Not this host's name", "Чужое имя хоста"),
            Self::NotFound => (S::NOT_FOUND, "not_found", "Not found", "Не найдено"),
            Self::MethodNotAllowed => {
                (S::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", "Метод не разрешён")
            }
            Self::Timeout => (S::REQUEST_TIMEOUT, "timeout", "Too slow", "Слишком медленно"),
            Self::Conflict => (S::CONFLICT, "conflict", "Not in this state", "Не в этом состоянии"),
            Self::InProgress => (S::CONFLICT, "in_progress", "Still running", "Ещё выполняется"),
            Self::NoModel => (S::CONFLICT, "no_model", "No model is configured", "Модель не настроена"),
            Self::Gone => (S::GONE, "gone", "No longer here", "Больше нет"),
            Self::LengthRequired => (S::LENGTH_REQUIRED, "length_required", "Length needed", "Нужна длина"),
            Self::PreconditionFailed => {
                (S::PRECONDITION_FAILED, "precondition_failed", "Changed meanwhile", "Изменено другими")
            }
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too_large", "Too large", "Слишком велико"),
            Self::UnsupportedType => {
                (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_type", "Type not supported", "Тип не поддерживается")
            }
            Self::RangeNotSatisfiable => {
                (S::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", "Outside of the file", "Вне файла")
            }
            Self::Invalid => (S::UNPROCESSABLE_ENTITY, "invalid", "The content is not valid", "Есть ошибки"),
            Self::BadMedia => (S::UNPROCESSABLE_ENTITY, "bad_media", "Not playable media", "Не воспроизводится"),
            Self::IdempotencyMismatch => (
                S::UNPROCESSABLE_ENTITY,
                "idempotency_mismatch",
                "The key was used for something else",
                "Ключ уже использован для другого",
            ),
            Self::PreconditionRequired => {
                (S::PRECONDITION_REQUIRED, "precondition_required", "If-Match needed", "Нужен If-Match")
            }
            Self::TooMany => (S::TOO_MANY_REQUESTS, "too_many", "Too many", "Слишком много"),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "The server failed", "Сбой сервера"),
            Self::FfmpegFailed => (S::INTERNAL_SERVER_ERROR, "ffmpeg_failed", "ffmpeg failed", "Сбой ffmpeg"),
            Self::ModelFailed => (S::BAD_GATEWAY, "model_failed", "The model failed", "Сбой модели"),
            Self::ProviderFailed => (S::BAD_GATEWAY, "provider_failed", "The provider failed", "Сбой поставщика"),
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "unavailable", "Not now", "Не сейчас"),
            Self::DiskFull => (S::INSUFFICIENT_STORAGE, "disk_full", "The disk is full", "Диск заполнен"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own() {
        let mut slugs: Vec<&str> = Code::ALL.iter().map(|code| code.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Code::ALL.len());
        assert!(Code::ALL.is_sorted_by_key(|code| code.status()));
    }
}

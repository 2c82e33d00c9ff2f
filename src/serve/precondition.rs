//! `If-Match` and `If-None-Match` (RFC 9110, 13.1): nobody changes what they have not seen.

use axum::http::{HeaderMap, HeaderName, header};

use super::problem::{Code, Problem, Result};

/// What has to be so before something is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// Nothing is said.
    None,
    /// It is one of these versions.
    Is(Vec<String>),
    /// It is there.
    Exists,
    /// It is not there.
    Absent,
}

impl Precondition {
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self> {
        match (tags(headers, header::IF_MATCH), tags(headers, header::IF_NONE_MATCH)) {
            (_, Some(tags)) if tags != ["*"] => Err(Problem::new(
                Code::BadRequest,
                "`If-None-Match` can only be `*` here: write only if there is nothing yet",
                "`If-None-Match` здесь может быть только `*`: записать, только если ещё ничего нет",
            )),
            (None, None) => Ok(Self::None),
            (None, Some(_)) => Ok(Self::Absent),
            (Some(tags), _) => Ok(if tags == ["*"] { Self::Exists } else { Self::Is(tags) }),
        }
    }

    /// Whether it is so, where `current` is the version that is there.
    pub(crate) fn holds(&self, current: Option<&str>) -> Result<()> {
        match (self, current) {
            (Self::None, Some(current)) => Err(Problem::new(
                Code::PreconditionRequired,
                format!(
                    "there is a version already; say with `If-Match: {current}` that it is the one that you replace"
                ),
                format!("версия уже есть; подтвердите заголовком `If-Match: {current}`, что заменяете именно её"),
            )
            .header(header::ETAG, current)),
            (Self::None | Self::Absent, None) | (Self::Exists, Some(_)) => Ok(()),
            (Self::Is(tags), Some(current)) if tags.iter().any(|tag| tag == current) => Ok(()),
            (_, Some(current)) => Err(Problem::new(
                Code::PreconditionFailed,
                format!("it was changed meanwhile and is {current} now; read it again and make your change to that"),
                format!("тем временем это изменили, теперь версия {current}; прочитайте её и внесите правку заново"),
            )
            .header(header::ETAG, current)),
            (_, None) => Err(Problem::new(
                Code::PreconditionFailed,
                "there is no version yet; leave `If-Match` out, or write `If-None-Match: *`",
                "версии ещё нет; не пишите `If-Match` или пишите `If-None-Match: *`",
            )),
        }
    }
}

/// Whether `If-None-Match` names the version that is there, or any.
pub(crate) fn is_seen(headers: &HeaderMap, current: &str) -> bool {
    let known = tags(headers, header::IF_NONE_MATCH).unwrap_or_default();
    // Of weak ones too: it is about what is shown.
    known.iter().any(|tag| tag == "*" || tag.trim_start_matches("W/") == current)
}

fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Vec<String>> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    let lists = values.filter_map(|value| value.to_str().ok());
    Some(lists.flat_map(|list| list.split(',')).map(|tag| tag.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &'static str, value: &str) -> Precondition {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        Precondition::of(&headers).unwrap()
    }

    #[test]
    fn only_the_version_that_is_there_may_be_replaced() {
        let current = Some("\"b\"");
        let code =
            |precondition: &Precondition, current| precondition.holds(current).err().map(|problem| problem.code());
        let (failed, required) = (Some(Code::PreconditionFailed), Some(Code::PreconditionRequired));
        let one = of("if-match", "\"a\", \"b\"");
        assert_eq!((code(&one, current), code(&one, Some("\"c\"")), code(&one, None)), (None, failed, failed));
        // A weak version is never the same (RFC 9110, 8.8.3.2).
        assert_eq!(code(&of("if-match", "W/\"b\""), current), failed);
        assert_eq!((code(&of("if-match", "*"), current), code(&of("if-match", "*"), None)), (None, failed));
        let absent = of("if-none-match", "*");
        assert_eq!((code(&absent, current), code(&absent, None)), (failed, None));
        assert_eq!((code(&Precondition::None, current), code(&Precondition::None, None)), (required, None));
    }
}

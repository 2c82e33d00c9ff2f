//! What a provider of clips, or the lack of one, is to blame for.

use axum::http::header::RETRY_AFTER;

use crate::fill::{Failure, Source};
use crate::serve::language::Words;

use super::{Code, Problem};

/// The problem of a failure of `provider`. The provider's own reason, English and specific, is told beside the sentence in
/// the caller's language; the fix is one that a client of the API can follow, and no flag of the command line.
pub(super) fn not_filled(kind: Failure, provider: &str, reason: &str, fix: &str) -> Problem {
    let code = match kind {
        Failure::Setup | Failure::Unsuited | Failure::Nothing | Failure::Consent | Failure::Misfit => Code::Invalid,
        Failure::Unknown | Failure::Differs | Failure::Moved => Code::Conflict,
        Failure::Ordering => Code::InProgress,
        _ => Code::ProviderFailed,
    };
    let (mended, said) = match kind {
        Failure::Lost if Source::from_word(provider).is_some_and(Source::is_paid) => LOST_ORDER,
        kind => words(kind),
    };
    // How it is configured is the same here as on the command line, and differs by provider.
    let fix = if kind == Failure::Setup { fix } else { mended };
    let pause = match kind {
        Failure::Busy(pause) => pause.map(|pause| pause.as_secs().max(1)),
        _ => None,
    };
    let when = pause.map(|seconds| format!(" (через {seconds} с)")).unwrap_or_default();
    let detail = Words::new(format!("{provider}: {reason}; {fix}"), format!("{provider}: {said}{when}"));
    let problem = Problem::told(code, detail).with("provider", provider).with("reason", reason);
    match pause {
        Some(seconds) => problem.with("retry_after_sec", seconds).header(RETRY_AFTER, &seconds.to_string()),
        None => problem,
    }
}

/// The same of what was made to order.
const LOST_ORDER: (&str, &str) = (
    "order a new one with `\"generate\": true`, or find stock",
    "источник больше не хранит заказанный клип; закажите новый с `\"generate\": true` или найдите в стоке",
);

/// What to do, in English; what happened and what to do, in Russian.
fn words(kind: Failure) -> (&'static str, &'static str) {
    match kind {
        Failure::Setup => (
            "whoever runs the server configures it, or ask another provider",
            "источник не настроен; настройте его на сервере или обратитесь к другому",
        ),
        Failure::Unsuited => (
            "say with `query` what to look for, or ask another provider",
            "с таким запросом источник ничего не может; напишите в `query`, что искать, или обратитесь к другому",
        ),
        Failure::Unreachable => (
            "try again later, or ask another provider",
            "нет связи с источником; попробуйте позже или обратитесь к другому",
        ),
        Failure::Slow => (
            "try again later, or ask another provider",
            "источник не ответил вовремя; попробуйте позже или обратитесь к другому",
        ),
        Failure::Denied => ("whoever runs the server checks the key", "ключ не принят; проверьте ключ на сервере"),
        Failure::Rejected => (
            "use other words, or ask another provider",
            "источник не принял запрос; измените слова или обратитесь к другому",
        ),
        Failure::Busy(_) => (
            "try again later, or ask another provider",
            "источник перегружен, или его лимит исчерпан; попробуйте позже или обратитесь к другому",
        ),
        Failure::Server => {
            ("try again later, or ask another provider", "источник сломался; попробуйте позже или обратитесь к другому")
        }
        Failure::Unreadable => (
            "try again later, or ask another provider",
            "ответ источника не похож на обещанный; попробуйте позже или обратитесь к другому",
        ),
        Failure::Nothing => (
            "look again, with other words in `query`, or ask another provider",
            "ничего подходящего; поищите снова другими словами в `query` или обратитесь к другому источнику",
        ),
        Failure::BadFile => (
            "pick another clip, or try again later",
            "файл — не тот клип, что был обещан; выберите другой или попробуйте позже",
        ),
        Failure::TooLarge => ("pick a smaller clip", "файл больше, чем принимается; выберите клип поменьше"),
        Failure::Forbidden => {
            ("it is not fetched; pick another clip", "файл лежит там, откуда ничего не берут; выберите другой клип")
        }
        Failure::Consent => (
            "say `\"generate\": true` if that is agreed, or find stock",
            "это стоит денег, а согласия нет; если согласны, пишите `\"generate\": true`, или найдите в стоке",
        ),
        Failure::Unknown => (
            "look at the provider's own list of jobs; only then, if it is not there, order once more with `\"again\": true`",
            "дошёл ли заказ, никто не знает, и он мог быть оплачен; посмотрите список заказов у источника, и только если \
             его там нет, закажите ещё раз с `\"again\": true`",
        ),
        Failure::Refused => (
            "change what the scene asks for, or find stock",
            "источник отказался создать такой клип; измените описание сцены или найдите в стоке",
        ),
        Failure::Ordering => (
            "wait, then send it again: what is on its way is followed, and not ordered again",
            "клип для этого сегмента как раз заказывают; подождите и отправьте снова — заказанный не заказывается заново",
        ),
        Failure::Differs => (
            "send the words in quotes as `query` to get that clip, or order a new one with `\"again\": true`",
            "для этого сегмента уже оплачен и создаётся клип по другим словам; чтобы получить его, отправьте в `query` слова \
             из `reason`, чтобы заказать новый — `\"again\": true`",
        ),
        Failure::Working => (
            "send it again: it is paid for, and followed, not ordered again",
            "клип заказан и оплачен, но ещё не получен; отправьте снова — заново он не заказывается",
        ),
        Failure::Moved => (
            "the clip is kept among the assets of the project; write its `asset_id` into the segment that is to show it",
            "клип сохранён среди материалов проекта; впишите его `asset_id` в сегмент, который должен его показать",
        ),
        Failure::Lost => (
            "search again, and pick another clip",
            "у источника больше нет этого клипа; поищите снова и выберите другой",
        ),
        Failure::Misfit => (
            "pick a longer clip, or shorten the segment",
            "клип короче сегмента, а растянуть его здесь нельзя; выберите подлиннее или укоротите сегмент",
        ),
    }
}

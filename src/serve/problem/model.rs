//! What a language model, or the server before it, is to blame for.

use crate::llm::Failure;
use crate::serve::language::Words;

use super::{Code, Problem};

/// The problem of a model that gave no answer. The reason is the model server's own, in English.
pub(super) fn no_answer(kind: Failure, reason: &str, fix: &str) -> Problem {
    let code = if kind == Failure::Setup { Code::NoModel } else { Code::ModelFailed };
    let detail = Words::new(format!("{reason}; {fix}"), said(kind));
    Problem::told(code, detail).with("reason", reason)
}

/// What happened and what to do, in Russian.
fn said(kind: Failure) -> &'static str {
    match kind {
        Failure::Setup => "модель настроена не до конца или неверно; владелец сервера проверяет CALLSHEET_LLM_*",
        Failure::Schema => "форму ответа этому серверу моделей не объяснить; выберите другую модель",
        Failure::Unreachable => "нет связи с сервером моделей; попробуйте позже или проверьте его адрес",
        Failure::Slow => "модель не ответила вовремя; попробуйте позже или выберите модель побыстрее",
        Failure::Redirect => "сервер моделей отсылает к другому адресу; укажите этот адрес в CALLSHEET_LLM_URL",
        Failure::Denied => "сервер моделей не принимает ключ; владелец сервера проверяет его",
        Failure::NotFound => "на сервере моделей нет такой модели; владелец сервера проверяет её имя",
        Failure::Rejected => "сервер моделей не принял запрос; сократите промпт или выберите другую модель",
        Failure::Busy => "сервер моделей перегружен; попробуйте позже",
        Failure::Server => "сервер моделей сломался; попробуйте позже",
        Failure::Refused => "модель отказалась отвечать; измените промпт",
        Failure::Truncated => "ответ модели обрезан; попросите ролик короче или выберите другую модель",
        Failure::Filtered => "фильтр задержал ответ модели; измените промпт",
        Failure::Empty => "ответ модели пуст; попробуйте снова или выберите другую модель",
        Failure::TooLarge => "ответ модели слишком велик; попросите меньше",
        Failure::Unreadable => "ответ модели не похож на обещанный; попробуйте снова или выберите другую модель",
    }
}

//! A segment that waits for its media, as the API tells it: in the caller's language, with what the API can do about it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::scenario::{Cause, Pending};
use crate::serve::language::{Language, Words};

/// A segment whose media are not there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Waiting {
    /// The scene that it belongs to, by its `scene_id` or by time.
    scene_id: Option<String>,
    /// Its id, given or made.
    segment_id: String,
    /// `pending` or `failed`.
    asset_status: &'static str,
    /// Why it is not ready, in the caller's language.
    reason: String,
    /// What to do, in the caller's language.
    action: String,
    /// Where it stands in the document, as an RFC 6901 pointer.
    pointer: String,
}

impl Waiting {
    /// Each of them, told in `language`.
    pub(crate) fn all(pending: &[Pending], language: Language) -> Vec<Self> {
        pending.iter().map(|pending| Self::of(pending, language)).collect()
    }

    fn of(pending: &Pending, language: Language) -> Self {
        let (from, to) = pending.time;
        let times = Words::new(format!("{from} s to {to} s"), format!("{from}–{to} с"));
        let (reason, action) = words(pending.cause);
        Self {
            scene_id: pending.scene_id.clone(),
            segment_id: pending.segment_id.clone(),
            asset_status: pending.asset_status,
            reason: format!("{}: {}", times.in_language(language), reason.in_language(language)),
            action: action.in_language(language).to_owned(),
            pointer: pending.pointer.clone(),
        }
    }
}

fn words(cause: Cause) -> (Words, Words) {
    let (reason, action) = match cause {
        Cause::NotUploaded => (
            ("its upload is not finished", "его загрузка не закончена"),
            ("finish the upload, or fill the segment", "закончите загрузку или заполните сегмент"),
        ),
        Cause::UploadFailed => (
            ("its upload failed", "его загрузка не удалась"),
            ("upload it again, or fill the segment", "загрузите снова или заполните сегмент"),
        ),
        Cause::NotGenerated => (
            ("its clip is not there yet", "клипа ещё нет"),
            ("generate it or find stock", "сгенерируйте его или найдите в стоке"),
        ),
        Cause::GenerationFailed => (
            ("its clip could not be made", "клип создать не удалось"),
            ("generate it again or find stock", "сгенерируйте снова или найдите в стоке"),
        ),
    };
    (Words::new(reason.0, reason.1), Words::new(action.0, action.1))
}

//! Lists in pages: oldest first, by a cursor that stays right when others are made or deleted meanwhile.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::clock::Moment;
use super::id::Id;
use super::problem::{Code, Problem, Result};

/// What a cursor is written in. Of its last letter four bits are nobody's; whatever they are, it is the same cursor.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Those after a page: its `next`.
    #[param(pattern = "^[A-Za-z0-9_-]{46}$")]
    after: Option<String>,
}

/// Where a page begins, and how many it holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) limit: usize,
    after: (Moment, [u8; 26]),
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The oldest first.
    pub(crate) items: Vec<T>,
    /// What to give as `after` for the next page; null where there is none.
    #[schema(required = true)]
    pub(crate) next: Option<String>,
}

impl Paging {
    pub(crate) fn cut(&self) -> Result<Cut> {
        let limit = self.limit.unwrap_or(20);
        if !(1..=100).contains(&limit) {
            return Err(Problem::new(
                Code::BadRequest,
                format!("`limit` is {limit}; write 1 to 100"),
                format!("`limit` равен {limit}; пишите от 1 до 100"),
            ));
        }
        let after = self.after.as_deref().map_or(Some((Moment::from_millis(0), [0; 26])), decode);
        let after = after.ok_or_else(|| {
            Problem::new(
                Code::BadRequest,
                "`after` is not the `next` of a page; take it as it is, or leave it out for the first page",
                "`after` — не `next` какой-либо страницы; берите его как есть или не пишите, чтобы начать сначала",
            )
        })?;
        Ok(Cut { limit: limit as usize, after })
    }
}

impl Cut {
    /// For `WHERE (created, id) > (?, ?) … LIMIT ?`; one more than is asked for tells whether there is a next page.
    pub(crate) fn bounds(&self) -> (Moment, String, i64) {
        let (moment, id) = &self.after;
        let id = String::from_utf8_lossy(id).trim_start_matches('\0').to_owned();
        (*moment, id, i64::try_from(self.limit + 1).unwrap_or(i64::MAX))
    }

    /// The page of what was found, which may be one more than it holds.
    pub(crate) fn page<T>(&self, mut items: Vec<T>, place: impl Fn(&T) -> (Moment, &Id)) -> Page<T> {
        let is_more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| is_more).map(|item| encode(place(item)));
        Page { items, next }
    }
}

fn encode((moment, id): (Moment, &Id)) -> String {
    BASE64.encode([&moment.millis().to_be_bytes(), id.as_str().as_bytes()].concat())
}

fn decode(text: &str) -> Option<(Moment, [u8; 26])> {
    let bytes = BASE64.decode(text).ok()?;
    let (moment, id) = bytes.split_first_chunk::<8>()?;
    let id: [u8; 26] = id.try_into().ok()?;
    Some((Moment::from_millis(u64::from_be_bytes(*moment)), id))
}

//! Ids: opaque, and not to be guessed.

use std::fmt;
use std::io;

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

use super::clock::Clock;

/// The alphabet of RFC 4648's base 32, in lower case.
const ALPHABET: [char; 32] = [
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w',
    'x', 'y', 'z', '2', '3', '4', '5', '6', '7',
];

/// An id: 128 random bits in 26 letters and digits.
///
/// One that a client sends may be anything; it is only ever looked up in the store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "mfrggzdfmztwq2lknnwg23tpoa", pattern = "^[a-z2-7]{26}$")]
pub(crate) struct Id(String);

impl Id {
    /// A new one.
    pub(crate) fn draw(clock: &Clock) -> io::Result<Self> {
        let mut bits = u128::from_be_bytes(clock.random()?);
        let mut letters = [' '; 26];
        for letter in &mut letters {
            // The last letter has three bits alone.
            *letter = ALPHABET.get((bits >> 123) as usize & 31).copied().unwrap_or('a');
            bits <<= 5;
        }
        Ok(Self(letters.iter().collect()))
    }

    /// One that was written down.
    pub(crate) fn known(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str().map(|text| Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::clock::Moment;

    #[test]
    fn an_id_is_26_letters_and_no_two_are_the_same() {
        let clock = Clock::held(Moment::from_millis(0));
        let drawn: std::collections::BTreeSet<Id> = (0..1000).map(|_| Id::draw(&clock).unwrap()).collect();
        assert_eq!(drawn.len(), 1000);
        for id in &drawn {
            assert!(id.0.len() == 26 && id.0.chars().all(|letter| ALPHABET.contains(&letter)), "{id}");
        }
        let system = Clock::system();
        assert_ne!(Id::draw(&system).unwrap(), Id::draw(&system).unwrap());
    }
}

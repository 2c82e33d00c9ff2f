//! Whom an asset is owed to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whom an asset is owed to, and on what terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// One line to show, e.g. `Video by Jane Doe on Pexels`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Their page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_url: Option<String>,
    /// The licence's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Where the licence can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_url: Option<String>,
    /// The page on which it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Where it came from: `library`, `pexels`, `pixabay`, `veo`, or another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

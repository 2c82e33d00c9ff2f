//! Where results are kept that would cost much to make again.

use std::env;
use std::path::PathBuf;

/// The folder for kept results: `CALLSHEET_CACHE`, else `callsheet` in the system's folder for such; `None` where there is
/// no home.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The XDG base directory specification: a relative path is invalid and to be ignored.
    let absolute = |name: &str| path(name).filter(|path| path.is_absolute());
    path("CALLSHEET_CACHE")
        .or_else(|| absolute("XDG_CACHE_HOME").map(|folder| folder.join("callsheet")))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache/callsheet")))
}

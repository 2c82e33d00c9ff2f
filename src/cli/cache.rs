//! `callsheet cache`: how much is kept of earlier renders, and less of it.

use std::process::ExitCode;

use serde_json::json;

use crate::error::{Error, Result};
use crate::render::{Store, Usage};

use super::output::{counted, print, print_json};

/// Say how much is kept of earlier renders, or throw some of it away
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet cache                how much there is, and where
  callsheet cache --size 5G      throw away what was not used for the longest time until that much is left
  callsheet cache --prune        the same down to 20G, which each render does anyway
  callsheet cache --clear        throw all of it away

What a running render needs stays. Spans are kept in CALLSHEET_CACHE, or else in XDG_CACHE_HOME/callsheet or
~/.cache/callsheet.")]
#[command(group = clap::ArgGroup::new("less").args(["size", "prune", "clear"]))]
pub(super) struct Args {
    /// How much may stay: bytes, or with K, M, G or T for thousands of them
    #[arg(long, value_name = "SIZE", value_parser = size)]
    size: Option<u64>,
    /// Throw away what is too much, and what broken renders have left
    #[arg(long)]
    prune: bool,
    /// Throw everything away
    #[arg(long)]
    clear: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let store = Store::of_user().ok_or_else(|| Error::Usage {
        reason: "there is no folder for what is kept".into(),
        fix: "set CALLSHEET_CACHE to one".into(),
    })?;
    let bound = match (args.size, args.prune, args.clear) {
        (Some(size), ..) => Some(size),
        (None, true, _) => Some(crate::render::DEFAULT_BOUND),
        (None, _, true) => Some(0),
        _ => None,
    };
    let pruned = bound.map(|bound| store.prune(bound)).transpose()?;
    let left = pruned.map_or_else(|| store.usage(), |pruned| Ok(pruned.left))?;
    if args.json {
        print_json(&json!({ "folder": store.folder(), "left": left, "removed": pruned.map(|pruned| pruned.removed) }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(pruned) = pruned {
        print(&format!("removed {}\n", shown(pruned.removed)))?;
    }
    print(&format!("{}: {}\n", store.folder().display(), shown(left)))?;
    Ok(ExitCode::SUCCESS)
}

fn shown(usage: Usage) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size for a person")]
    let megabytes = usage.bytes as f64 / 1e6;
    format!("{}, {megabytes:.1} MB", counted(usage.pieces, "piece"))
}

fn size(text: &str) -> std::result::Result<u64, String> {
    let wrong = || "a size is a whole number of bytes, or one with K, M, G or T, as `20G`".to_owned();
    let text = text.trim().trim_end_matches(['b', 'B']);
    let number = text.trim_end_matches(['K', 'k', 'M', 'm', 'G', 'g', 'T', 't']);
    let unit: u64 = match text.get(number.len()..).unwrap_or_default().to_ascii_uppercase().as_str() {
        "" => 1,
        "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "T" => 1_000_000_000_000,
        _ => return Err(wrong()),
    };
    number.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_a_unit_or_none() {
        assert_eq!(["5", "5K", "20GB", "1 t"].map(size), [5, 5000, 20_000_000_000, 1_000_000_000_000].map(Ok));
        for wrong in ["", "G", "5.5G", "-1", "5X", "5GG", "99999999999T"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}

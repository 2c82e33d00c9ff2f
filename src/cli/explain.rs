//! `callsheet explain`: what a code of a finding means, where each task of a plan comes from, why a rule made nothing, and
//! what a chain of rule sets comes to.

mod codes;
mod scenario;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use crate::error::{Error, Result};
use crate::explain::{self, Asked};
use crate::ffmpeg::Cancel;

use super::input;
use super::output::{Terminal, print, print_json};

/// Explain a plan by the rules that made it, or the code of a finding
///
/// Of a scenario: every task of its plan with the rule, the lines and the values that it came from; or, of a part or a rule,
/// what was made, and where nothing was, the first condition that failed, with the value that it had. Of a code: what it
/// means, with a wrong example and a righted one. With --resolved: the rule set as it stands.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet explain scenario.json --rules brand.rules      where each task comes from
  callsheet explain scenario.json --segment seg_broll_1    what the rules made of it, and why no other did
  callsheet explain scenario.json --overlay 2              the second text of the scenario; also --overlay scene-1/2
  callsheet explain scenario.json --rule b_roll            what a rule made, and of what it made nothing, and why
  callsheet explain scenario.json --rule theses --overlay 2
  callsheet explain --resolved --rules brand.rules         the rules after extend, override, disable, with their lines
  callsheet explain E0219                                  what a code means
  callsheet explain                                        all codes

Where nothing is made, the caret stands on the condition that failed. `-> value` is what a parameter came to, `over FILE:LINE` \
the line that was overridden.")]
pub(super) struct Args {
    /// A scenario file (`-` reads it from standard input), or a code, e.g. E0219; all codes if absent
    #[arg(value_name = "SCENARIO|CODE")]
    subject: Option<String>,
    /// The rule set; the shipped one if absent
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// What the user asked for, instead of the scenario's own `global_prompt`
    #[arg(long, value_name = "TEXT", requires = "subject")]
    prompt: Option<String>,
    /// What the rules made of a segment, by its id or pointer, or why nothing
    #[arg(long, value_name = "ID", conflicts_with = "overlay", requires = "subject")]
    segment: Option<String>,
    /// What the rules made of an overlay, or why nothing: by its number in the scenario, by scene and number (scene-1/2), or
    /// by its pointer
    #[arg(long, value_name = "N", requires = "subject")]
    overlay: Option<String>,
    /// What a rule made, and where it made nothing, why
    #[arg(long, value_name = "NAME", requires = "subject")]
    rule: Option<String>,
    /// Print the rule set as it stands after `extend`, `override` and `disable`
    #[arg(long, conflicts_with_all = ["subject", "prompt", "segment", "overlay", "rule"])]
    resolved: bool,
    /// Compile only: measure no media, listen to nothing
    #[arg(long, requires = "subject")]
    no_probe: bool,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// To read here
    Text,
    /// A page to read, of codes alone
    Markdown,
    /// An object, or a list of objects
    Json,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let subject = args.subject.as_deref();
    let wrong = |reason: String, fix: &str| Err(Error::Usage { reason, fix: fix.to_owned() });
    if args.resolved {
        resolved(args, terminal)?;
    } else if let Some(path) = subject.filter(|subject| !codes::looks_like_code(subject)) {
        if args.format == Format::Markdown {
            return wrong("a scenario is not explained as a page".into(), "`--format` takes text or json here");
        }
        if Path::new(path).extension().is_some_and(|extension| extension == "rules") {
            let fix = format!("write `--rules {path}` and name a scenario, or `--resolved --rules {path}`");
            return wrong(format!("`{path}` is a rule set, not a scenario"), &fix);
        }
        let asked = Asked { segment: args.segment.clone(), overlay: args.overlay.clone(), rule: args.rule.clone() };
        scenario::run(args, Path::new(path), &asked, terminal, cancel)?;
    } else {
        let of_scenario = [
            ("--rules", args.rules.is_some()),
            ("--prompt", args.prompt.is_some()),
            ("--segment", args.segment.is_some()),
            ("--overlay", args.overlay.is_some()),
            ("--rule", args.rule.is_some()),
            ("--no-probe", args.no_probe),
        ];
        if let Some((option, _)) = of_scenario.iter().find(|(_, is_given)| *is_given) {
            let reason = format!("`{option}` belongs to a scenario, and none is named");
            return wrong(reason, &format!("write callsheet explain scenario.json {option} …"));
        }
        codes::run(subject, args.format)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn resolved(args: &Args, terminal: &Terminal) -> Result<()> {
    let (_, written) = input::load_written(args.rules.as_deref(), terminal)?;
    let text = explain::resolved(&written)?;
    match args.format {
        Format::Text => print(&text),
        Format::Markdown => print(&format!("```\n{text}```\n")),
        Format::Json => print_json(&json!({ "rules": text })),
    }
}

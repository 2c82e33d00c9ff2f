//! `callsheet fill`: clips for the segments that wait.

mod show;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::fill::{Config, Desk, Errand, Filled, Pick, Progress, Providers, Source, Spending, Wish};
use crate::scenario::{self, ClipFit};

use super::input;
use super::output::{Terminal, print, print_json};

/// Fill segments that wait: from a folder of clips, from Pexels or Pixabay, or with a clip that Veo makes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet fill scenario.json                                   what waits, and what fits
  callsheet fill scenario.json --segment cut --from pexels --pick 2
  callsheet fill scenario.json --segment cut --from library --pick 3f9a1c2b7d44 --fit loop
  callsheet fill scenario.json --segment cut --query \"night city from above\"    the same by other words
  callsheet fill scenario.json --auto                            the best that costs nothing, for all that wait
  callsheet fill scenario.json --segment cut --generate          let Veo make it; this costs money
  callsheet fill scenario.json --auto --json                     {\"filled\": […], \"waiting\": […]}

Without --auto, --pick, --generate, or --segment together with --from, it lists and changes nothing. What is taken goes into \
`assets` beside the scenario, and the scenario names it, and whom it is owed to.

The library is the folder of --library or CALLSHEET_LIBRARY, or `library` beside the scenario; a clip is found by the words \
of its name, and of the tags in a sidecar: night.mp4.json with {\"tags\": [\"city\"], \"author\": \"…\"}. Pexels and Pixabay want \
CALLSHEET_PEXELS_KEY and CALLSHEET_PIXABAY_KEY, Veo CALLSHEET_VEO_KEY, or each a …_KEY_FILE; CALLSHEET_FILL_ORDER says who is asked \
first (library,pexels,pixabay).

What Veo is to make is ordered once. The order is in scenario.fill.json before it is sent, and a run that was stopped is \
followed by the next one, which orders nothing. An order whose outcome nobody knows is repeated only with --again.

Exit code 4 if a segment still waits after --auto, 5 if a provider failed.")]
#[expect(clippy::struct_excessive_bools, reason = "flags, each for itself")]
pub(super) struct Args {
    /// The scenario file
    scenario: PathBuf,
    /// The segment to fill, by its id
    #[arg(long, value_name = "ID")]
    segment: Option<String>,
    /// Who is asked: library, pexels, pixabay or veo
    #[arg(long, value_name = "PROVIDER", value_parser = source)]
    from: Option<Source>,
    /// Which of what is offered is taken: a number of the list, or an id; the best if absent
    #[arg(long, value_name = "N|ID", requires = "segment", requires = "from")]
    pick: Option<String>,
    /// Look for this instead of what the scene says
    #[arg(long, value_name = "TEXT", requires = "segment")]
    query: Option<String>,
    /// Fill all that wait with the best that costs nothing
    #[arg(long, conflicts_with_all = ["segment", "from", "generate"])]
    auto: bool,
    /// Let Veo make it, and pay for it
    #[arg(long, requires = "segment")]
    generate: bool,
    /// Order again although an earlier order may be at work, and be paid for
    #[arg(long, requires = "generate")]
    again: bool,
    /// What becomes of a clip that is too short: trim, loop, freeze or slow
    #[arg(long, value_name = "FIT", value_parser = fit)]
    fit: Option<ClipFit>,
    /// A folder of one's own clips
    #[arg(long, value_name = "DIR")]
    library: Option<PathBuf>,
    /// Only list, whatever else is given
    #[arg(long, conflicts_with_all = ["auto", "generate"])]
    list: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
    let providers = providers(&args.scenario, args.library.as_deref())?;
    let desk = Desk::new(&args.scenario, &providers)?;
    if args.auto {
        let (filled, left) = auto(&args.scenario, &desk, args.fit, terminal, cancel)?;
        if args.json {
            print_json(&json!({ "filled": filled, "waiting": left.as_ref().map_or(&[][..], |left| &left.0) }))?;
            return Ok(if left.is_some() { ExitCode::from(4) } else { ExitCode::SUCCESS });
        }
        print(&show::filled(&filled))?;
        return left.map_or(Ok(ExitCode::SUCCESS), |left| Err(Error::NotReady(left)));
    }
    let source = if args.generate { Some(Source::Veo) } else { args.from };
    if args.generate && args.from.is_some_and(|from| !from.is_paid()) {
        return Err(Error::Usage {
            reason: "`--generate` makes a clip, and what `--from` names has only clips that are there".into(),
            fix: "leave one of them out".into(),
        });
    }
    let mut wishes = match &args.segment {
        Some(id) => vec![desk.wish(id)?],
        None => desk.wishes()?,
    };
    if let Some(query) = &args.query {
        wishes = wishes.into_iter().map(|wish| wish.with_query(query)).collect();
    }
    match (wishes.as_slice(), source) {
        ([wish], Some(_)) if args.segment.is_some() && !args.list && !wish.is_free() => Err(Error::Usage {
            reason: format!(
                "`{}` has its media, and it was not filled: nothing is put in their place",
                wish.segment_id
            ),
            fix: "write \"asset_status\": \"pending\" to have another clip there".into(),
        }),
        ([wish], Some(source)) if args.segment.is_some() && !args.list => {
            let pick = args.pick.clone().map_or(Pick::Best, Pick::Named);
            let filled = fill_one(&desk, wish, source, &pick, args, terminal, cancel)?;
            if args.json {
                print_json(&json!({ "filled": [filled] }))?;
            } else {
                print(&show::filled(&[filled]))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        _ => list(&desk, &providers, &wishes, source, args.json, terminal, cancel),
    }
}

/// Takes one clip.
fn fill_one(
    desk: &Desk<'_>,
    wish: &Wish,
    source: Source,
    pick: &Pick,
    args: &Args,
    terminal: &Terminal,
    cancel: &Cancel,
) -> Result<Filled> {
    let ledger = desk.ledger();
    let spending = match (args.generate, args.again) {
        (false, _) => Spending::Nothing,
        (true, false) => Spending::One,
        (true, true) => Spending::Again,
    };
    let mut tell = |progress: Progress| terminal.say(&progress.to_string());
    desk.fill(wish, source, pick, args.fit, &mut Errand { cancel, ledger: &ledger, spending, on_progress: &mut tell })
}

/// Shows what waits, and what fits.
fn list(
    desk: &Desk<'_>,
    providers: &Providers,
    wishes: &[Wish],
    source: Option<Source>,
    json: bool,
    terminal: &Terminal,
    cancel: &Cancel,
) -> Result<ExitCode> {
    let ledger = desk.ledger();
    let mut tell = |progress: Progress| terminal.say(&progress.to_string());
    let mut errand = Errand { cancel, ledger: &ledger, spending: Spending::Nothing, on_progress: &mut tell };
    let asked = match source {
        Some(source) => vec![providers.get(source)?],
        None => providers.free().collect(),
    };
    let mut offers = Vec::new();
    let mut troubles = Vec::new();
    for wish in wishes {
        let mut of_wish = Vec::new();
        for provider in &asked {
            match provider.search(wish, &mut errand) {
                Ok(found) => of_wish.extend(found),
                Err(trouble @ (Error::Fill { .. } | Error::Read { .. })) => troubles.push(trouble),
                Err(other) => return Err(other),
            }
        }
        offers.push(of_wish);
    }
    let nobody = asked.is_empty() && !wishes.is_empty();
    if nobody {
        troubles.extend(Source::ALL.into_iter().filter_map(|source| providers.get(source).err()));
    }
    if json {
        print_json(&show::as_json(wishes, &offers, &troubles))?;
    } else {
        print(&show::listed(wishes, &offers))?;
    }
    let nothing = !wishes.is_empty() && offers.iter().all(Vec::is_empty);
    let last = if nothing && !json { troubles.pop() } else { None };
    told(&troubles, terminal);
    match last {
        Some(trouble) => Err(trouble),
        None if nothing && !troubles.is_empty() => Ok(ExitCode::from(5)),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Says what went wrong on the way.
fn told(troubles: &[Error], terminal: &Terminal) {
    for trouble in troubles {
        terminal.say(&trouble.to_string());
    }
}

/// Those that can be asked to fill the scenario at `path`.
fn providers(path: &Path, library: Option<&Path>) -> Result<Providers> {
    if path == Path::new("-") {
        return Err(Error::Usage {
            reason: "a scenario on standard input cannot be filled: it is written anew".into(),
            fix: "give it as a file".into(),
        });
    }
    let mut config = Config::from_env()?;
    config.library = library.map(Path::to_owned).or(config.library);
    Ok(Providers::new(&config, Some(path.with_file_name("library"))))
}

/// Fills all that wait in the scenario at `path`, as `render --fill auto` has it. What still waits is an error.
pub(super) fn before_render(path: &Path, terminal: &Terminal, cancel: &Cancel) -> Result<()> {
    let providers = providers(path, None)?;
    let desk = Desk::new(path, &providers)?;
    let (_, left) = auto(path, &desk, None, terminal, cancel)?;
    left.map_or(Ok(()), |left| Err(Error::NotReady(left)))
}

/// Fills all that wait with the best that costs nothing; what was filled, and what still waits. If nothing could be filled
/// because of who was asked, that is the error.
fn auto(
    path: &Path,
    desk: &Desk<'_>,
    fit: Option<ClipFit>,
    terminal: &Terminal,
    cancel: &Cancel,
) -> Result<(Vec<Filled>, Option<scenario::NotReady>)> {
    let ledger = desk.ledger();
    let mut tell = |progress: Progress| terminal.say(&progress.to_string());
    let mut errand = Errand { cancel, ledger: &ledger, spending: Spending::Nothing, on_progress: &mut tell };
    let mut filled = Vec::new();
    let mut troubles = Vec::new();
    for wish in desk.wishes()? {
        if wish.upload {
            terminal.say(&format!("{}: it waits for an upload and is left alone", wish.segment_id));
            continue;
        }
        let (done, missed) = desk.auto(&wish, fit, &mut errand)?;
        troubles.extend(missed);
        match done {
            Some(done) => {
                terminal.say(show::filled(std::slice::from_ref(&done)).trim_end());
                filled.push(done);
            }
            None => terminal.say(&format!("{}: nothing that is offered fits", wish.segment_id)),
        }
    }
    let (source, _) = input::open(path)?;
    let left = scenario::ready(input::read_scenario(&source, terminal)?).err();
    if filled.is_empty() && left.is_some() && !troubles.is_empty() {
        let last = troubles.pop();
        told(&troubles, terminal);
        return last.map_or(Ok((filled, left)), Err);
    }
    told(&troubles, terminal);
    Ok((filled, left))
}

fn source(word: &str) -> std::result::Result<Source, String> {
    let names = Source::ALL.map(Source::word).join(", ");
    Source::from_word(word).ok_or_else(|| format!("write one of {names}"))
}

fn fit(word: &str) -> std::result::Result<ClipFit, String> {
    ClipFit::from_word(word).ok_or_else(|| format!("write one of {}", crate::value::CLIP_FIT.values.join(", ")))
}

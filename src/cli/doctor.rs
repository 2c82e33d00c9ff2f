//! `callsheet doctor`: is everything here that a render needs?

mod engines;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::render::{Codec, programs, try_out};
use crate::text::FontSet;

use super::output::{print, print_json};
use engines::engines;

/// Say whether everything that a render needs is here, how to get what is missing, and what else is configured
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet doctor
  callsheet doctor --json
  callsheet doctor --write-fonts fonts     the shipped fonts, as files

Exit code 6 if something that a render needs is missing.")]
pub(super) struct Args {
    /// Print a JSON object
    #[arg(long)]
    json: bool,
    /// Write the shipped fonts into a folder, and do nothing else
    #[arg(long, value_name = "DIR")]
    write_fonts: Option<PathBuf>,
    /// A folder with fonts beside the shipped ones
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
}

/// The filters that a render may use.
const FILTERS: &[&str] = &[
    "afade",
    "aformat",
    "alimiter",
    "amix",
    "anullsrc",
    "apad",
    "aresample",
    "asetnsamples",
    "asetpts",
    "ass",
    "astats",
    "atempo",
    "atrim",
    "blackdetect",
    "color",
    "concat",
    "crop",
    "ebur128",
    "fade",
    "format",
    "fps",
    "freezedetect",
    "gblur",
    "hflip",
    "loop",
    "loudnorm",
    "lutyuv",
    "overlay",
    "pad",
    "pan",
    "perspective",
    "premultiply",
    "scale",
    "scdet",
    "setpts",
    "setsar",
    "settb",
    "silencedetect",
    "split",
    "tonemap",
    "tpad",
    "transpose",
    "trim",
    "vflip",
    "volume",
    "xfade",
    "zscale",
];

const ENCODERS: &[&str] = &["libx264", "aac", "mov_text"];

const GET_FFMPEG: &str = "install ffmpeg 5.1 or later with libass and libx264: `apt install ffmpeg`, `dnf install ffmpeg`, \
                          `brew install ffmpeg` or https://ffmpeg.org/download.html";

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// Whether a render cannot do without.
    needed: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode> {
    if let Some(folder) = &args.write_fonts {
        std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        fonts(args)?.write_all_to(folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    let checks = checks(&fonts(args)?);
    let missing = checks.iter().any(|check| check.needed && !check.ok);
    if args.json {
        print_json(&serde_json::json!({ "ok": !missing, "checks": checks, "engines": engines() }))?;
    } else {
        let mut text = String::new();
        for check in &checks {
            let mark = if check.ok {
                "ok     "
            } else if check.needed {
                "MISSING"
            } else {
                "weak   "
            };
            let _ = writeln!(text, "{mark}  {:<10}  {}", check.name, check.found);
            if let Some(help) = &check.help {
                let _ = writeln!(text, "         {:<10}  {help}", "");
            }
        }
        text += &engines::written(&engines());
        print(&text)?;
    }
    Ok(if missing { ExitCode::from(6) } else { ExitCode::SUCCESS })
}

fn fonts(args: &Args) -> Result<FontSet> {
    args.fonts.as_deref().map_or_else(|| Ok(FontSet::shipped()), FontSet::with_folder)
}

fn checks(fonts: &FontSet) -> Vec<Check> {
    let filters = listed("-filters");
    let encoders = listed("-encoders");
    let confinement = Confinement::of_system();
    let held: Vec<&str> = [
        (confinement.no_network, "no network"),
        (confinement.dies_with_us, "ends with callsheet"),
        (confinement.limits, "memory limit"),
    ]
    .into_iter()
    .filter_map(|(held, name)| held.then_some(name))
    .collect();
    vec![
        program(Tool::Ffmpeg, "ffmpeg"),
        program(Tool::Ffprobe, "ffprobe"),
        all_of("filters", FILTERS, filters.as_deref()),
        all_of("encoders", ENCODERS, encoders.as_deref()),
        codecs(encoders.as_deref()),
        devices(encoders.as_deref()),
        Check { name: "fonts", ok: true, found: fonts.families().join(", "), help: None, needed: true },
        Check {
            name: "sandbox",
            ok: held.len() == 3,
            found: if held.is_empty() { "none".into() } else { held.join(", ") },
            help: (held.len() < 3).then(|| {
                "ffmpeg is held by `unshare`, `setpriv` and `prlimit` of util-linux, and by user namespaces; render only \
                 media that you trust where they are missing"
                    .to_owned()
            }),
            needed: false,
        },
    ]
}

/// Which codecs can be written beside H.264.
fn codecs(encoders: Option<&[String]>) -> Check {
    let has = |name: &str| encoders.is_some_and(|found| found.iter().any(|one| one == name));
    let all = [Codec::H264, Codec::H265, Codec::Av1, Codec::Vp9, Codec::ProRes];
    let (here, missing): (Vec<Codec>, Vec<Codec>) = all.into_iter().partition(|codec| has(codec.software().name));
    let titles = |codecs: &[Codec]| codecs.iter().map(|codec| codec.title()).collect::<Vec<_>>().join(", ");
    let programs: Vec<&str> = missing.iter().map(|codec| codec.software().name).collect();
    Check {
        name: "codecs",
        ok: missing.is_empty(),
        found: titles(&here),
        help: (!missing.is_empty())
            .then(|| format!("for {}: an ffmpeg with {}", titles(&missing), programs.join(", "))),
        needed: false,
    }
}

/// Which encoders in hardware run: each that ffmpeg has is tried, for it lists also those whose device is not there.
fn devices(encoders: Option<&[String]>) -> Check {
    let listed = |name: &str| encoders.is_some_and(|found| found.iter().any(|one| one == name));
    let trials = programs().filter(|program| program.in_hardware && listed(program.name)).map(try_out);
    let (run, fail): (Vec<_>, Vec<_>) = trials.partition(|trial| trial.obstacle.is_none());
    let names: Vec<&str> = run.iter().map(|trial| trial.program.name).collect();
    let obstacles: Vec<String> = fail
        .iter()
        .map(|trial| format!("{}: {}", trial.program.name, trial.obstacle.as_deref().unwrap_or_default()))
        .collect();
    let found = match (names.as_slice(), obstacles.as_slice()) {
        ([], []) => "none that this ffmpeg knows; programs encode".to_owned(),
        ([], _) => format!("none that runs; programs encode ({})", obstacles.join("; ")),
        (names, _) => format!("{}; `render --hardware` uses them", names.join(", ")),
    };
    Check { name: "devices", ok: true, found, help: None, needed: false }
}

fn program(tool: Tool, name: &'static str) -> Check {
    let version = ffmpeg::version(tool);
    let old = version.as_deref().and_then(major).is_some_and(|major| major < 5);
    let place = tool.path().display().to_string();
    let found = version.as_ref().map_or_else(|| "not found".to_owned(), |version| format!("{version}  ({place})"));
    let ok = version.is_some() && !old;
    Check { name, ok, found, help: (!ok).then(|| GET_FFMPEG.to_owned()), needed: true }
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').next()?.parse().ok()
}

fn all_of(name: &'static str, wanted: &[&str], found: Option<&[String]>) -> Check {
    let missing: Vec<&str> =
        wanted.iter().copied().filter(|name| !found.is_some_and(|found| found.iter().any(|one| one == name))).collect();
    let ok = missing.is_empty();
    let shown =
        if ok { format!("all {} that are needed", wanted.len()) } else { format!("missing: {}", missing.join(", ")) };
    Check { name, ok, found: shown, help: (!ok).then(|| GET_FFMPEG.to_owned()), needed: true }
}

/// The names in one of ffmpeg's lists: the second word of each line.
fn listed(option: &str) -> Option<Vec<String>> {
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, Path::new("/"));
    command.args(["-hide_banner", option]);
    let output = ffmpeg::run(command, Reading::Answer, &Cancel::new(), &mut |_| {}).ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.lines().filter_map(|line| line.split_whitespace().nth(1)).map(str::to_owned).collect())
}

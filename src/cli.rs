//! The command line: one file a subcommand, with its arguments and its function.
//!
//! stdout holds the result only; diagnostics, progress and notes go to stderr.

mod cache;
mod captions;
mod check;
mod completions;
mod decide;
mod doctor;
mod edit;
mod encoding;
mod explain;
mod files;
mod fill;
mod fmt;
mod generate;
mod import;
mod input;
mod lsp;
mod man;
mod model;
mod new;
mod output;
mod plan;
mod planner;
mod preview;
mod ready;
mod render;
mod review;
mod schema;
mod script;
mod serve;
mod span;
mod test;
mod token;
mod transcribe;
mod video;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::error::Error;
use crate::ffmpeg::Cancel;

use output::Terminal;

/// Turns a scenario into a checked plan of FFmpeg tasks by rules, and the plan into a video.
#[derive(Debug, Parser)]
#[command(
    name = "callsheet",
    version,
    arg_required_else_help = true,
    after_help = "\
Examples:
  callsheet new acme                                a project: rules of your own, a scenario, tests
  callsheet generate --prompt TEXT talk.mp4 -o scenario.json    draft a scenario of clips and a prompt
  callsheet fill scenario.json                      which segments wait, and clips that fit
  callsheet plan scenario.json                      what would be done, and which rule says so
  callsheet plan scenario.json --watch              the same, and after each save what is different
  callsheet render scenario.json -o out.mp4         do it
  callsheet render scenario.json -o out.mp4 --rules brand.rules
  callsheet decide --scenario scenario.json         what text the prompt asks for, and why
  callsheet check brand.rules                       is the rule set right?
  callsheet fmt brand.rules                         write it in one style
  callsheet lsp                                     the same and more in an editor, which starts it
  callsheet explain scenario.json                   which line of which rule made each task, and of what values
  callsheet explain scenario.json --segment ID      why a rule made nothing of it: the condition that failed
  callsheet explain E0219                           what the code of a finding means
  callsheet test                                    do the cases in `tests` still make their plans?
  callsheet doctor                                  is everything here that a render needs?

Exit codes: 0 done; 1 a check, test or render failed, or plans differ; 2 usage; 3 invalid rules, scenario or plan;
4 segments not ready; 5 a speech engine, a model or a provider of clips failed; 6 ffmpeg failed; 7 cancelled or timed out."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to colour what goes to the terminal
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: output::ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Check(check::Args),
    Fmt(fmt::Args),
    Lsp(lsp::Args),
    Explain(explain::Args),
    Test(test::Args),
    Decide(decide::Args),
    Generate(generate::Args),
    Ready(ready::Args),
    Fill(fill::Args),
    Plan(plan::Args),
    Render(render::Args),
    Edit(edit::Args),
    Import(import::Args),
    Captions(captions::Args),
    Transcribe(transcribe::Args),
    Preview(preview::Args),
    Span(span::Args),
    Serve(serve::Args),
    Token(token::Args),
    Cache(cache::Args),
    Doctor(doctor::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs the program: parses the arguments, does what they ask for, says what went wrong.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.color);
    let cancel = Cancel::new();
    let on_signal = cancel.clone();
    // Without the handler Ctrl-C still ends us, and ffmpeg with us; only the tidy message is lost.
    let _ = ctrlc::set_handler(move || on_signal.cancel());
    let result = match cli.command {
        Command::New(args) => new::run(&args),
        Command::Check(args) => check::run(&args, &terminal),
        Command::Fmt(args) => fmt::run(&args, &terminal),
        Command::Lsp(args) => lsp::run(&args, &cancel),
        Command::Explain(args) => explain::run(&args, &terminal, &cancel),
        Command::Test(args) => test::run(&args, &terminal, &cancel),
        Command::Decide(args) => decide::run(&args, &terminal, &cancel),
        Command::Generate(args) => generate::run(&args, &terminal, &cancel),
        Command::Ready(args) => ready::run(&args, &terminal),
        Command::Fill(args) => fill::run(&args, &terminal, &cancel),
        Command::Plan(args) => plan::run(&args, &terminal, &cancel),
        Command::Render(args) => render::run(&args, &terminal, &cancel),
        Command::Edit(args) => edit::run(&args, &terminal, &cancel),
        Command::Import(args) => import::run(&args, &terminal),
        Command::Captions(args) => captions::run(&args, &terminal, &cancel),
        Command::Transcribe(args) => transcribe::run(&args, &terminal, &cancel),
        Command::Preview(args) => preview::run(&args, &terminal, &cancel),
        Command::Span(args) => span::run(&args, &terminal, &cancel),
        Command::Serve(args) => serve::run(&args, &cancel),
        Command::Token(args) => token::run(&args),
        Command::Cache(args) => cache::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => completions::run(&args, &mut Cli::command()),
        Command::Man(args) => man::run(&args, Cli::command()),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            terminal.error(&error);
            ExitCode::from(exit_code(&error))
        }
    }
}

fn exit_code(error: &Error) -> u8 {
    match error {
        Error::Read { .. }
        | Error::Write { .. }
        | Error::Output { .. }
        | Error::Measured(_)
        | Error::Template { .. }
        | Error::Unformatted(_)
        | Error::Serve { .. }
        | Error::Font { .. } => 1,
        Error::Usage { .. } => 2,
        Error::Invalid(_) | Error::Probe { .. } => 3,
        Error::NotReady(_) => 4,
        Error::Speech { .. } | Error::Model { .. } | Error::Answer { .. } | Error::Fill { .. } => 5,
        Error::Start { .. } | Error::Ffmpeg { .. } => 6,
        Error::Cancelled | Error::Stalled(_) => 7,
    }
}

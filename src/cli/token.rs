//! `callsheet token`: who may use the server.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::serve::{Clock, Tokens};

use super::output::{print, print_json};

/// Make, list and revoke the tokens of a server
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet token new editor --data callsheet-data        prints the token, once; it sees the projects that it makes
  callsheet token new admin --sees-all                    this one sees all projects
  callsheet token list
  callsheet token revoke mfrggzdfmztwq2lknnwg23tpoa
  curl -H \"Authorization: Bearer $TOKEN\" https://…/api/projects

A server that others can connect to always wants a token; one on 127.0.0.1 does as soon as one was made. The server heeds
a change at once.")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Data {
    /// The folder of the server
    #[arg(long, value_name = "DIR", default_value = "callsheet-data")]
    data: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a token and print it; it is not kept and cannot be shown again
    #[command(after_help = "\
Examples:
  callsheet token new editor                              it sees the projects that it makes
  callsheet token new admin --sees-all --data /srv/callsheet")]
    New {
        /// Whom or what it is for
        name: String,
        /// Let it see every project, not those alone that it makes
        #[arg(long)]
        sees_all: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Say which tokens there are
    #[command(after_help = "\
Examples:
  callsheet token list
  callsheet token list --json --data /srv/callsheet")]
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Let a token hold no longer
    #[command(after_help = "\
Examples:
  callsheet token revoke mfrggzdfmztwq2lknnwg23tpoa       the id, as `callsheet token list` shows it")]
    Revoke {
        /// Its id, as `list` shows it
        id: String,
        #[command(flatten)]
        data: Data,
    },
}

pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let open = |data: &Data| Tokens::open(&data.data, Clock::system());
    match &args.command {
        Command::New { name, sees_all, data } => {
            let (token, shown) = open(data)?.make(name, *sees_all)?;
            if data.json {
                print_json(&serde_json::json!({ "token": shown, "about": token }))?;
            } else {
                eprintln!("keep it: it is not shown again; `callsheet token revoke {}` ends it", token.id());
                print(&format!("{shown}\n"))?;
            }
        }
        Command::List { data } => {
            let tokens = open(data)?.list()?;
            if data.json {
                print_json(&tokens)?;
            } else {
                let mut text = String::new();
                for token in &tokens {
                    let sees = if token.sees_all() { "all projects" } else { "its own projects" };
                    let state = token.revoked_at().map_or_else(|| sees.to_owned(), |at| format!("revoked {at}"));
                    let name = token.name().escape_debug();
                    let _ = writeln!(text, "{}  {}  {state}  {name}", token.id(), token.created_at());
                }
                print(&text)?;
            }
        }
        Command::Revoke { id, data } => {
            if !open(data)?.revoke(id)? {
                return Err(Error::Usage {
                    reason: format!("no token that holds has the id `{}`", id.escape_debug()),
                    fix: "`callsheet token list` says which there are".into(),
                });
            }
            eprintln!("revoked");
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! `callsheet serve`: the same over HTTP.

mod keeping;

use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::llm;
use crate::serve::{self, Clock, Config, Limits, Tokens};

use super::input::rules_file;

use keeping::KeepingArgs;

/// Serve the HTTP API: projects, media, scenarios, plans, renders
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet serve                                   on http://127.0.0.1:8080, with everything in ./callsheet-data
  callsheet serve --port 0 --data /var/lib/callsheet
  curl -s localhost:8080/api/projects -H 'Content-Type: application/json' -d '{\"name\": \"first\"}'

Renders are jobs, in a queue that is fair between projects; a server that is killed goes on with them. Outputs are kept in the
data folder, or in a bucket (`--storage s3://videos/callsheet`, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for a
service that is not Amazon's, AWS_ENDPOINT_URL). What segments can be filled from is set as for `callsheet fill`.

With CALLSHEET_LLM_URL and CALLSHEET_LLM_MODEL set (and CALLSHEET_LLM_KEY, where the server wants one), that model writes
scenarios and edits. Where others can connect, a token is required: see `callsheet token`.

The API is described at /docs and, for programs, at /openapi.json. Ctrl-C ends the server when the answers that were begun
are sent, after ten seconds at the latest.")]
pub(super) struct Args {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port to listen on; 0 takes one that is free
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
    /// The folder for all that the server keeps
    #[arg(long, value_name = "DIR", default_value = "callsheet-data")]
    data: PathBuf,
    /// The rule set that plans are made by; if absent, the one that callsheet.toml names, or else the shipped one
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The largest file that is taken, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 6144, value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    max_upload: u64,
    #[command(flatten)]
    keeping: KeepingArgs,
}

pub(super) fn run(args: &Args, cancel: &Cancel) -> Result<ExitCode> {
    let limits = Limits { upload: args.max_upload << 20, ..Limits::default() };
    let config = Config {
        address: SocketAddr::new(args.host, args.port),
        limits,
        rules: rules_file(args.rules.as_deref())?,
        model: llm::Config::from_env()?,
        ..Config::new(args.data.clone())
    };
    let config = args.keeping.applied(config)?;
    if !args.host.is_loopback() && Tokens::open(&args.data, Clock::system())?.list()?.is_empty() {
        let data = args.data.display();
        eprintln!("others can connect, and nobody has a token yet: `callsheet token new NAME --data {data}` makes one");
    }
    serve::serve(config, cancel, |address| {
        // A log that nobody can write keeps nobody from serving.
        let _ = writeln!(io::stderr(), "listening on http://{address}; the API is shown at /docs");
    })?;
    Ok(ExitCode::SUCCESS)
}

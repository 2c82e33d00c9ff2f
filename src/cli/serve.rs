//! `callsheet serve`: the same over HTTP.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::serve::{self, Config};

/// Serve the HTTP API: projects, media, scenarios, plans, renders
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet serve                                   on http://127.0.0.1:8080, with everything in ./callsheet-data
  callsheet serve --port 0 --data /var/lib/callsheet
  curl -s localhost:8080/api/projects -H 'Content-Type: application/json' -d '{\"name\": \"first\"}'

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
}

pub(super) fn run(args: &Args, cancel: &Cancel) -> Result<ExitCode> {
    let config = Config { address: SocketAddr::new(args.host, args.port), ..Config::new(args.data.clone()) };
    serve::serve(config, cancel, |address| eprintln!("listening on http://{address}"))?;
    Ok(ExitCode::SUCCESS)
}

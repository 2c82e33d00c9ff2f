//! The `callsheet` program: parse arguments, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    callsheet::cli::main()
}

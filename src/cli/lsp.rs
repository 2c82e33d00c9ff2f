//! `callsheet lsp`: the rules language in an editor.

use std::process::ExitCode;

use crate::error::Result;
use crate::ffmpeg::Cancel;
use crate::lsp;

/// Serve an editor: findings as you type, completion, hover, definitions, renaming, formatting, fixes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  callsheet lsp                                     started by the editor; it speaks over standard input and output

The editor starts it for files that end in `.rules`; for VS Code there is an extension in editors/vscode. In Neovim:

  vim.filetype.add({ extension = { rules = 'callsheet' } })
  vim.lsp.config('callsheet', { cmd = { 'callsheet', 'lsp' }, filetypes = { 'callsheet' } })
  vim.lsp.enable('callsheet')

In Helix, in languages.toml:

  [language-server.callsheet]
  command = \"callsheet\"
  args = [\"lsp\"]

  [[language]]
  name = \"callsheet\"
  scope = \"source.callsheet\"
  file-types = [\"rules\"]
  comment-token = \"#\"
  language-servers = [\"callsheet\"]

Exit codes, as the protocol has them: 0 after `shutdown` and `exit`, 1 where the editor went away without.")]
pub(super) struct Args {
    /// Standard input and output, which it speaks over anyway; many editors say so
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(args: &Args, cancel: &Cancel) -> Result<ExitCode> {
    let Args { stdio: _ } = args;
    lsp::run(cancel).map(ExitCode::from)
}

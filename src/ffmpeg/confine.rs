//! Where the programs are, and how they are held.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// One of the two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Renders.
    Ffmpeg,
    /// Measures.
    Ffprobe,
}

impl Tool {
    /// The program beside callsheet's own binary, else the one on `PATH`.
    #[must_use]
    pub fn path(self) -> PathBuf {
        match self {
            Self::Ffmpeg => ffmpeg_sidecar::paths::ffmpeg_path(),
            Self::Ffprobe => ffmpeg_sidecar::ffprobe::ffprobe_path(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ffmpeg => "ffmpeg",
            Self::Ffprobe => "ffprobe",
        }
    }
}

/// What the system can do to hold a program; found out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confinement {
    /// A network namespace without a network (`unshare` of util-linux, user namespaces).
    pub no_network: bool,
    /// The program dies with callsheet (`setpriv --pdeathsig`).
    pub dies_with_us: bool,
    /// Limits on memory, core files and descriptors (`prlimit`).
    pub limits: bool,
}

/// An address space of 16 GiB: a 4K graph with dozens of inputs stays below; a bomb does not.
const ADDRESS_SPACE: &str = "--as=17179869184";

const LIMITS: [&str; 3] = [ADDRESS_SPACE, "--core=0", "--nofile=4096"];
const DIES_WITH_US: [&str; 2] = ["--pdeathsig", "KILL"];
const NO_NETWORK: [&str; 2] = ["--user", "--net"];

impl Confinement {
    /// What this system can do. The first call tries each wrapper on `true`.
    #[must_use]
    pub fn of_system() -> Self {
        static FOUND: OnceLock<Confinement> = OnceLock::new();
        *FOUND.get_or_init(|| Self {
            no_network: works("unshare", &NO_NETWORK),
            dies_with_us: works("setpriv", &DIES_WITH_US),
            limits: works("prlimit", &LIMITS),
        })
    }

    /// A command that runs `tool` in `directory`, held as well as the system can.
    ///
    /// The environment is emptied but for `PATH`, so that nothing of the user's (`FFREPORT`, proxies, font settings)
    /// reaches it.
    #[must_use]
    pub fn command(self, tool: Tool, directory: &Path) -> Command {
        let mut words: Vec<&str> = Vec::new();
        if self.limits {
            words.push("prlimit");
            words.extend(LIMITS);
            words.push("--");
        }
        if self.dies_with_us {
            words.push("setpriv");
            words.extend(DIES_WITH_US);
            words.push("--");
        }
        if self.no_network {
            words.push("unshare");
            words.extend(NO_NETWORK);
            words.push("--");
        }
        let program = tool.path();
        let mut command = match words.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(&program);
                command
            }
            None => Command::new(&program),
        };
        command.env_clear().env("LANG", "C.UTF-8").current_dir(directory);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }
}

fn works(wrapper: &str, options: &[&str]) -> bool {
    Command::new(wrapper)
        .args(options)
        .args(["--", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

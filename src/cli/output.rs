//! What a person sees: findings, errors and progress on stderr, results on stdout.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::diagnostic::{Colour, Diagnostics, pretty};
use crate::error::{Error, Result};
use crate::produce::Telling;
use crate::render::Progress;
use crate::suggest;
use crate::verify::Palette;

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The terminal, or what stands in for it.
#[derive(Debug)]
pub(super) struct Terminal {
    colour: Colour,
    /// Whether results on stdout are coloured: that may go to a file while stderr is a terminal.
    result_colour: Colour,
    /// Whether somebody watches: a bar then tells how far a render is.
    watched: bool,
    /// What is found and said, where it is not shown at once.
    kept: Option<Mutex<String>>,
}

impl Terminal {
    pub(super) fn new(choice: ColorChoice) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let colour = |is_terminal: bool| {
            let coloured = match choice {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                // https://no-color.org and https://bixense.com/clicolors
                ColorChoice::Auto => !set("NO_COLOR") && (is_terminal || set("CLICOLOR_FORCE")),
            };
            if coloured { Colour::Always } else { Colour::Never }
        };
        Self {
            colour: colour(is_terminal),
            result_colour: colour(std::io::stdout().is_terminal()),
            watched: is_terminal,
            kept: None,
        }
    }

    /// The same, which keeps what is found and said until somebody asks for it.
    pub(super) fn keeping(&self) -> Self {
        Self { kept: Some(Mutex::default()), ..*self }
    }

    /// What it has kept.
    pub(super) fn kept(self) -> String {
        self.kept.map(|kept| kept.into_inner().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default()
    }

    /// Shows text that ends its lines, or keeps it.
    fn show(&self, text: &str) {
        match &self.kept {
            Some(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(text),
            None => eprint!("{text}"),
        }
    }

    /// The colours of what is said.
    pub(super) fn palette(&self) -> Palette {
        Palette::new(self.colour)
    }

    /// Whether a result that has colours is printed with them.
    pub(super) fn result_colour(&self) -> Colour {
        self.result_colour
    }

    /// Shows findings.
    pub(super) fn findings(&self, findings: &Diagnostics) {
        self.show(&pretty(findings, self.colour));
    }

    /// Shows what ended the program.
    pub(super) fn error(&self, error: &Error) {
        if let Error::Invalid(findings) | Error::Answer { findings, .. } = error {
            self.findings(findings);
        }
        let (red, plain) = if self.colour == Colour::Always { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        self.show(&format!("{red}error{plain}: {error}\n"));
        if let Error::NotReady(_) = error {
            self.say("`callsheet fill` shows clips that fit, and takes the one that you pick");
        }
        if let Error::Read { path, source } = error
            && source.kind() == io::ErrorKind::NotFound
        {
            self.say(&missing_help(path));
        }
    }

    /// Says one line.
    pub(super) fn say(&self, line: &str) {
        self.show(&format!("{line}\n"));
    }

    /// A bar on a terminal, lines elsewhere.
    pub(super) fn progress(&self) -> ProgressShow {
        ProgressShow { bar: None, is_terminal: self.watched, started: Instant::now(), tenths: 0, listening: false }
    }

    /// A bar on a terminal, lines elsewhere, for what takes a while.
    pub(super) fn measuring(&self) -> Measuring {
        Measuring { bar: None, is_terminal: self.watched }
    }
}

/// What to do where there is no file at `path`.
fn missing_help(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else {
        return format!("help: there is no folder `{}`", folder.display());
    };
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let wrong = path.file_name().unwrap_or_default().to_string_lossy();
    match suggest::nearest(&wrong, names.iter().map(String::as_str)) {
        Some(near) => format!("help: did you mean `{}`?", path.with_file_name(near).display()),
        None if path.is_absolute() => "help: nothing in its folder has a name like this".to_owned(),
        None => "help: a relative path starts from the folder that callsheet runs in".to_owned(),
    }
}

impl Telling for Terminal {
    fn findings(&self, findings: &Diagnostics) {
        Self::findings(self, findings);
    }

    fn say(&self, line: &str) {
        Self::say(self, line);
    }
}

/// Shows how far a measurement is.
pub(super) struct Measuring {
    bar: Option<ProgressBar>,
    is_terminal: bool,
}

impl Measuring {
    /// Begins with what `words` say.
    pub(super) fn begin(&mut self, words: &str) {
        self.end();
        if !self.is_terminal {
            eprintln!("{words}");
            return;
        }
        let bar = ProgressBar::new(100);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:24} {percent:>3} %") {
            bar.set_style(style.progress_chars("━╸─"));
        }
        bar.set_message(words.to_owned());
        bar.tick();
        self.bar = Some(bar);
    }

    /// So much of it is done: a share from 0 to 1. A log is not told.
    pub(super) fn done(&self, share: f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
        let percent = (share * 100.0).clamp(0.0, 100.0) as u64;
        if let Some(bar) = &self.bar {
            bar.set_position(percent);
        }
    }

    fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Measuring {
    fn drop(&mut self) {
        self.end();
    }
}

/// Shows how far a render is.
pub(super) struct ProgressShow {
    bar: Option<ProgressBar>,
    is_terminal: bool,
    started: Instant,
    tenths: u64,
    listening: bool,
}

impl ProgressShow {
    pub(super) fn show(&mut self, progress: Progress) {
        match progress {
            Progress::Listening => {
                if !self.listening {
                    eprintln!("measuring the loudness");
                }
                self.listening = true;
            }
            Progress::Encoding { done: 0, total } => {
                self.started = Instant::now();
                if self.is_terminal {
                    let bar = ProgressBar::new(total);
                    let template = "rendering {bar:32} {percent:>3} %  frame {pos} of {len}  {per_sec}  {eta} left";
                    if let Ok(style) = ProgressStyle::with_template(template) {
                        bar.set_style(style.progress_chars("━╸─"));
                    }
                    self.bar = Some(bar);
                } else if self.tenths == 0 {
                    eprintln!("rendering {total} frames");
                }
            }
            Progress::Encoding { done, total } => {
                if let Some(bar) = &self.bar {
                    bar.set_position(done);
                } else if done * 10 / total.max(1) > self.tenths {
                    self.tenths = done * 10 / total.max(1);
                    self.line(done, total);
                }
            }
            Progress::Measuring => self.end(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "frames of a day fit f64")]
    fn line(&self, done: u64, total: u64) {
        let left = self.started.elapsed().as_secs_f64() * (total - done) as f64 / done.max(1) as f64;
        eprintln!("rendering {} %  frame {done} of {total}  {left:.0} s left", done * 100 / total.max(1));
    }

    /// Takes the bar away.
    pub(super) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for ProgressShow {
    fn drop(&mut self) {
        self.end();
    }
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Writes a result to stdout; a reader that has gone away is no error.
pub(super) fn print(text: &str) -> Result<()> {
    print_live(text).map(drop)
}

/// Writes a result to stdout, and says whether its reader is still there.
pub(super) fn print_live(text: &str) -> Result<bool> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(source) if source.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(source) => Err(Error::Write { path: "stdout".into(), source }),
    }
}

/// Says whether `path` may be written: a file that exists is replaced only by `force`.
pub(super) fn check_place(path: &Path, force: bool) -> Result<()> {
    let refuse = |reason: &str| Err(Error::Output { path: path.to_owned(), reason: reason.into() });
    if path == Path::new("-") {
        return refuse("`-` is no name for a file; leave `-o` out where the result can go to standard output");
    }
    if path.is_dir() {
        return refuse("it is a folder");
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return refuse("its folder does not exist; make it first");
    }
    if path.exists() && !force { refuse("it exists already; `--force` replaces it") } else { Ok(()) }
}

/// Refuses to write a scenario where its own paths would lead nowhere.
pub(super) fn stays_beside_media(output: &Path, folder: &Path) -> Result<()> {
    let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if parent.canonicalize().ok() == folder.canonicalize().ok() {
        return Ok(());
    }
    let reason = format!("the scenario's paths start from {}; write it there", folder.display());
    Err(Error::Output { path: output.to_owned(), reason })
}

/// Writes a file beside its place and renames it: whatever happens, no half file has its name.
pub(super) fn write_file(path: &Path, text: &str) -> Result<()> {
    let fail = |source| Error::Write { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".callsheet-").suffix(".part");
    #[cfg(unix)]
    // A temporary file is its owner's alone; the system's mask makes of this what any new file has.
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut part = builder.tempfile_in(folder).map_err(fail)?;
    part.write_all(text.as_bytes()).map_err(fail)?;
    if let Ok(replaced) = std::fs::metadata(path) {
        part.as_file().set_permissions(replaced.permissions()).map_err(fail)?;
    }
    part.persist(path).map_err(|failed| fail(failed.error))?;
    Ok(())
}

/// Writes a JSON document to stdout.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Error::Write { path: "stdout".into(), source: error.into() })?;
    print(&(text + "\n"))
}

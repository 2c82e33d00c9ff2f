//! One render from start to end: a folder for its files, ffmpeg, the measurement, the rename.

use std::path::{Path, PathBuf};

use crate::captions::Track;
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Event, Reading, Tool};
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::command::{Command, Encoder, Muxer, command, measuring_command, muxer};
use super::measure::{Measured, measure};
use super::soft::Subtitles;
use super::sound::Loudness;
use super::timeline::{Timeline, timeline};

/// Where the video goes and how it is made.
pub struct Options<'a> {
    /// The file to write: `.mp4`, `.m4v`, `.mov` or `.mkv`.
    pub output: &'a Path,
    /// Whether a file of that name may be replaced.
    pub overwrite: bool,
    /// How it is encoded.
    pub encoder: &'a Encoder,
    /// The fonts for its texts.
    pub fonts: &'a FontSet,
    /// Where its subtitles go.
    pub subtitles: Subtitles,
    /// The wish to stop.
    pub cancel: &'a Cancel,
}

/// How far a render is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The loudness of the whole sound is measured.
    Listening,
    /// Frames are encoded.
    Encoding {
        /// How many are done.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// The result is measured.
    Measuring,
}

/// A finished video.
#[derive(Debug)]
pub struct Report {
    /// The file.
    pub output: PathBuf,
    /// What was measured of it.
    pub measured: Measured,
    /// What came up about its texts.
    pub warnings: Diagnostics,
    /// Its subtitles, as they are seen, whether drawn or not.
    pub subtitles: Track,
}

/// Renders `plan` and measures the result against it.
///
/// The video is written beside its place under another name and renamed when it has been found right: whatever
/// happens, no half video ever has the output's name.
pub fn render(plan: &ValidPlan, options: &Options<'_>, on_progress: &mut dyn FnMut(Progress)) -> Result<Report> {
    let (output, muxer) = place(plan, options)?;
    let mut timeline = timeline(plan);
    let subtitles = timeline.subtitles();
    timeline.show_subtitles(options.subtitles);
    let folder = tempfile::Builder::new()
        .prefix("callsheet-")
        .tempdir()
        .map_err(|source| write_error(&std::env::temp_dir(), source))?;
    let loudness = listen(plan, &timeline, folder.path(), options.cancel, on_progress)?;
    let Command { arguments, files, warnings, layouts } =
        command(plan, &timeline, options.fonts, options.encoder, &loudness)?;
    write_files(folder.path(), &files)?;
    for layout in &layouts {
        options.fonts.write_to(folder.path(), layout)?;
    }
    let parent = output.parent().unwrap_or(Path::new("/"));
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let part = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .suffix(".part")
        .tempfile_in(parent)
        .map_err(|source| write_error(parent, source))?
        .into_temp_path();
    let mut run = Confinement::of_system().command(Tool::Ffmpeg, folder.path());
    run.env("FONTCONFIG_FILE", folder.path().join("fonts.conf"));
    run.args(arguments);
    if timeline.soft.is_some() {
        run.args(["-c:s", muxer.subtitles]);
    }
    run.args(muxer.options).arg(ffmpeg::file_url(&part));
    let total = timeline.frames;
    on_progress(Progress::Encoding { done: 0, total });
    let said = ffmpeg::run(run, Reading::Progress, options.cancel, &mut |Event::Frames(done)| {
        on_progress(Progress::Encoding { done: done.min(total), total });
    })?;
    on_progress(Progress::Measuring);
    let measured = measure(&part, &timeline, options.cancel).map_err(|error| with_words(error, &said.words))?;
    make_readable(&part).map_err(|source| write_error(&output, source))?;
    part.persist(&output).map_err(|failed| write_error(&output, failed.error))?;
    Ok(Report { output, measured, warnings, subtitles })
}

/// What ffmpeg said while it made a file that is not right is most of what can be said about why.
fn with_words(error: Error, words: &str) -> Error {
    match error {
        Error::Measured(differences) if !words.is_empty() => {
            let last: Vec<&str> = words.lines().rev().take(5).collect();
            let last: Vec<&str> = last.into_iter().rev().collect();
            Error::Measured(format!("{differences}; ffmpeg said:\n{}", last.join("\n")))
        }
        other => other,
    }
}

/// The first pass of loudness, where the plan asks for one: the filters of the second.
fn listen(
    plan: &ValidPlan,
    timeline: &Timeline,
    folder: &Path,
    cancel: &Cancel,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<String> {
    let Some((target, true_peak)) = timeline.loudness else { return Ok(String::new()) };
    on_progress(Progress::Listening);
    let Command { arguments, files, .. } = measuring_command(plan, timeline, target, true_peak);
    write_files(folder, &files)?;
    let mut run = Confinement::of_system().command(Tool::Ffmpeg, folder);
    run.args(arguments);
    let output = ffmpeg::run(run, Reading::Log, cancel, &mut |_| {})?;
    let loudness = Loudness::read(&output.words)
        .ok_or_else(|| Error::Ffmpeg { status: "loudness not measured".into(), words: output.words.clone() })?;
    Ok(loudness.filters(target, true_peak))
}

/// The absolute output, if it may be written, and its muxer's options.
fn place(plan: &ValidPlan, options: &Options<'_>) -> Result<(PathBuf, Muxer)> {
    let refuse = |reason: String| Error::Output { path: options.output.to_owned(), reason };
    let muxer = muxer(options.output).ok_or_else(|| refuse("its name must end in .mp4, .m4v, .mov or .mkv".into()))?;
    let name = options.output.file_name().ok_or_else(|| refuse("it names no file".into()))?;
    let folder = options.output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|_| refuse("its folder does not exist; make it first".into()))?;
    let output = folder.join(name);
    let real = output.canonicalize().unwrap_or_else(|_| output.clone());
    if plan.media().values().any(|media| media.path.canonicalize().is_ok_and(|path| path == real)) {
        return Err(refuse("it is one of the scenario's own assets; choose another name".into()));
    }
    if output.is_dir() {
        return Err(refuse("it is a folder".into()));
    }
    if output.exists() && !options.overwrite {
        return Err(refuse("it exists already; `--force` replaces it".into()));
    }
    Ok((output, muxer))
}

fn write_files(folder: &Path, files: &std::collections::BTreeMap<String, String>) -> Result<()> {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|source| write_error(&path, source))?;
    }
    Ok(())
}

fn write_error(path: &Path, source: std::io::Error) -> Error {
    Error::Write { path: path.to_owned(), source }
}

/// A temporary file is its owner's alone; a finished video has the rights that any new file has.
fn make_readable(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let probe = tempfile::Builder::new()
            .permissions(std::fs::Permissions::from_mode(0o666))
            .tempfile_in(path.parent().unwrap_or(Path::new("/")))?;
        std::fs::set_permissions(path, probe.as_file().metadata()?.permissions())?;
    }
    Ok(())
}

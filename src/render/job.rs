//! One render from start to end: a folder for its files, ffmpeg, the measurement, the rename.

use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::captions::Track;
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::command::{Command, Encoder, Muxer, measuring_command, muxer, whole_command};
use super::encode::{encode, write_error, write_files};
use super::join::{join, with_words};
use super::measure::{Measured, measure};
use super::pieces::{Made, Pieces};
use super::proof::{Depth, Proof, prove_timeline};
use super::soft::Subtitles;
use super::sound::Loudness;
use super::store::{DEFAULT_BOUND, Store};
use super::texts::{TextRun, texts};
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
    /// In how many pieces.
    pub way: Way<'a>,
    /// How closely the result is looked at.
    pub depth: Depth,
    /// Whether the proof is written beside the output, as [`report_path`] says.
    pub report: bool,
    /// The wish to stop.
    pub cancel: &'a Cancel,
}

/// In how many pieces a video is rendered.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    /// All by one ffmpeg.
    Whole,
    /// In spans, side by side; those that the store has are not rendered again. Without a store they are forgotten.
    Spans(Option<&'a Store>),
    /// By joining what the store has; what it does not have is an error.
    Join(&'a Store),
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
    /// The same and more, held against the plan.
    pub proof: Proof,
    /// What came up about its texts.
    pub warnings: Diagnostics,
    /// Its subtitles, as they are seen, whether drawn or not.
    pub subtitles: Track,
    /// What had to be rendered for it.
    pub made: Made,
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
    let (runs, warnings) = texts(plan, &timeline, options.fonts)?;
    let work = Work { plan, timeline: &timeline, runs: &runs, options, muxer, output: &output };
    let (part, words, made) = match options.way {
        Way::Whole => work.whole(on_progress)?,
        Way::Spans(Some(store)) | Way::Join(store) => work.spans(store, on_progress)?,
        Way::Spans(None) => {
            // Beside the output, where there must be as much room anyway.
            let (parent, prefix) = work.place();
            let folder = tempfile::Builder::new().prefix(&prefix).suffix(".spans").tempdir_in(parent);
            let folder = folder.map_err(|source| write_error(parent, source))?;
            work.spans(&Store::at(folder.path().to_owned()), on_progress)?
        }
    };
    on_progress(Progress::Measuring);
    let measured = measure(&part, &timeline, options.cancel).map_err(|error| with_words(error, &words));
    let mut proof = prove_timeline(plan, &timeline, &part, options.depth, options.cancel)?;
    proof.file = output.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if options.report {
        write_report(&proof, &output)?;
    }
    let measured = measured?;
    let differences = proof.differences();
    if !differences.is_empty() {
        let fix = "`--proof none` looks at its streams alone";
        return Err(with_words(Error::Measured(format!("{}; {fix}", differences.join("; "))), &words));
    }
    make_readable(&part).map_err(|source| write_error(&output, source))?;
    part.persist(&output).map_err(|failed| write_error(&output, failed.error))?;
    Ok(Report { output, measured, proof, warnings, subtitles, made })
}

/// Where the proof of a video is written: its name with `.report.json` behind it.
#[must_use]
pub fn report_path(video: &Path) -> PathBuf {
    let mut name = video.file_name().unwrap_or_default().to_owned();
    name.push(".report.json");
    video.with_file_name(name)
}

/// Writes `proof` beside its video, whole or not at all; an earlier one is replaced.
pub fn write_report(proof: &Proof, video: &Path) -> Result<()> {
    let path = report_path(video);
    let fail = |source| write_error(&path, source);
    let text = serde_json::to_string_pretty(proof).map_err(|error| fail(error.into()))?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = tempfile::Builder::new().prefix(".report-").suffix(".part").tempfile_in(folder).map_err(fail)?;
    let part = part.into_temp_path();
    std::fs::write(&part, text + "\n").map_err(fail)?;
    make_readable(&part).map_err(fail)?;
    part.persist(&path).map_err(|failed| fail(failed.error))
}

/// A render on its way.
struct Work<'a> {
    plan: &'a ValidPlan,
    timeline: &'a Timeline,
    runs: &'a [TextRun],
    options: &'a Options<'a>,
    muxer: Muxer,
    /// The file to write.
    output: &'a Path,
}

impl Work<'_> {
    /// The folder of the output, and how the names of what is written beside it begin.
    fn place(&self) -> (&Path, String) {
        let name = self.output.file_name().unwrap_or_default().to_string_lossy();
        (self.output.parent().unwrap_or(Path::new("/")), format!(".{name}."))
    }

    /// The file that becomes the output.
    fn part(&self) -> Result<TempPath> {
        let (parent, prefix) = self.place();
        let part = tempfile::Builder::new().prefix(&prefix).suffix(".part").tempfile_in(parent);
        part.map(tempfile::NamedTempFile::into_temp_path).map_err(|source| write_error(parent, source))
    }

    /// All by one ffmpeg; what it said.
    fn whole(&self, on_progress: &mut dyn FnMut(Progress)) -> Result<(TempPath, String, Made)> {
        let Self { plan, timeline, options, .. } = *self;
        let part = self.part()?;
        let folder = tempfile::Builder::new()
            .prefix("callsheet-")
            .tempdir()
            .map_err(|source| write_error(&std::env::temp_dir(), source))?;
        if timeline.loudness.is_some() {
            on_progress(Progress::Listening);
        }
        let loudness = listen(plan, timeline, folder.path(), options.cancel)?;
        let command = whole_command(plan, timeline, self.runs, options.encoder, &loudness);
        let total = timeline.frames;
        on_progress(Progress::Encoding { done: 0, total });
        let mut tell = |done: u64| on_progress(Progress::Encoding { done: done.min(total), total });
        let said = self.encode(&command, folder.path(), &part, &mut tell)?;
        Ok((part, said, Made { spans: 1, rendered: 1, sound_rendered: true }))
    }

    /// In spans, of which `store` may have some; what ffmpeg said when it joined them.
    fn spans(&self, store: &Store, on_progress: &mut dyn FnMut(Progress)) -> Result<(TempPath, String, Made)> {
        let Self { plan, timeline, options, .. } = *self;
        // Whether it can be written shows now; it is there when there is something to write.
        drop(self.part()?);
        let pieces = Pieces::new(plan, timeline, self.runs, options.fonts, options.encoder, store)?;
        let lease = store.lease(pieces.keys())?;
        let total = timeline.frames;
        on_progress(Progress::Encoding { done: 0, total });
        let mut tell = |done: u64| on_progress(Progress::Encoding { done: done.clamp(1, total), total });
        let (facts, made) = match options.way {
            Way::Join(_) => (pieces.facts(store)?, Made { spans: pieces.all().len() - 1, ..Made::default() }),
            _ => pieces.make(store, &lease, &|_| true, options.cancel, &mut tell)?,
        };
        let (spans, sound) = pieces.files(store);
        let command = join(timeline, &spans, &facts, &sound)?;
        let part = self.part()?;
        let said = self.encode(&command, lease.folder(), &part, &mut |_| {})?;
        drop(lease);
        if matches!(options.way, Way::Spans(Some(_))) {
            // A store that cannot be tidied up has done its work all the same.
            let _ = store.prune(DEFAULT_BOUND);
        }
        Ok((part, said, made))
    }

    fn encode(&self, command: &Command, folder: &Path, part: &Path, tell: &mut dyn FnMut(u64)) -> Result<String> {
        let Self { timeline, options, muxer, .. } = self;
        let subtitles = timeline.soft.as_ref().map(|_| ["-c:s", muxer.subtitles]);
        let muxer: Vec<&str> = subtitles.into_iter().flatten().chain(muxer.options.iter().copied()).collect();
        encode(command, &muxer, options.fonts, folder, part, options.cancel, tell).map(|said| said.words)
    }
}

/// The first pass of loudness, where the plan asks for one: the filters of the second.
pub(super) fn listen(plan: &ValidPlan, timeline: &Timeline, folder: &Path, cancel: &Cancel) -> Result<String> {
    let Some((target, true_peak)) = timeline.loudness else { return Ok(String::new()) };
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

/// A temporary file is its owner's alone; a finished video has the rights that any new file has.
pub(super) fn make_readable(path: &Path) -> std::io::Result<()> {
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

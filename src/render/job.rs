//! One render from start to end: a folder for its files, ffmpeg, the measurement, the rename.

use std::path::{Path, PathBuf};

use crate::captions::Track;
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool};
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::beside::{self, Part};
use super::command::{Command, Encoder, Muxer, measuring_command, muxer, whole_command};
use super::encode::{encode, write_error, write_files};
use super::join::{join, with_words};
use super::measure::{Measured, measure};
use super::pieces::{Made, Pieces};
use super::smart::{Copies, Search};
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
    /// In spans, of which those are copies of a source's packets that may be: untouched stretches of sources that are
    /// already what the video is to be.
    Smart(Option<&'a Store>),
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
    /// What came up about its texts.
    pub warnings: Diagnostics,
    /// Its subtitles, as they are seen, whether drawn or not.
    pub subtitles: Track,
    /// What had to be rendered for it.
    pub made: Made,
    /// Why sources were not copied that were to be, a line each.
    pub not_copied: Vec<String>,
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
    let Done { part, words, made, not_copied } = match options.way {
        Way::Whole => work.whole(on_progress)?,
        Way::Spans(Some(store)) | Way::Smart(Some(store)) | Way::Join(store) => work.spans(store, on_progress)?,
        Way::Spans(None) | Way::Smart(None) => {
            // Beside the output, where there must be as much room anyway.
            let folder = beside::folder(&output)?;
            work.spans(&Store::at(folder.path().to_owned()), on_progress)?
        }
    };
    on_progress(Progress::Measuring);
    let measured = measure(part.path(), &timeline, options.cancel).map_err(|error| with_words(error, &words))?;
    make_readable(part.path()).map_err(|source| write_error(&output, source))?;
    part.persist(&output)?;
    Ok(Report { output, measured, warnings, subtitles, made, not_copied })
}

/// A file that is to become the output, and how it came about.
struct Done {
    part: Part,
    /// What ffmpeg said.
    words: String,
    made: Made,
    not_copied: Vec<String>,
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
    /// The file that becomes the output.
    fn part(&self) -> Result<Part> {
        Part::beside(self.output)
    }

    /// All by one ffmpeg; what it said.
    fn whole(&self, on_progress: &mut dyn FnMut(Progress)) -> Result<Done> {
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
        let words = self.encode(&command, folder.path(), part.path(), &mut tell)?;
        let made = Made { spans: 1, rendered: 1, sound_rendered: true, copied_frames: 0 };
        Ok(Done { part, words, made, not_copied: Vec::new() })
    }

    /// In spans, of which `store` may have some; what ffmpeg said when it joined them.
    fn spans(&self, store: &Store, on_progress: &mut dyn FnMut(Progress)) -> Result<Done> {
        let Self { plan, timeline, options, .. } = *self;
        // Whether it can be written shows now; it is there when there is something to write.
        drop(self.part()?);
        let copies = match options.way {
            Way::Smart(_) => {
                let (fonts, encoder, cancel) = (options.fonts, options.encoder, options.cancel);
                Search { plan, timeline, fonts, encoder, store, cancel }.copies()?
            }
            _ => Copies::default(),
        };
        let pieces = Pieces::new(plan, timeline, self.runs, options.fonts, options.encoder, store, &copies)?;
        let lease = store.lease(pieces.keys())?;
        let total = timeline.frames;
        on_progress(Progress::Encoding { done: 0, total });
        let mut tell = |done: u64| on_progress(Progress::Encoding { done: done.clamp(1, total), total });
        let (facts, made) = match options.way {
            Way::Join(_) => (pieces.facts(store)?, Made { spans: pieces.all().len() - 1, ..Made::default() }),
            _ => pieces.make(store, &lease, &|_| true, options.cancel, &mut tell)?,
        };
        let (mut spans, sound) = pieces.files(store);
        copies.prepare(&mut spans, lease.folder())?;
        let command = join(timeline, &spans, &facts, &sound, &copies)?;
        let part = self.part()?;
        let words = self.encode(&command, lease.folder(), part.path(), &mut |_| {})?;
        drop(lease);
        if matches!(options.way, Way::Spans(Some(_)) | Way::Smart(Some(_))) {
            // A store that cannot be tidied up has done its work all the same.
            let _ = store.prune(DEFAULT_BOUND);
        }
        let made = Made { copied_frames: copies.frames(), ..made };
        Ok(Done { part, words, made, not_copied: copies.refused })
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

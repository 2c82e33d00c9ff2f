//! One render from start to end: a folder for its files, ffmpeg, the measurement, the rename.

use std::path::{Path, PathBuf};

use crate::cache::Notes;
use crate::captions::Track;
use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::beside::{self, Part};
use super::command::{Command, whole_command};
use super::ducking::ducked;
use super::encode::{encode, write_error};
use super::encoder::{Encoder, Muxer, muxer};
use super::join::{join, with_words, worth_saying};
use super::loudness::master;
use super::measure::{Measured, measure};
use super::pieces::{Made, Pieces};
use super::proof::{Depth, File, Proof, prove_timeline};
use super::smart::{Copies, Search};
use super::soft::Subtitles;
use super::sound::Stems;
use super::store::{DEFAULT_BOUND, Facts, Store};
use super::texts::{TextRun, texts};
use super::timeline::{Timeline, timeline};

/// Where the video goes and how it is made.
pub struct Options<'a> {
    /// The file to write, with an ending of its [`Codec`](super::Codec).
    pub output: &'a Path,
    /// Whether a file of that name may be replaced.
    pub overwrite: bool,
    /// How it is encoded.
    pub encoder: &'a Encoder,
    /// The fonts for its texts.
    pub fonts: &'a FontSet,
    /// Where its subtitles go.
    pub subtitles: Subtitles,
    /// In how many pieces; one that may not be larger than so many bytes is one piece.
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
    /// In spans, of which those are copies of a source's packets that may be: untouched stretches of sources that are
    /// already what the video is to be.
    Smart(Option<&'a Store>),
    /// By joining what the store has; what it does not have is an error.
    Join(&'a Store),
}

/// How far a render is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Where somebody speaks, and how loud the whole sound is, is measured.
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
    /// Why sources were not copied that were to be, a line each.
    pub not_copied: Vec<String>,
}

/// Renders `plan` and measures the result against it.
///
/// The video is written beside its place under another name and renamed when it has been found right: whatever
/// happens, no half video ever has the output's name.
pub fn render(plan: &ValidPlan, options: &Options<'_>, on_progress: &mut dyn FnMut(Progress)) -> Result<Report> {
    let Place { output, muxer } = place(plan, options.output, options.encoder, options.overwrite)?;
    let mut timeline = timeline(plan);
    let subtitles = timeline.subtitles();
    timeline.show_subtitles(options.subtitles);
    let (runs, mut warnings) = texts(plan, &timeline, options.fonts)?;
    let work = Work { plan, timeline: &timeline, runs: &runs, options, muxer, output: &output };
    let Joined { part, said, made, loudness_before, not_copied, pieces } = match options.way {
        _ if options.encoder.largest().is_some() => work.sized(on_progress)?,
        Way::Whole => work.whole(on_progress)?,
        Way::Spans(Some(store)) | Way::Smart(Some(store)) | Way::Join(store) => work.spans(store, on_progress)?,
        Way::Spans(None) | Way::Smart(None) => {
            // Beside the output, where there must be as much room anyway.
            let folder = beside::folder(&output)?;
            work.spans(&Store::at(folder.path().to_owned()), on_progress)?
        }
    };
    on_progress(Progress::Measuring);
    let file = File::open(part.path(), options.cancel)?;
    let file = match &pieces {
        Some(pieces) => file.made_of(pieces, &timeline),
        None => file,
    };
    let measured = measure(&file, &timeline, options.cancel).map_err(|error| with_words(error, &said));
    let mut proof = prove_timeline(plan, &timeline, options.encoder, &file, options.depth, options.cancel)?;
    proof.file = output.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if options.report {
        write_report(&proof, &output)?;
    }
    let measured = measured?;
    if let Some(quiet) = quiet(plan, &timeline, &measured, loudness_before) {
        warnings.push(quiet);
    }
    let differences = proof.differences();
    if !differences.is_empty() {
        let fix = "`--proof none` looks at its streams alone";
        return Err(with_words(Error::Measured(format!("{}; {fix}", differences.join("; "))), &said));
    }
    make_readable(part.path()).map_err(|source| write_error(&output, source))?;
    part.persist(&output)?;
    Ok(Report { output, measured, proof, warnings, subtitles, made, not_copied })
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

/// How much more gain than this makes the noise of a recording heard: a whisper in a room is about 30 dB below speech.
const LOUD_GAIN: f64 = 20.0;

/// What is to be said of a sound that had next to no loudness `before` it was to be brought to one.
fn quiet(plan: &ValidPlan, timeline: &Timeline, measured: &Measured, before: Option<f64>) -> Option<Diagnostic> {
    let (target, _) = timeline.loudness?;
    let number = plan.plan().tasks.iter().rposition(|task| task.spec.name == "normalize_loudness")?;
    let (message, help) = match (measured.loudness_lufs, before) {
        (None, _) => (
            "the sound is silent, or shorter than 0.4 s: it has no loudness, and is left as it is".to_owned(),
            "leave out `normalize_loudness`, or give the video a sound",
        ),
        (Some(_), Some(before)) if target - before > LOUD_GAIN => (
            format!("the sound is at {before} LUFS and was raised by {:.1} dB, its noise with it", target - before),
            "listen to it; a louder recording sounds better, a lower `target` raises less",
        ),
        _ => return None,
    };
    Some(Diagnostic::new(diagnostic::QUIET_SOUND, message).pointer(format!("/tasks/{number}")).help(help))
}

/// A video that is made and not yet measured.
pub(super) struct Joined {
    pub(super) part: Part,
    /// What ffmpeg said when it wrote it.
    pub(super) said: String,
    pub(super) made: Made,
    /// How loud the sound was before it was brought to its loudness, in LUFS.
    pub(super) loudness_before: Option<f64>,
    /// Why stretches that nothing touches were encoded all the same.
    pub(super) not_copied: Vec<String>,
    /// What is known of the pieces that it was joined of, packet by packet.
    pub(super) pieces: Option<Vec<Facts>>,
}

/// A timeline whose sounds are as loud as they shall be.
pub(super) struct Heard {
    pub(super) timeline: Timeline,
    /// What brings the whole to its loudness.
    pub(super) filters: String,
    pub(super) loudness_before: Option<f64>,
}

/// A render on its way.
pub(super) struct Work<'a> {
    pub(super) plan: &'a ValidPlan,
    pub(super) timeline: &'a Timeline,
    pub(super) runs: &'a [TextRun],
    pub(super) options: &'a Options<'a>,
    muxer: Muxer,
    /// The file to write.
    output: &'a Path,
}

impl Work<'_> {
    /// The file that becomes the output.
    pub(super) fn part(&self) -> Result<Part> {
        Part::beside(self.output)
    }

    /// All by one ffmpeg.
    fn whole(&self, on_progress: &mut dyn FnMut(Progress)) -> Result<Joined> {
        let Self { plan, options, .. } = *self;
        let part = self.part()?;
        let folder = tempfile::Builder::new()
            .prefix("callsheet-")
            .tempdir()
            .map_err(|source| write_error(&std::env::temp_dir(), source))?;
        let Heard { timeline, filters, loudness_before } = &self.hear(folder.path(), on_progress)?;
        let command = whole_command(plan, timeline, self.runs, options.encoder, filters);
        let total = timeline.frames;
        on_progress(Progress::Encoding { done: 0, total });
        let mut tell = |done: u64| on_progress(Progress::Encoding { done: done.min(total), total });
        let said = self.encode(&command, folder.path(), part.path(), &mut tell)?;
        let made = Made { spans: 1, rendered: 1, sound_rendered: true, copied_frames: 0 };
        Ok(Joined { part, said, made, loudness_before: *loudness_before, not_copied: Vec::new(), pieces: None })
    }

    /// Listens to what decides how loud the parts of the sound and the whole of it are.
    pub(super) fn hear(&self, folder: &Path, on_progress: &mut dyn FnMut(Progress)) -> Result<Heard> {
        let Self { plan, timeline, options, .. } = *self;
        if timeline.loudness.is_some() || timeline.sounds.iter().any(|sound| sound.ducking > 0.0) {
            on_progress(Progress::Listening);
        }
        let mut stems = Stems::default();
        let timeline = ducked(plan, timeline, &mut stems, folder, options.cancel)?;
        let Some(wanted) = timeline.loudness else {
            return Ok(Heard { timeline, filters: String::new(), loudness_before: None });
        };
        let trial = folder.join("sound.mp4");
        let (encoder, fonts) = (options.encoder, options.fonts);
        stems.render(&timeline, plan.media(), folder, options.cancel)?;
        let mastered = master(plan, &timeline, &stems, wanted, encoder, fonts, folder, &trial, options.cancel)?;
        Ok(Heard { timeline, filters: mastered.filters, loudness_before: mastered.before })
    }

    /// In spans, of which `store` may have some.
    fn spans(&self, store: &Store, on_progress: &mut dyn FnMut(Progress)) -> Result<Joined> {
        let Self { plan, timeline, options, .. } = *self;
        // Whether it can be written shows now; it is there when there is something to write.
        drop(self.part()?);
        let copies = match options.way {
            Way::Smart(_) if !self.muxer.exact => {
                Copies::refused("only .mp4 and .mov hold copies beside what is encoded")
            }
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
        let command = join(timeline, &spans, &facts, &sound, &copies, options.encoder.program().codec)?;
        let part = self.part()?;
        let said = worth_saying(self.encode(&command, lease.folder(), part.path(), &mut |_| {}))?;
        drop(lease);
        if matches!(options.way, Way::Spans(Some(_)) | Way::Smart(Some(_))) {
            // A store that cannot be tidied up has done its work all the same.
            let _ = store.prune(DEFAULT_BOUND);
            Notes::of_user("probes").inspect(Notes::forget);
        }
        let loudness_before = facts.iter().find_map(|facts| facts.loudness_before);
        let made = Made { copied_frames: copies.frames(), ..made };
        let pieces = Some(facts);
        Ok(Joined { part, said, made, loudness_before, not_copied: copies.refused, pieces })
    }

    pub(super) fn encode(
        &self,
        command: &Command,
        folder: &Path,
        part: &Path,
        tell: &mut dyn FnMut(u64),
    ) -> Result<String> {
        let Self { timeline, options, muxer, .. } = self;
        let subtitles = timeline.soft.as_ref().map(|_| ["-c:s", muxer.subtitles]);
        let muxer: Vec<&str> = subtitles.into_iter().flatten().chain(muxer.options.iter().copied()).collect();
        encode(command, &muxer, options.fonts, folder, part, options.cancel, tell).map(|said| said.words)
    }
}

/// Where a video may be written.
#[derive(Debug)]
pub struct Place {
    /// The absolute path.
    pub output: PathBuf,
    muxer: Muxer,
}

/// Where the video of `plan` would be written, if it may be.
pub fn place(plan: &ValidPlan, output: &Path, encoder: &Encoder, overwrite: bool) -> Result<Place> {
    let named = output;
    let refuse = |reason: String| Error::Output { path: named.to_owned(), reason };
    let muxer = muxer(named, encoder.program().codec).map_err(refuse)?;
    let name = named.file_name().ok_or_else(|| refuse("it names no file".into()))?;
    let folder = named.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|_| refuse("its folder does not exist; make it first".into()))?;
    let output = folder.join(name);
    let real = output.canonicalize().unwrap_or_else(|_| output.clone());
    if plan.media().values().any(|media| media.path.canonicalize().is_ok_and(|path| path == real)) {
        return Err(refuse("it is one of the scenario's own assets; choose another name".into()));
    }
    if output.is_dir() {
        return Err(refuse("it is a folder".into()));
    }
    if output.exists() && !overwrite {
        return Err(refuse("it exists already; `--force` replaces it".into()));
    }
    Ok(Place { output, muxer })
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

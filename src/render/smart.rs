//! Where nothing touches a source that is already what the video is to be, its packets are copied: exactly as safe as an
//! encoding, or not at all.
//!
//! [`untouched`] finds the frames that show a shot and nothing else; [`source`] says whether its file is of the video's
//! kind, and where its closed groups of pictures lie on the frame grid. Each run of them is a span that is copied, and
//! proved before it counts: decoded by itself it must give, without a word, the very pictures that the source gives. The
//! joint of both kinds has the [`sets`] of both under numbers of their own, in its header alone, as `avc1` asks for.

mod copy;
mod sets;
mod source;
mod untouched;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::command::{Command, picture_command};
use super::crew::crew;
use super::encode::encode;
use super::encoder::Encoder;
use super::key::{Key, key};
use super::pieces::contents;
use super::store::{Facts, Store};
use super::timeline::Timeline;

use copy::Copying;
use sets::Sets;
use source::{Run, Source};
use untouched::untouched;

/// No copy is shorter: it would cost a key frame more than it spares.
const SHORTEST_SECONDS: f64 = 1.0;

/// The frames by which x264 may decode ahead of what it shows, with any of its presets.
const ENCODER_DELAY: u64 = 2;

/// The spans of a video that are copied.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// In order.
    pub(super) spans: Vec<Copied>,
    /// The number of the parameter sets of all that is encoded: none of those of a copy.
    number: u8,
    /// By how many frames the decoder must be ahead.
    delay: u64,
    /// Why a source is not copied, a line each.
    pub(super) refused: Vec<String>,
}

/// A span that is copied.
#[derive(Debug)]
pub(super) struct Copied {
    pub(super) frames: Range<u64>,
    pub(super) key: Key,
    /// Makes it once more, should it get lost.
    pub(super) command: Command,
}

/// What copies are found for and made with.
pub(super) struct Search<'a> {
    pub(super) plan: &'a ValidPlan,
    pub(super) timeline: &'a Timeline,
    pub(super) fonts: &'a FontSet,
    pub(super) encoder: &'a Encoder,
    pub(super) store: &'a Store,
    pub(super) cancel: &'a Cancel,
}

/// Runs with the assets that they lie in.
type Candidates = Vec<(String, Run)>;

/// A copy that may be: made and proved, or why not.
type Tried = std::result::Result<Facts, String>;

impl Search<'_> {
    /// The spans that can be copied, made and proved, in the store.
    pub(super) fn copies(&self) -> Result<Copies> {
        let mut copies = Copies { delay: ENCODER_DELAY, ..Copies::default() };
        if !encodes_alike(self) {
            copies.refused.push("nothing is copied: the video is not encoded by libx264".to_owned());
            return Ok(copies);
        }
        let contents = contents(self.plan, self.store)?;
        let (wanted, refused) = self.candidates()?;
        copies.refused.extend(refused);
        let mut found = Vec::new();
        for (asset, run) in wanted {
            let Some(media) = self.plan.media().get(&asset) else { continue };
            let copying = Copying::new(media, run, self.timeline.canvas.rate);
            let key = key(&copying.command, &contents, self.fonts);
            found.push((asset, copying, key));
        }
        let tried = self.make(&found)?;
        let mut sets = Sets::default();
        for ((asset, copying, key), tried) in found.into_iter().zip(tried) {
            let own = tried.and_then(|_| Sets::of_piece(&self.store.path(&key)));
            match own.and_then(|own| sets.join(&own)) {
                Ok(()) => {
                    copies.delay = copies.delay.max(copying.delay);
                    copies.spans.push(Copied { frames: copying.frames, key, command: copying.command });
                }
                Err(reason) => copies.refuse(&asset, &reason),
            }
        }
        if !copies.is_empty() {
            copies.number = sets.free_number().unwrap_or_default();
            let encoded = self.encoder_sets(copies.number)?;
            if let Err(reason) = encoded.and_then(|encoded| sets.join(&encoded)) {
                copies.refused.push(format!("nothing is copied: {reason}"));
                copies.spans.clear();
            }
        }
        Ok(copies)
    }

    /// The parameter sets of what is encoded, by its first frame: they depend on size, rate and settings alone.
    fn encoder_sets(&self, sets: u8) -> Result<std::result::Result<Sets, String>> {
        let lease = self.store.lease([])?;
        let mut command = first_picture(self);
        number(&mut command, sets);
        let file = lease.folder().join("first-frame.mp4");
        encode(&command, &["-f", "mp4"], self.fonts, lease.folder(), &file, self.cancel, &mut |_| {})?;
        Ok(Sets::of_piece(&file))
    }

    /// The runs of frames that may be copied, by their assets, and what cannot be.
    fn candidates(&self) -> Result<(Candidates, Vec<String>)> {
        let canvas = &self.timeline.canvas;
        let mut sources: BTreeMap<String, std::result::Result<Source, String>> = BTreeMap::new();
        let mut wanted = Vec::new();
        let mut refused = Copies::default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 120 frames a second")]
        let shortest = (SHORTEST_SECONDS * canvas.rate.fps()).ceil() as u64;
        for (frames, shot) in untouched(self.timeline, shortest) {
            let Some(media) = self.plan.media().get(&shot.asset) else { continue };
            if !sources.contains_key(&shot.asset) {
                sources.insert(shot.asset.clone(), Source::read(media, canvas, self.cancel)?);
            }
            match sources.get(&shot.asset) {
                Some(Ok(source)) => {
                    let runs = source.runs(&shot, frames.clone(), shortest, canvas.rate);
                    if runs.is_empty() {
                        let (start, end) = (frames.start, frames.end);
                        let reason =
                            format!("no closed groups of its pictures lie in the frames from {start} to {end}");
                        refused.refuse(&shot.asset, &reason);
                    }
                    wanted.extend(runs.into_iter().map(|run| (shot.asset.clone(), run)));
                }
                Some(Err(reason)) => refused.refuse(&shot.asset, reason),
                None => {}
            }
        }
        Ok((wanted, refused.refused))
    }

    /// Makes and proves what the store does not have.
    fn make(&self, wanted: &[(String, Copying, Key)]) -> Result<Vec<Tried>> {
        let lease = self.store.lease(wanted.iter().map(|(_, _, key)| key))?;
        let tried: Mutex<BTreeMap<usize, Tried>> = Mutex::new(BTreeMap::new());
        let work = |number: usize, cancel: &Cancel, _: &mut dyn FnMut(u64)| {
            let Some((_, copying, key)) = wanted.get(number) else { return Ok(()) };
            let result = match self.store.find(key) {
                Some(facts) => Ok(facts),
                None => copying.make(key, &lease, self.fonts, cancel)?,
            };
            if let Ok(mut tried) = tried.lock() {
                tried.insert(number, result);
            }
            Ok(())
        };
        crew(wanted.len(), self.cancel, work, &mut |_, _| {})?;
        Ok(tried.into_inner().unwrap_or_default().into_values().collect())
    }
}

/// Whether what is encoded can get parameter sets of its own number.
fn encodes_alike(search: &Search<'_>) -> bool {
    number(&mut first_picture(search), 1)
}

/// The command for one picture, without what is drawn over it: parameter sets do not depend on that.
fn first_picture(search: &Search<'_>) -> Command {
    let bare = Timeline { items: Vec::new(), ..search.timeline.clone() };
    let (slice, runs) = bare.slice(&(0..1), &[]);
    picture_command(search.plan, &slice, &runs, search.encoder)
}

/// Gives what `command` encodes the parameter sets of number `sets`; whether it can.
fn number(command: &mut Command, sets: u8) -> bool {
    let x264 = command.arguments.iter().position(|argument| argument == "-x264-params");
    let Some(value) = x264.and_then(|at| command.arguments.get_mut(at + 1)) else { return false };
    value.push(format!(":sps-id={sets}"));
    true
}

impl Copies {
    /// None at all, and why.
    pub(super) fn refused(reason: &str) -> Self {
        Self { refused: vec![format!("nothing is copied: {reason}")], ..Self::default() }
    }

    fn refuse(&mut self, asset: &str, reason: &str) {
        let line = format!("`{}` is not copied: {reason}", asset.escape_debug());
        if !self.refused.contains(&line) {
            self.refused.push(line);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// How many frames are copied.
    pub(super) fn frames(&self) -> u64 {
        self.spans.iter().map(|span| span.frames.end - span.frames.start).sum()
    }

    /// Lets what is encoded beside copies be told from them.
    pub(super) fn mark(&self, command: &mut Command) {
        if !self.is_empty() {
            number(command, self.number);
        }
    }

    /// Prepares `spans` to be joined: the first one gets a header in `folder` that knows the parameter sets of all.
    pub(super) fn prepare(&self, spans: &mut [(PathBuf, u64)], folder: &Path) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let wrong = |reason: String| Error::Measured(format!("copied and encoded spans do not go together: {reason}"));
        let mut sets = Sets::default();
        for (path, _) in spans.iter() {
            sets.join(&Sets::of_piece(path).map_err(wrong)?).map_err(wrong)?;
        }
        if let Some((first, _)) = spans.first_mut() {
            let path = folder.join("first.mp4");
            sets.write(first, &path).map_err(wrong)?;
            *first = path;
        }
        Ok(())
    }

    /// The filters of packets that make one stream of both kinds: the times of decoding of the whole, and no parameter sets
    /// but those of the header.
    pub(super) fn filters(&self, timeline: &Timeline) -> String {
        let (delay, rate) = (self.delay, timeline.canvas.rate);
        format!("setts=pts=PTS:dts=round((N-{delay})/({rate})/TB),filter_units=remove_types=7-8")
    }
}

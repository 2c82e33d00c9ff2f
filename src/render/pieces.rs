//! A render in pieces: its spans and its sound, each by a command and under a key of its own.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ffmpeg::{self, Cancel};
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::command::{Command, picture_command, sound_command};
use super::crew::crew;
use super::ducking::ducked;
use super::encode::encode;
use super::encoder::Encoder;
use super::join::with_words;
use super::key::{Key, key};
use super::loudness::master;
use super::proof::{look, watched};
use super::smart::Copies;
use super::sound::Stems;
use super::span::spans_between;
use super::store::{Facts, Lease, Store};
use super::texts::TextRun;
use super::timeline::Timeline;

/// The hashes of the sources by their addresses in a command; they are read once, `store` keeps the hashes.
pub(super) fn contents(plan: &ValidPlan, store: &Store) -> Result<BTreeMap<OsString, String>> {
    let contents = plan.media().values().map(|media| {
        let content = store.content(&media.path);
        let content = content.map_err(|source| Error::Read { path: media.path.clone(), source })?;
        Ok((ffmpeg::file_url(&media.path), content))
    });
    contents.collect()
}

/// All pieces of a video, made or not.
pub(super) struct Pieces<'a> {
    plan: &'a ValidPlan,
    timeline: &'a Timeline,
    fonts: &'a FontSet,
    encoder: &'a Encoder,
    /// The spans in order, then the sound.
    all: Vec<Piece>,
}

/// A span, or the sound.
pub(super) struct Piece {
    /// The span's frames; the sound has none of its own.
    pub(super) frames: Option<Range<u64>>,
    pub(super) key: Key,
    command: Command,
}

impl Piece {
    fn count(&self) -> u64 {
        self.frames.as_ref().map_or(0, |frames| frames.end - frames.start)
    }
}

/// What was done to have all pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Made {
    /// How many spans the video has.
    pub spans: usize,
    /// How many of them were rendered; the others were there.
    pub rendered: usize,
    /// Whether the sound was rendered.
    pub sound_rendered: bool,
    /// How many frames are copies of a source's packets.
    pub copied_frames: u64,
}

/// What is asked of the sound that its command does not say before it has been heard.
fn wishes(timeline: &Timeline) -> String {
    let ducking: Vec<f64> = timeline.sounds.iter().map(|sound| sound.ducking).collect();
    format!("loudness {:?}\nducking {ducking:?}\n", timeline.loudness)
}

impl<'a> Pieces<'a> {
    /// Plans the pieces of `timeline`, whose texts are `runs`. Sources are read for their hashes, which `store` keeps.
    pub(super) fn new(
        plan: &'a ValidPlan,
        timeline: &'a Timeline,
        runs: &[TextRun],
        fonts: &'a FontSet,
        encoder: &'a Encoder,
        store: &Store,
        copies: &Copies,
    ) -> Result<Self> {
        let contents = contents(plan, store)?;
        let piece = |frames, command| Piece { frames, key: key(&command, &contents, fonts), command };
        let mut all = Vec::new();
        let taken: Vec<Range<u64>> = copies.spans.iter().map(|copy| copy.frames.clone()).collect();
        for frames in spans_between(timeline, &taken) {
            if let Some(copy) = copies.spans.iter().find(|copy| copy.frames == frames) {
                all.push(Piece { frames: Some(frames), key: copy.key.clone(), command: copy.command.clone() });
                continue;
            }
            let (slice, runs) = timeline.slice(&frames, runs);
            let mut command = picture_command(plan, &slice, &runs, encoder);
            copies.mark(&mut command);
            all.push(piece(Some(frames), command));
        }
        let mut command = sound_command(plan, timeline, &Stems::default(), encoder, "");
        // What is heard before it is made follows from the same sound; it is not heard to find the key.
        command.files.insert("wishes.txt".into(), wishes(timeline));
        all.push(piece(None, command));
        Ok(Self { plan, timeline, fonts, encoder, all })
    }

    /// The spans in order, then the sound.
    pub(super) fn all(&self) -> &[Piece] {
        &self.all
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.all.iter().map(|piece| &piece.key)
    }

    /// Makes what is `wanted`, by the pieces' numbers, and `store` does not have, side by side. Tells how many frames of
    /// the whole are done.
    pub(super) fn make(
        &self,
        store: &Store,
        lease: &Lease,
        wanted: &dyn Fn(usize) -> bool,
        cancel: &Cancel,
        on_frames: &mut dyn FnMut(u64),
    ) -> Result<(Vec<Facts>, Made)> {
        // A piece that is there twice, a second of black perhaps, is made once.
        let mut missing: BTreeMap<&Key, &Piece> = BTreeMap::new();
        let mut facts: BTreeMap<&Key, Facts> = BTreeMap::new();
        let mut done = 0;
        for (_, piece) in self.all.iter().enumerate().filter(|(number, _)| wanted(*number)) {
            if facts.contains_key(&piece.key) {
                done += piece.count();
            } else if let Some(found) = store.find(&piece.key) {
                facts.insert(&piece.key, found);
                done += piece.count();
            } else {
                missing.insert(&piece.key, piece);
            }
        }
        on_frames(done);
        // The sound first: it takes one core for long. Then the longest spans, so that all cores end at about the same time.
        let mut jobs: Vec<&Piece> = missing.into_values().collect();
        jobs.sort_by_key(|piece| {
            piece.frames.as_ref().map(|frames| (Reverse(frames.end - frames.start), frames.start))
        });
        let made = std::sync::Mutex::new(Vec::new());
        let work = |number: usize, cancel: &Cancel, tell: &mut dyn FnMut(u64)| {
            let Some(piece) = jobs.get(number) else { return Ok(()) };
            let facts = self.make_one(piece, jobs.len() == 1, lease, cancel, tell)?;
            tell(piece.count());
            if let Ok(mut made) = made.lock() {
                made.push((&piece.key, facts));
            }
            Ok(())
        };
        let mut each = vec![0; jobs.len()];
        crew(jobs.len(), cancel, work, &mut |number, frames| {
            if let (Some(known), Some(piece)) = (each.get_mut(number), jobs.get(number)) {
                let frames = frames.min(piece.count()).max(*known);
                done += frames - *known;
                *known = frames;
                on_frames(done);
            }
        })?;
        facts.extend(made.into_inner().unwrap_or_default());
        let rendered = jobs.iter().filter(|piece| piece.frames.is_some()).count();
        let made =
            Made { spans: self.all.len() - 1, rendered, sound_rendered: jobs.len() > rendered, copied_frames: 0 };
        let facts = self.all.iter().filter_map(|piece| facts.get(&piece.key).cloned()).collect();
        Ok((facts, made))
    }

    /// Makes one piece and keeps it. What is made `alone` has all cores.
    fn make_one(
        &self,
        piece: &Piece,
        alone: bool,
        lease: &Lease,
        cancel: &Cancel,
        tell: &mut dyn FnMut(u64),
    ) -> Result<Facts> {
        let folder = tempfile::tempdir_in(lease.folder())
            .map_err(|source| super::encode::write_error(lease.folder(), source))?;
        let part = folder.path().join("piece.mp4");
        let format = ["-f", self.encoder.piece_format()];
        let facts = match &piece.frames {
            None => self.make_sound(folder.path(), &part, cancel, tell)?,
            Some(range) => {
                let frugal = piece.command.frugal();
                let command = if alone { &piece.command } else { &frugal };
                let said = encode(command, &format, self.fonts, folder.path(), &part, cancel, tell)?;
                let facts = if command.watched { watched(&part, &said.words)? } else { look(&part, false, cancel)? };
                if facts.frames != piece.count() {
                    let (start, end, found) = (range.start, range.end, facts.frames);
                    let difference =
                        format!("planned {} frames, found {found}, in the span from {start} to {end}", piece.count());
                    return Err(with_words(Error::Measured(difference), &said.words));
                }
                facts
            }
        };
        lease.keep(&piece.key, &part, facts)
    }

    /// The sound, after listening to what decides how loud its parts and the whole of it are.
    fn make_sound(&self, folder: &Path, part: &Path, cancel: &Cancel, tell: &mut dyn FnMut(u64)) -> Result<Facts> {
        let mut stems = Stems::default();
        let timeline = ducked(self.plan, self.timeline, &mut stems, folder, cancel)?;
        stems.render(&timeline, self.plan.media(), folder, cancel)?;
        let mut before = None;
        if let Some(wanted) = timeline.loudness {
            let mastered =
                master(self.plan, &timeline, &stems, wanted, self.encoder, self.fonts, folder, part, cancel)?;
            before = mastered.before;
        } else {
            let command = sound_command(self.plan, &timeline, &stems, self.encoder, "");
            encode(&command, &["-f", self.encoder.piece_format()], self.fonts, folder, part, cancel, tell)?;
        }
        Ok(Facts { loudness_before: before, ..look(part, true, cancel)? })
    }

    /// What `store` has, if it has all.
    pub(super) fn facts(&self, store: &Store) -> Result<Vec<Facts>> {
        let found: Vec<Option<Facts>> = self.all.iter().map(|piece| store.find(&piece.key)).collect();
        let missing: Vec<String> = found
            .iter()
            .enumerate()
            .filter(|(_, facts)| facts.is_none())
            .map(|(number, _)| number.to_string())
            .collect();
        if !missing.is_empty() {
            let (which, folder) = (missing.join(", "), store.folder().display());
            let difference =
                format!("the pieces {which} of {} are not in `{folder}`; make them with `span run`", found.len());
            return Err(Error::Measured(difference));
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// The files of the spans with their lengths in frames, and the file of the sound.
    pub(super) fn files(&self, store: &Store) -> (Vec<(PathBuf, u64)>, PathBuf) {
        let spans = self.all.iter().filter(|piece| piece.frames.is_some());
        let spans = spans.map(|piece| (store.path(&piece.key), piece.count())).collect();
        let sound = self.all.last().map(|piece| store.path(&piece.key)).unwrap_or_default();
        (spans, sound)
    }
}

//! Stems: stretches of a track of many sounds, each rendered into a file before the whole is.
//!
//! ffmpeg looks through all filters of a graph for each frame, and keeps the decoder of each input to the end. With thousands
//! of sounds in one graph its time would grow with their square, and its memory to more than the pictures take.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::ffmpeg::{Cancel, Confinement, Reading, Tool};
use crate::media::{Media, MediaTable};
use crate::render::command::{Command, stem_command};
use crate::render::encode::{run, write_files};
use crate::render::graph::Graph;
use crate::render::input::Input;
use crate::render::timeline::Timeline;

use super::part::Part;
use super::{FRAMES, STEREO, samples, tracks};

/// A track of more sounds than these is rendered in stems…
const MANY: usize = 200;

/// …of so many each.
const PARTS: usize = 100;

/// The stems that there are, by what is heard in them. How loud it is there is no matter: volumes are the whole track's.
#[derive(Debug, Default)]
pub(in crate::render) struct Stems {
    files: BTreeMap<String, PathBuf>,
}

impl Stems {
    /// Renders those of `timeline` that are not there yet into `folder`, without any loss: 384 kB a second.
    pub(in crate::render) fn render(
        &mut self,
        timeline: &Timeline,
        media: &MediaTable,
        folder: &Path,
        cancel: &Cancel,
    ) -> Result<()> {
        let total = samples(timeline.canvas.rate.time_of(timeline.frames));
        for track in tracks(&timeline.sounds, media, total) {
            for stem in stems(&track, total) {
                let key = stem.key();
                if self.files.contains_key(&key) {
                    continue;
                }
                let path = folder.join(format!("stem{}.wav", self.files.len()));
                let Command { arguments, files, .. } = stem_command(|graph| stem.write(total, graph));
                write_files(folder, &files)?;
                let mut ffmpeg = Confinement::of_system().command(Tool::Ffmpeg, folder);
                ffmpeg.args(arguments);
                run(ffmpeg, Reading::Progress, &path, cancel, &mut |_| {})?;
                self.files.insert(key, path);
            }
        }
        Ok(())
    }

    /// The files of a track, if it is in stems and all of them are there.
    pub(super) fn of(&self, track: &[Part<'_>], total: u64) -> Option<Vec<&Path>> {
        let stems = stems(track, total);
        let files: Option<Vec<&Path>> =
            stems.iter().map(|stem| self.files.get(&stem.key()).map(PathBuf::as_path)).collect();
        files.filter(|files| !files.is_empty())
    }
}

/// The whole of a track from the `files` of its stems.
pub(super) fn strung(files: &[&Path], number: usize, graph: &mut Graph) -> String {
    let mut labels = String::new();
    for (index, path) in files.iter().enumerate() {
        let media = Media { path: (*path).to_owned(), format: "wav".into(), picture: None, sound: None };
        let input = graph.input(Input::new(&media));
        graph.chains.push(format!("[{input}:0]{FRAMES},{STEREO}[s{number}_{index}]"));
        // Writing into a string cannot fail.
        let _ = write!(labels, "[s{number}_{index}]");
    }
    format!("{labels}concat=n={}:v=0:a=1", files.len())
}

/// A stretch of a track.
struct Stem<'a> {
    parts: &'a [Part<'a>],
    /// From where to where in the whole.
    samples: Range<u64>,
}

/// The stems of a `track`; none if it has few sounds.
fn stems<'a>(track: &'a [Part<'a>], total: u64) -> Vec<Stem<'a>> {
    let chunks = track.chunks(PARTS).filter(|_| track.len() > MANY);
    let start = |chunk: usize| track.get(chunk * PARTS).map_or(total, |part| part.start);
    let stem = |(chunk, parts)| Stem { parts, samples: if chunk == 0 { 0 } else { start(chunk) }..start(chunk + 1) };
    chunks.enumerate().map(stem).collect()
}

impl Stem<'_> {
    fn key(&self) -> String {
        let mut key = format!("{:?}", self.samples);
        for Part { sound, start, end, .. } in self.parts {
            let (asset, speed) = (&sound.asset, sound.speed);
            // Writing into a string cannot fail.
            let _ = write!(key, " {asset:?} {start} {end} {:?} {speed} {}", sound.source, sound.looped);
        }
        key
    }

    /// Writes it into `graph`, ending in `[a]`.
    fn write(&self, total: u64, graph: &mut Graph) {
        let whole = super::strung(self.parts, &self.samples, total, 0, graph);
        let count = self.samples.end - self.samples.start;
        let end = format!("apad=whole_len={count},atrim=end_sample={count}");
        graph.chains.push(format!("{whole},{end},{STEREO},asetpts=N/SR/TB[a]"));
    }
}

//! One sound as a chain of filters: read, brought to the output's form, cut, faded, made as loud as it shall be.

use std::fmt::Write as _;

use crate::ffmpeg;
use crate::media::{Media, Sound as Stream};
use crate::render::graph::Graph;
use crate::render::input::Input;
use crate::render::strip::Sound;
use crate::time::Time;

use super::reel::Piece;
use super::{FRAMES, RATE, STEREO, samples};

/// A cut inside a sound is a step in its wave, heard as a click; this long a fade hides it and is not heard itself.
const DECLICK_SECONDS: f64 = 0.008;

/// Where a sound begins again there is a fade too, shorter still: a loop that was made to close would else have a hole.
const SEAM_SECONDS: f64 = 0.002;

/// How much before its place a sound is read. What a decoder gives right after a seek is not right yet: AAC needs one
/// packet before (21 ms), Opus 80 ms (RFC 7845), and an MP3 at a low rate borrows bits from up to nine (235 ms).
const PREROLL_SECONDS: f64 = 0.3;

/// A sound up to this long is looped in memory, 384 kB a second; a longer one by reading its file again.
const LONGEST_IN_MEMORY: f64 = 300.0;

/// More channels than any layout that ffmpeg can mix down have no names; the first two are taken.
const NAMED_CHANNELS: u32 = 8;

/// Filters that change the tempo and not the pitch.
struct Tempo {
    filters: String,
    /// How much too early they let a sound begin, in seconds of the asset.
    early: Time,
}

/// Rubber Band's delay for each unit of stretch: measured, the same to 2 ms at any tempo below 1.
const RUBBERBAND_EARLY: f64 = 0.031;

/// Half of atempo's window (2048 samples at 48 kHz), by which what it repeats begins too early on average.
const ATEMPO_EARLY: f64 = 1024.0 / 48_000.0;

/// Below this tempo onsets are smeared so much that a steady tone that is a little quieter is the lesser evil.
const SMEARED: f64 = 0.7;

/// What slows down by repeating smears each onset over a window, 0.1 s and more at a quarter of the speed. Rubber Band sees
/// onsets and keeps them, but turns the phase of a steady tone at each; so where atempo is within 30 ms, above `SMEARED`, and
/// where it makes faster, within 16 ms, that is left to it.
fn tempo(speed: f64) -> Tempo {
    let early = |unit: f64| Time::from_secs(unit * (1.0 - speed)).unwrap_or_default();
    if speed < SMEARED && ffmpeg::build().contains("--enable-librubberband") {
        // What it holds back at the end is pushed out by silence.
        let filters = format!(",apad=pad_dur=1,rubberband=tempo={speed}:channels=together");
        return Tempo { filters, early: early(RUBBERBAND_EARLY) };
    }
    let mut filters = String::new();
    let mut left = speed;
    while !(0.5..=2.0).contains(&left) {
        let step = if left < 1.0 { 0.5 } else { 2.0 };
        let _ = write!(filters, ",atempo={step}");
        left /= step;
    }
    if (left - 1.0).abs() > 1e-9 {
        let _ = write!(filters, ",atempo={left}");
    }
    Tempo { filters, early: if speed < 1.0 { early(ATEMPO_EARLY) } else { Time::ZERO } }
}

/// A sound in its place, in samples.
pub(super) struct Part<'a> {
    pub(super) sound: &'a Sound,
    pub(super) media: &'a Media,
    pub(super) stream: &'a Stream,
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Part<'_> {
    /// How much of its asset is heard.
    fn read(&self) -> Time {
        (self.sound.end - self.sound.start).scaled(1.0 / self.sound.speed)
    }

    /// Whether its asset is too short for it, and begins again.
    fn loops(&self) -> bool {
        self.sound.looped && self.sound.source + self.read() > self.stream.duration
    }

    /// Whether it is neither looped nor faster or slower than in its file.
    pub(super) fn plays_as_recorded(&self) -> bool {
        !self.loops() && (self.sound.speed - 1.0).abs() < 1e-9
    }

    /// Whether it is of the same asset as `other`.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.sound.asset == other.sound.asset
    }

    /// From where to where in its asset it is heard, in samples of the output, if it plays as recorded.
    pub(super) fn heard(&self) -> (u64, u64) {
        let from = samples(self.sound.source);
        (from, from + self.end - self.start)
    }

    /// Its asset from a little before it up to `end` in samples, in the output's form; and the sample that comes first.
    pub(super) fn opened(&self, end: u64, graph: &mut Graph) -> (String, u64) {
        let lead = self.lead();
        let from = self.sound.source - lead;
        // In whole samples, and ffmpeg's seeks are exact to a microsecond, far less than one.
        let base = samples(self.sound.source) - samples(lead);
        #[expect(clippy::cast_precision_loss, reason = "a day in samples is far below 2^53")]
        let length = Time::from_secs((end - base) as f64 / f64::from(RATE) + 1.0).unwrap_or(Time::MAX);
        let input = graph.input(Input::new(self.media).seek(from, length));
        (self.formed(input), base)
    }

    /// How much before its place it is read.
    fn lead(&self) -> Time {
        Time::from_secs(PREROLL_SECONDS).unwrap_or_default().min(self.sound.source)
    }

    /// Its stream of `input` in the output's form.
    fn formed(&self, input: usize) -> String {
        // A mono sound goes to both sides as loud as it is; ffmpeg's own mix would make it 3 dB quieter.
        let sides = match self.stream.channels {
            1 => "pan=stereo|c0=c0|c1=c0,",
            2..=NAMED_CHANNELS => "",
            _ => "pan=stereo|c0=c0|c1=c1,",
        };
        format!("[{input}:{}]{sides}aresample={RATE}:async=1:first_pts=0,{FRAMES},{STEREO}", self.stream.stream)
    }

    /// Writes its chain into `graph`, ending in `[label]`, from its piece of a `reel` if it is on one; `gap` samples of silence follow.
    /// `last` says that the video ends with it.
    pub(super) fn write(&self, label: &str, reel: Option<&Piece>, gap: u64, last: bool, graph: &mut Graph) {
        let count = self.end - self.start;
        let mut chain = if let Some(Piece { label, skip }) = reel {
            format!("[{label}]atrim=start_sample={skip},asetpts=N/SR/TB")
        } else {
            let Tempo { filters, early } = tempo(self.sound.speed);
            self.source(early, graph) + filters.as_str()
        };
        let _ = write!(chain, ",apad=whole_len={count},atrim=end_sample={count},asetpts=N/SR/TB");
        self.fades(last, &mut chain);
        if gap > 0 {
            let _ = write!(chain, ",apad=whole_len={}", count + gap);
        }
        graph.chains.push(format!("{chain}[{label}]"));
    }

    /// Its asset from where it begins on, in the output's form; from as much sooner as a change of tempo makes it come `early`.
    fn source(&self, early: Time, graph: &mut Graph) -> String {
        let sound = self.sound;
        let in_memory = self.loops() && self.stream.duration.as_secs() <= LONGEST_IN_MEMORY;
        let lead = self.lead();
        let input = if in_memory {
            Input::new(self.media)
        } else {
            let read = self.read() + lead + Time::from_secs(1.0).unwrap_or_default();
            let input = Input::new(self.media).seek(sound.source - lead, read);
            if self.loops() { input.looped() } else { input }
        };
        let input = graph.input(input);
        let mut chain = self.formed(input);
        let (start, early) = (self.before_cut(in_memory, lead, &mut chain), samples(early));
        if start > early {
            let _ = write!(chain, ",atrim=start_sample={},asetpts=N/SR/TB", start - early);
        } else if early > start {
            let _ = write!(chain, ",adelay=delays={}S:all=1,asetpts=N/SR/TB", early - start);
        }
        chain
    }

    /// Loops what is looped in memory; how many samples stand before those that are heard.
    fn before_cut(&self, in_memory: bool, lead: Time, chain: &mut String) -> u64 {
        if in_memory {
            let seam = format!("afade=t=in:d={SEAM_SECONDS}");
            // Only the decoder knows where the sound ends (an MP3 is padded), so the end is faded from behind.
            let _ = write!(chain, ",{seam},areverse,{seam},areverse,aloop=loop=-1:size={}", i32::MAX);
            samples(self.sound.source)
        } else {
            samples(lead)
        }
    }

    /// Fades where it is cut: at its ends, unless they are the video's own.
    fn fades(&self, last: bool, chain: &mut String) {
        let length = (self.sound.end - self.sound.start).as_secs();
        let fade = DECLICK_SECONDS.min(length / 4.0);
        if self.start > 0 || self.sound.source > Time::ZERO {
            let _ = write!(chain, ",afade=t=in:d={fade:.6}");
        }
        // Where the asset is at its end before, that is a cut to silence.
        let left = self.stream.duration.saturating_sub(self.sound.source).scaled(self.sound.speed).as_secs();
        let end = if self.sound.looped { length } else { length.min(left) };
        let own_end = last && (end - left).abs() < fade;
        if end > fade && !own_end {
            let _ = write!(chain, ",afade=t=out:st={:.6}:d={fade:.6}", end - fade);
        }
    }
}

//! How a video is written, for every command that renders one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use crate::captions;
use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::render::{
    self, Depth, Encoder, Options, PRESETS, Pace, Progress, Store, Subtitles, Way, prove, render, write_report,
};
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::output::{Terminal, check_place, print, print_json, write_file};

/// What the pictures of a video depend on, beside its plan.
#[derive(Debug, clap::Args)]
pub(super) struct EncodingArgs {
    /// How much time the encoder takes to make the file small
    #[arg(long, value_name = "PRESET", default_value = "veryfast", value_parser = clap::builder::PossibleValuesParser::new(PRESETS))]
    preset: String,
    /// The encoder's quality: 0 is lossless, 51 the worst
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u8).range(0..=51))]
    crf: u8,
    /// Where the subtitles go
    #[arg(long, value_name = "WHERE", default_value = "burned")]
    pub(super) subs: Subtitles,
}

impl EncodingArgs {
    pub(super) fn encoder(&self) -> Encoder {
        Encoder { preset: self.preset.clone(), crf: self.crf }
    }
}

/// In how many pieces a video is rendered.
#[derive(Debug, clap::Args)]
pub(super) struct WayArgs {
    /// Render all by one ffmpeg instead of in spans, side by side
    #[arg(long)]
    no_spans: bool,
    /// Neither use spans of earlier renders nor keep these
    #[arg(long)]
    no_cache: bool,
}

impl WayArgs {
    /// The store of spans, if there is to be one.
    pub(super) fn store(&self) -> Option<Store> {
        Store::of_user().filter(|_| !self.no_cache)
    }

    pub(super) fn way<'a>(&self, store: Option<&'a Store>) -> Way<'a> {
        if self.no_spans { Way::Whole } else { Way::Spans(store) }
    }
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags, each for itself")]
pub(super) struct VideoArgs {
    /// Replace the video if it exists
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) encoding: EncodingArgs,
    /// Write the subtitles beside the video too: .srt, .vtt or .ass
    #[arg(long, value_name = "FILE", value_parser = caption_file)]
    captions: Option<PathBuf>,
    /// How closely the video is looked at when it is finished
    #[arg(long, value_name = "DEPTH", default_value = "quick")]
    pub(super) proof: Depth,
    /// Do not write what was planned and found beside the video, as `out.mp4.report.json`
    #[arg(long)]
    pub(super) no_report: bool,
    /// Print what was measured of the video as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

impl VideoArgs {
    /// Whether the files beside the video may be written.
    pub(super) fn check_places(&self) -> Result<()> {
        self.captions.as_deref().map_or(Ok(()), |path| check_place(path, self.force))
    }

    /// Holds the file at `path` against `plan`.
    pub(super) fn check(&self, plan: &ValidPlan, path: &Path, cancel: &Cancel) -> Result<ExitCode> {
        std::fs::File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let path = std::path::absolute(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let proof = prove(plan, &path, self.encoding.subs, self.proof, cancel)?;
        if !self.no_report {
            write_report(&proof, &path)?;
        }
        let differences = proof.differences();
        if self.json {
            print_json(&proof)?;
        } else if differences.is_empty() {
            print(&format!("{}: as planned, {} facts\n", proof.file, proof.facts.len()))?;
        } else {
            print(&format!("{}: not as planned\n  {}\n", proof.file, differences.join("\n  ")))?;
        }
        Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Renders `plan` into `output` and says what was measured; `source` is where the plan's author wrote it.
    #[expect(clippy::too_many_arguments, reason = "what a render needs, and whom it tells")]
    pub(super) fn write(
        &self,
        way: Way<'_>,
        plan: &ValidPlan,
        output: &Path,
        source: &Arc<Source>,
        fonts: &FontSet,
        terminal: &Terminal,
        cancel: &Cancel,
    ) -> Result<ExitCode> {
        let encoder = self.encoding.encoder();
        let options = Options {
            output,
            overwrite: self.force,
            encoder: &encoder,
            fonts,
            subtitles: self.encoding.subs,
            way,
            depth: self.proof,
            report: !self.no_report,
            cancel,
        };
        let mut show = terminal.progress();
        let mut watch = Watch::default();
        let result = render(plan, &options, &mut |progress| {
            watch.see(progress);
            if !self.quiet {
                show.show(progress);
            }
        });
        drop(show);
        let report = result.map_err(|error| match error {
            Error::Invalid(found) => Error::Invalid(found.located_in(source)),
            other => other,
        })?;
        terminal.findings(&report.warnings.located_in(source));
        watch.tell(plan, &encoder);
        if let Some(path) = self.captions.as_ref().filter(|_| !report.subtitles.is_empty()) {
            let format = captions::Format::of_name(path).unwrap_or(captions::Format::Srt);
            write_file(path, &captions::write(&report.subtitles, format))?;
        }
        if report.subtitles.is_empty() && (self.captions.is_some() || self.encoding.subs != Subtitles::Burned) {
            terminal.say("the scenario has no subtitles");
        }
        let measured = &report.measured;
        if self.json {
            print_json(&json!({ "output": output, "measured": measured, "made": report.made }))?;
        } else {
            #[expect(clippy::cast_precision_loss, reason = "a size for a person")]
            let megabytes = measured.bytes as f64 / 1e6;
            print(&format!(
                "{}: {:.3} s, {} frames, {}x{} at {}, {megabytes:.1} MB\n",
                output.display(),
                measured.duration_sec,
                measured.frames,
                measured.width,
                measured.height,
                measured.frame_rate,
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// How long the encoding takes, for later estimates.
#[derive(Debug, Default)]
struct Watch {
    /// When it began, and how many frames were there already.
    begun: Option<(Instant, u64)>,
    seconds: f64,
    frames: u64,
}

impl Watch {
    fn see(&mut self, progress: Progress) {
        match (progress, self.begun) {
            (Progress::Encoding { done, .. }, None) if done > 0 => self.begun = Some((Instant::now(), done)),
            (Progress::Encoding { done, .. }, Some((begun, first))) => {
                (self.seconds, self.frames) = (begun.elapsed().as_secs_f64(), done.saturating_sub(first));
            }
            _ => {}
        }
    }

    fn tell(&self, plan: &ValidPlan, encoder: &Encoder) {
        if let Some(mut pace) = Pace::of_user() {
            pace.learn(&encoder.preset, render::megapixels(&render::timeline(plan), self.frames), self.seconds);
        }
    }
}

fn caption_file(name: &str) -> std::result::Result<PathBuf, String> {
    let path = PathBuf::from(name);
    captions::Format::of_name(&path).map(|_| path).ok_or("its name must end in .srt, .vtt or .ass".into())
}

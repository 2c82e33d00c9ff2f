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
    self, Depth, Encoder, Options, Pace, Progress, Report, Store, Subtitles, Way, prove, render, write_report,
};
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::encoding::{EncodingArgs, size, unfit};
use super::output::{Terminal, check_place, print, print_json, write_file};

/// In how many pieces a video is rendered.
#[derive(Debug, clap::Args)]
pub(super) struct WayArgs {
    /// Render all by one ffmpeg instead of in spans, side by side
    #[arg(long)]
    no_spans: bool,
    /// Neither use spans of earlier renders nor keep these
    #[arg(long)]
    no_cache: bool,
    /// Make the file no larger than this, e.g. 16MB, by two passes of the encoder; it is rendered by one ffmpeg then
    #[arg(long, value_name = "SIZE", value_parser = size, conflicts_with = "crf")]
    target_size: Option<u64>,
    /// Copy stretches that nothing touches from sources that are already what the video is to be, instead of encoding them
    #[arg(long, conflicts_with = "no_spans")]
    smart: bool,
}

impl WayArgs {
    /// The store of spans, if there is to be one.
    pub(super) fn store(&self) -> Option<Store> {
        Store::of_user().filter(|_| !self.no_cache)
    }

    pub(super) fn way<'a>(&self, store: Option<&'a Store>) -> Way<'a> {
        match (self.no_spans, self.smart) {
            (true, _) => Way::Whole,
            (_, true) => Way::Smart(store),
            _ => Way::Spans(store),
        }
    }

    /// `encoder`, held to the size that is asked for.
    pub(super) fn held(&self, encoder: Encoder) -> Result<Encoder> {
        self.target_size.map_or(Ok(encoder.clone()), |bytes| encoder.at_most(bytes).map_err(unfit))
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

    /// The encoder that is asked for, for a video at `output`.
    pub(super) fn encoder(&self, output: &Path, terminal: &Terminal) -> Result<Encoder> {
        self.encoding.encoder(Some(output), terminal)
    }

    /// Holds the file at `path` against `plan`.
    pub(super) fn check(&self, plan: &ValidPlan, encoder: &Encoder, path: &Path, cancel: &Cancel) -> Result<ExitCode> {
        std::fs::File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let path = std::path::absolute(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let proof = prove(plan, encoder, &path, self.encoding.subs, self.proof, cancel)?;
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

    /// Renders `order` and says what was measured.
    pub(super) fn write(&self, order: &Order<'_>, terminal: &Terminal, cancel: &Cancel) -> Result<ExitCode> {
        let report = self.make(order, terminal, cancel)?;
        self.tell(&[report])
    }

    /// Renders `order`.
    pub(super) fn make(&self, order: &Order<'_>, terminal: &Terminal, cancel: &Cancel) -> Result<Report> {
        let options = Options {
            output: order.output,
            overwrite: self.force,
            encoder: order.encoder,
            fonts: order.fonts,
            subtitles: self.encoding.subs,
            way: order.way,
            depth: self.proof,
            report: !self.no_report,
            cancel,
        };
        let mut show = terminal.progress();
        let mut watch = Watch::default();
        let result = render(order.plan, &options, &mut |progress| {
            watch.see(progress);
            if !self.quiet {
                show.show(progress);
            }
        });
        drop(show);
        let report = result.map_err(|error| match error {
            Error::Invalid(found) => Error::Invalid(found.located_in(order.source)),
            other => other,
        })?;
        terminal.findings(&report.warnings.clone().located_in(order.source));
        watch.tell(order.plan, order.encoder);
        if let Some(path) = self.captions.as_ref().filter(|_| !report.subtitles.is_empty()) {
            let format = captions::Format::of_name(path).unwrap_or(captions::Format::Srt);
            write_file(path, &captions::write(&report.subtitles, format))?;
        }
        if report.subtitles.is_empty() && (self.captions.is_some() || self.encoding.subs != Subtitles::Burned) {
            terminal.say("the scenario has no subtitles");
        }
        report.not_copied.iter().for_each(|reason| terminal.say(reason));
        Ok(Report { output: order.output.to_owned(), ..report })
    }

    /// Says what was measured of videos.
    pub(super) fn tell(&self, reports: &[Report]) -> Result<ExitCode> {
        if self.json {
            let said = |report: &Report| {
                let mut said = json!({ "output": report.output, "measured": report.measured, "made": report.made });
                if let Some(said) = said.as_object_mut().filter(|_| !report.not_copied.is_empty()) {
                    said.insert("not_copied".into(), json!(report.not_copied));
                }
                said
            };
            match reports {
                [report] => print_json(&said(report))?,
                reports => print_json(&reports.iter().map(said).collect::<Vec<_>>())?,
            }
            return Ok(ExitCode::SUCCESS);
        }
        for Report { output, measured, made, .. } in reports {
            #[expect(clippy::cast_precision_loss, reason = "a size for a person")]
            let megabytes = measured.bytes as f64 / 1e6;
            let copied = match made.copied_frames {
                0 => String::new(),
                frames => format!(" ({frames} copied)"),
            };
            print(&format!(
                "{}: {:.3} s, {} frames{copied}, {}x{} at {}, {megabytes:.1} MB\n",
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

/// A video that is to be made.
pub(super) struct Order<'a> {
    pub(super) plan: &'a ValidPlan,
    pub(super) output: &'a Path,
    pub(super) encoder: &'a Encoder,
    pub(super) way: Way<'a>,
    pub(super) fonts: &'a FontSet,
    /// Where the plan's author wrote it.
    pub(super) source: &'a Arc<Source>,
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
            pace.learn(&encoder.to_string(), render::megapixels(&render::timeline(plan), self.frames), self.seconds);
        }
    }
}

fn caption_file(name: &str) -> std::result::Result<PathBuf, String> {
    let path = PathBuf::from(name);
    captions::Format::of_name(&path).map(|_| path).ok_or("its name must end in .srt, .vtt or .ass".into())
}

//! One frame of the video, or a sheet of some, without rendering the rest: a slice of the timeline through the same graph.

use std::ffi::OsString;
use std::path::Path;

use crate::diagnostic::Diagnostics;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::tasks::ValidPlan;
use crate::text::FontSet;

use super::command::{sheet_command, still_command};
use super::crew::crew;
use super::encode::{encode, write_error};
use super::labels::under_frame;
use super::texts::{TextRun, texts};
use super::timeline::{Timeline, timeline};

/// What is to be seen, and where it goes.
pub struct Preview<'a> {
    /// The frames, each a picture of the sheet with its time and tasks under it; one alone is a picture by itself.
    pub frames: &'a [u64],
    /// How wide each is in pixels; as wide as the video if absent.
    pub width: Option<u32>,
    /// The file to write: `.png`, `.jpg` or `.jpeg`. One that exists is replaced.
    pub output: &'a Path,
    /// The fonts for its texts.
    pub fonts: &'a FontSet,
    /// The wish to stop.
    pub cancel: &'a Cancel,
}

/// A picture's format: its encoder and its filters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    pub(super) encoder: &'static str,
    pub(super) colours: &'static str,
}

/// Without a loss, also for what is put together later.
const PNG: Picture = Picture { encoder: "png", colours: "in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24" };

/// JPEG's colours follow BT.601 in full range (JFIF 1.02).
const JPEG: Picture = Picture {
    encoder: "mjpeg",
    colours: "in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc,format=yuvj420p",
};

/// Draws what `preview` asks for; answers what came up about the texts.
pub fn preview(plan: &ValidPlan, preview: &Preview<'_>) -> Result<Diagnostics> {
    let picture = format(preview.output)?;
    let timeline = timeline(plan);
    let (runs, warnings) = texts(plan, &timeline, preview.fonts)?;
    let parent = preview.output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = parent.canonicalize().map_err(|source| write_error(parent, source))?;
    let part = tempfile::Builder::new().prefix(".preview-").tempfile_in(&parent);
    let part = part.map_err(|source| write_error(&parent, source))?.into_temp_path();
    let folder = tempfile::tempdir().map_err(|source| write_error(&std::env::temp_dir(), source))?;
    let is_sheet = preview.frames.len() > 1;
    let still = Still { plan, timeline: &timeline, runs: &runs, preview, is_sheet };
    match preview.frames {
        [frame] => still.draw(*frame, picture, folder.path(), &part, preview.cancel)?,
        frames => {
            let names: Vec<String> = (0..frames.len()).map(|number| format!("{number}.png")).collect();
            let work = |number: usize, cancel: &Cancel, _: &mut dyn FnMut(u64)| {
                let (Some(frame), Some(name)) = (frames.get(number), names.get(number)) else { return Ok(()) };
                let own = tempfile::tempdir_in(folder.path()).map_err(|source| write_error(folder.path(), source))?;
                still.draw(*frame, PNG, own.path(), &folder.path().join(name), cancel)
            };
            crew(frames.len(), preview.cancel, work, &mut |_, _| {})?;
            let sheet = sheet_command(frames.len(), picture);
            encode(&sheet, &PIPE, preview.fonts, folder.path(), &part, preview.cancel, &mut |_| {})?;
        }
    }
    super::job::make_readable(&part).map_err(|source| write_error(preview.output, source))?;
    part.persist(preview.output).map_err(|failed| write_error(preview.output, failed.error))?;
    Ok(warnings)
}

/// Unlike `image2` it takes no `%` in a name for a pattern.
const PIPE: [&str; 2] = ["-f", "image2pipe"];

struct Still<'a> {
    plan: &'a ValidPlan,
    timeline: &'a Timeline,
    runs: &'a [TextRun],
    preview: &'a Preview<'a>,
    is_sheet: bool,
}

impl Still<'_> {
    fn draw(&self, frame: u64, picture: Picture, folder: &Path, output: &Path, cancel: &Cancel) -> Result<()> {
        let frame = frame.min(self.timeline.frames - 1);
        let (slice, runs) = self.timeline.slice(&(frame..frame + 1), self.runs);
        let Preview { width, fonts, .. } = self.preview;
        let wide = width.filter(|_| self.is_sheet);
        let label = wide.and_then(|width| under_frame(self.plan.plan(), self.timeline, frame, width, fonts));
        let command = still_command(self.plan, &slice, &runs, *width, label.as_ref(), picture);
        encode(&command, &PIPE, fonts, folder, output, cancel, &mut |_| {})?;
        // ffmpeg is content with no frame at all.
        let drawn = std::fs::metadata(output).map_err(|source| write_error(output, source))?.len();
        if drawn == 0 {
            return Err(Error::Measured(format!("frame {frame} came out empty; please report it with the scenario")));
        }
        Ok(())
    }
}

impl Picture {
    /// The arguments that write `label` as one picture of this format.
    pub(super) fn arguments(self, label: &str) -> Vec<OsString> {
        let arguments = ["-map", label, "-frames:v", "1", "-c:v", self.encoder];
        let quality: &[&str] = if self.encoder == "mjpeg" { &["-q:v", "3"] } else { &[] };
        arguments.iter().chain(quality).map(OsString::from).collect()
    }
}

fn format(output: &Path) -> Result<Picture> {
    match output.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase).as_deref() {
        Some("png") => Ok(PNG),
        Some("jpg" | "jpeg") => Ok(JPEG),
        _ => {
            let reason = "its name must end in .png, .jpg or .jpeg".into();
            Err(Error::Output { path: output.to_owned(), reason })
        }
    }
}

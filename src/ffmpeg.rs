//! The two programs that touch media, ffmpeg and ffprobe: found, confined, run and ended.
//!
//! Media come from outside and are hostile until proved otherwise, so both run without a network where the system can
//! take it away, with limits on memory, files and pixels, in a process group of their own that dies with callsheet.

mod confine;
mod run;

pub use confine::{Confinement, Tool};
pub(crate) use run::end;
pub use run::{Cancel, Event, Output, Reading, run};

use crate::cache::{self, Notes};

/// What may be opened, as ffmpeg names it: the containers that cameras, phones, editors and model services write.
///
/// Playlists (`hls`, `concat`, `dash`) are left out on purpose: they open other files.
pub const FORMATS: &[&str] = &[
    "mov",
    "mp4",
    "m4a",
    "3gp",
    "3g2",
    "mj2",
    "matroska",
    "webm",
    "avi",
    "mpegts",
    "mpeg",
    "flv",
    "asf",
    "gif",
    "apng",
    "ogg",
    "mp3",
    "wav",
    "flac",
    "aac",
    "aiff",
    "image2",
    "png_pipe",
    "jpeg_pipe",
    "jpegls_pipe",
    "webp_pipe",
    "bmp_pipe",
    "tiff_pipe",
];

/// The largest picture that is decoded, in pixels: 8K by 4K and a little.
pub const MAX_PIXELS: u64 = 8192 * 4608;

/// Options before an input that hold for everything from outside.
#[must_use]
pub fn input_guards() -> Vec<String> {
    let guards = ["-protocol_whitelist", "file,pipe", "-format_whitelist", &FORMATS.join(",")].map(str::to_owned);
    let pixels = ["-max_pixels".to_owned(), MAX_PIXELS.to_string()];
    guards.into_iter().chain(pixels).collect()
}

/// `path` as ffmpeg must see it: never an option, a protocol or a pattern.
#[must_use]
pub fn file_url(path: &std::path::Path) -> std::ffi::OsString {
    let mut url = std::ffi::OsString::from("file:");
    url.push(path);
    url
}

/// All that ffmpeg says of itself: its version, how it was built, its libraries' versions. Empty where it cannot be run.
/// It is asked once; the answer is noted for as long as the program's file is the same.
#[must_use]
pub fn build() -> &'static str {
    static BUILD: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    BUILD.get_or_init(|| {
        let (notes, about) = (Notes::of_user("programs"), identity(Tool::Ffmpeg));
        let place = notes.as_ref().zip(about.as_deref());
        if let Some(known) = place.and_then(|(notes, about)| notes.read(about)).filter(|known| !known.is_empty()) {
            return known;
        }
        let mut command = Confinement::of_system().command(Tool::Ffmpeg, std::path::Path::new("/"));
        command.arg("-version");
        let output = run(command, Reading::Answer, &Cancel::new(), &mut |_| {});
        let build = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        if let Some((notes, about)) = place {
            notes.write(about, &build);
        }
        build
    })
}

/// What tells that the program is the one of before without running it; `None` where its file is not found.
pub(crate) fn identity(tool: Tool) -> Option<String> {
    let path = tool.path();
    let is_bare = path.parent().is_none_or(|parent| parent.as_os_str().is_empty());
    if !is_bare {
        return cache::identity(&path).ok();
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).find_map(|folder| cache::identity(&folder.join(&path)).ok())
}

/// The version of the program at `tool`, e.g. `5.1.9`.
#[must_use]
pub fn version(tool: Tool) -> Option<String> {
    let path = tool.path();
    let version = match tool {
        Tool::Ffmpeg => ffmpeg_sidecar::version::ffmpeg_version_with_path(path),
        Tool::Ffprobe => ffmpeg_sidecar::ffprobe::ffprobe_version_with_path(path),
    };
    // The answer may be the whole of `-version`; the number stands behind the word.
    let text = version.ok()?;
    let number = text.split_once("version ").map_or(text.as_str(), |(_, rest)| rest);
    number.split_whitespace().next().map(str::to_owned)
}

//! What an asset looks and sounds like, small: a picture of it, and how loud it is over its time. Made once of a content.

use std::path::{Path as FilePath, PathBuf};

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::ffmpeg::{self, Cancel, Confinement, Reading, Tool, file_url, input_guards};
use crate::fill::Library;
use crate::media::probe;
use crate::serve::assets::{self, Kind};
use crate::serve::auth::Caller;
use crate::serve::extract::Path;
use crate::serve::problem::{Problem, Result};
use crate::serve::projects;
use crate::serve::state::App;
use crate::time::Time;

/// The longer side of a picture, in pixels.
const SIDE: u32 = 320;

/// How often a second of sound is looked at, and how many samples one look is.
const LOOKS: usize = 20;
const SAMPLES: usize = 200;

/// An asset is the same for good, but only who sees the project may see it.
const KEPT: &str = "private, max-age=31536000, immutable";

/// A picture of an asset, as JPEG: a photo itself, of a video a frame a little after its beginning.
pub(super) async fn poster(state: State<App>, caller: Caller, path: Path<(String, String)>) -> Response {
    answer(state, caller, path, "poster", "image/jpeg").await
}

/// How loud an asset is: a byte for each twentieth of a second, 255 the loudest there can be.
pub(super) async fn wave(state: State<App>, caller: Caller, path: Path<(String, String)>) -> Response {
    answer(state, caller, path, "wave", "application/octet-stream").await
}

/// A picture of what the server's library offers, by the id of the candidate, as JPEG.
pub(super) async fn offered(
    State(app): State<App>,
    caller: Caller,
    Path((project, candidate)): Path<(String, String)>,
) -> Response {
    let made = app.block(move |app| {
        app.db.read_now(|store| projects::find(store, &caller, &project).map(drop))?;
        let nothing = || Problem::no_such("such file in the library", "такого файла в библиотеке", &candidate);
        let library = app.config.fill.library.as_ref().map(Library::new).ok_or_else(nothing)?;
        let file = library.file_of(&candidate)?.ok_or_else(nothing)?;
        // Another file may take its name.
        let found = std::fs::metadata(&file)?;
        let seen = format!("{}\0{}\0{:?}", file.display(), found.len(), found.modified().ok());
        kept(app, &format!("{}.offered", blake3::hash(seen.as_bytes()).to_hex()), |cancel| {
            let media = probe(&candidate, &file, cancel)?;
            picture(&file, media.duration().map(Time::as_secs), app, cancel)
        })
    });
    match made.await {
        Ok(bytes) => ([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=300")], bytes)
            .into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn answer(
    State(app): State<App>,
    caller: Caller,
    Path((project, asset)): Path<(String, String)>,
    what: &'static str,
    content_type: &'static str,
) -> Response {
    let made = app.block(move |app| {
        let (asset, file) = app.db.read_now(|store| {
            let project = projects::find(store, &caller, &project)?;
            let asset = assets::find(store, &project.id, &asset)?;
            let files = assets::paths(store, &app.folder.assets(), &project.id)?;
            let file = files.get(asset.id.as_str()).map(PathBuf::from);
            Ok::<_, Problem>((asset, file))
        })?;
        let measured = &asset.measured;
        let has = if what == "poster" { measured.kind != Kind::Audio } else { measured.channels.is_some() };
        let Some(file) = file.filter(|_| has) else {
            return Err(Problem::no_such("such view of the asset", "такого вида материала", asset.id.as_str()));
        };
        kept(app, &format!("{}.{what}", asset.blake3), |cancel| match what {
            "poster" => picture(&file, measured.duration_sec, app, cancel),
            _ => loudness(&file, app, cancel),
        })
    });
    match made.await {
        Ok(bytes) => ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, KEPT)], bytes).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// What is in the cache under this name, or what `make` makes.
fn kept(app: &App, name: &str, make: impl FnOnce(&Cancel) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    let folder = app.folder.cache().join("pages");
    let path = folder.join(name);
    if let Ok(bytes) = std::fs::read(&path) {
        return Ok(bytes);
    }
    let bytes = make(&app.cancel.below())?;
    std::fs::create_dir_all(&folder)?;
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    std::io::Write::write_all(&mut file, &bytes)?;
    file.persist(&path).map_err(|failed| failed.error)?;
    Ok(bytes)
}

fn picture(file: &FilePath, duration: Option<f64>, app: &App, cancel: &Cancel) -> Result<Vec<u8>> {
    // Many begin in black.
    let at = duration.map_or(0.0, |seconds| (seconds / 3.0).min(1.0));
    let seek = format!("{at:.3}");
    let scale = format!("scale={SIDE}:{SIDE}:force_original_aspect_ratio=decrease:force_divisible_by=2");
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, &app.folder.tmp());
    command.args(["-hide_banner", "-nostdin", "-loglevel", "error"]).args(input_guards());
    if duration.is_some() {
        command.args(["-ss", &seek]);
    }
    command.arg("-i").arg(file_url(file));
    command.args(["-map", "0:v:0", "-frames:v", "1", "-vf", &scale, "-pix_fmt", "yuvj420p"]);
    command.args(["-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "4", "pipe:1"]);
    Ok(ffmpeg::run(command, Reading::Answer, cancel, &mut |_| {})?.stdout)
}

fn loudness(file: &FilePath, app: &App, cancel: &Cancel) -> Result<Vec<u8>> {
    let rate = (LOOKS * SAMPLES).to_string();
    let mut command = Confinement::of_system().command(Tool::Ffmpeg, &app.folder.tmp());
    command.args(["-hide_banner", "-nostdin", "-loglevel", "error"]).args(input_guards());
    command.arg("-i").arg(file_url(file));
    command.args(["-map", "0:a:0", "-vn", "-ac", "1", "-ar", &rate, "-f", "u8", "-c:a", "pcm_u8", "pipe:1"]);
    let samples = ffmpeg::run(command, Reading::Answer, cancel, &mut |_| {})?.stdout;
    let loud = |part: &[u8]| part.iter().map(|sample| sample.abs_diff(128)).max().unwrap_or(0);
    // Half the range of a byte is above silence.
    Ok(samples.chunks(SAMPLES).map(|part| loud(part).saturating_mul(2)).collect())
}

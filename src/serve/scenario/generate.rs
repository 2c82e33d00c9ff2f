//! Media and a prompt become a scenario.

use std::collections::BTreeMap;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::captions::{self, Format, Track};
use crate::diagnostic::Source;
use crate::draft::{self, Main, Wishes};
use crate::ffmpeg::Cancel;
use crate::media::probe_all;
use crate::produce::{self, Means, Telling as _};
use crate::scenario::{AspectRatio, Document, Footage};
use crate::serve::assets;
use crate::serve::auth::Caller;
use crate::serve::extract::{Json, Path};
use crate::serve::id::Id;
use crate::serve::precondition::Precondition;
use crate::serve::problem::{Code, Problem, Result};
use crate::serve::projects;
use crate::serve::state::{App, CancelOnDrop};
use crate::speech;
use crate::time::{FrameRate, Time};
use crate::writer::Names;

use super::{Heard, etag, replace};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(generate))
}

/// What somebody wants of a scenario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// What the video should be, in your own words.
    #[schema(
        min_length = 1,
        max_length = 10_000,
        example = "Вертикальное видео на 30 секунд. Тезисы: быстро, вкусно, рядом"
    )]
    prompt: String,
    /// The ids of the assets that it is made of; all of the project's if absent.
    #[serde(default)]
    assets: Option<Vec<Id>>,
    /// The longest that the video may be, in seconds; if absent, what the prompt says.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3600)]
    duration_sec: Option<f64>,
    /// The video's shape; if absent, what the prompt says, else 9:16.
    #[serde(default)]
    #[schema(example = "9:16")]
    aspect_ratio: Option<String>,
    /// The clip that plays through; if absent, the longest in which somebody seems to speak.
    #[serde(default)]
    main_asset_id: Option<Id>,
    /// Let no clip play through: the media follow one another.
    #[serde(default)]
    no_main: bool,
    /// The words that are spoken.
    #[serde(default)]
    #[schema(max_length = 1_000_000)]
    voiceover: Option<String>,
    /// The subtitles: the text of an SRT, `WebVTT` or ASS file.
    #[serde(default)]
    #[schema(max_length = 1_000_000)]
    captions: Option<String>,
    /// The address of a video that shows how it should be; it is never fetched.
    #[serde(default)]
    reference: Option<String>,
    /// Draft without the model, even if one is configured.
    #[serde(default)]
    offline: bool,
}

/// A scenario that was made.
#[derive(Debug, Serialize, ToSchema)]
struct Made {
    /// The scenario, as it is kept.
    #[schema(value_type = Object)]
    scenario: Value,
    /// Its version; also in the header `ETag`.
    etag: String,
    /// `draft`, or the model that wrote it.
    #[schema(example = "draft")]
    written_by: String,
    /// What it was made of, and what its author should know.
    said: Vec<String>,
    /// What is worth knowing, none of it an error.
    #[schema(value_type = Vec<Object>)]
    warnings: Value,
}

/// Generate the scenario
///
/// Of the project's media and a prompt. Where a model is configured it writes; else scenes begin at shot changes and pauses,
/// and theses are the prompt's own phrases. What is made is kept as the project's scenario; where there is one already,
/// `If-Match` has to name its version. A segment for which nothing is there waits for its media.
#[utoipa::path(post, path = "/api/projects/{project}/scenario/generate", tag = "Scenario",
    params(("project" = Id, Path),
        ("If-Match" = Option<String>, Header, description = "The version that is replaced; required where there is one.")),
    request_body = Wish,
    responses(
        (status = 200, body = Made, description = "It is replaced.", headers(("ETag" = String))),
        (status = 201, body = Made, description = "It is the first.", headers(("ETag" = String), ("Location" = String))),
        (status = 412, description = "Somebody else has changed it."),
        (status = 428, description = "`If-Match` is missing."),
        (status = 502, description = "The model gave nothing that can be used."),
    ))]
async fn generate(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    headers: HeaderMap,
    Json(wish): Json<Wish>,
) -> Result<Response> {
    wish.check()?;
    let precondition = Precondition::of(&headers)?;
    let ending = CancelOnDrop::new(app.cancel.below());
    let cancel = ending.cancel();
    // A model is waited for; without one it is this machine that works.
    let thinks = app.model.is_some() && !wish.offline;
    let work = move |app: &App| {
        let (project, files, names, current) = app.db.read_now(|store| {
            let project = projects::find(store, &caller, &project)?;
            let files = assets::files(store, &app.folder.assets(), &project.id)?;
            let names = assets::labels(store, &project.id)?;
            Ok::<_, Problem>((project.id.clone(), files, names, etag(store, &project.id)?))
        })?;
        precondition.holds(current.as_deref())?;
        let files: BTreeMap<_, _> = wish.chosen(files)?;
        let (document, written_by, heard) = make(app, &wish, &files, &names, &cancel)?;
        let scenario = serde_json::to_value(&document).map_err(|error| Problem::broken(&error))?;
        let text = serde_json::to_string_pretty(&document).map_err(|error| Problem::broken(&error))?;
        let now = app.clock.now();
        let (etag, is_new) = app.db.write_now(|store| replace(store, &project, &precondition, &text, now))?;
        let label = |(id, path): &(String, std::path::PathBuf)| {
            Some((path.file_name()?.to_str()?.to_owned(), names.get(id)?.escape_debug().to_string()))
        };
        let labels: Vec<_> = files.values().filter_map(label).collect();
        let (warnings, said) = heard.told_of(&labels);
        Ok((project, Made { scenario, etag, written_by, said, warnings }, is_new))
    };
    let (project, made, is_new) = if thinks { app.ponder(work).await? } else { app.block(work).await? };
    drop(ending);
    let etag = [(header::ETAG, made.etag.clone())];
    if !is_new {
        return Ok((etag, Answer(made)).into_response());
    }
    let location = [(header::LOCATION, format!("/api/projects/{project}/scenario"))];
    Ok((StatusCode::CREATED, etag, location, Answer(made)).into_response())
}

/// Files by the ids of their assets, in the order in which they are to be used.
type Files = Vec<(String, std::path::PathBuf)>;

/// Writes or drafts the document, without its assets; says who wrote it.
fn make(
    app: &App,
    wish: &Wish,
    files: &BTreeMap<usize, (String, std::path::PathBuf)>,
    names: &Names,
    cancel: &Cancel,
) -> Result<(Document, String, Heard)> {
    let heard = Heard::default();
    let paths = files.values().cloned().collect();
    let (mut measured, errors) = probe_all(&paths, cancel);
    if let Some(error) = errors.into_iter().next() {
        return Err(error.into());
    }
    let media = files.values().filter_map(|(id, _)| Some((id.clone(), measured.remove(id)?))).collect();
    let footage = Footage::named(media, &app.folder.assets())?;
    let captions = wish.captions.as_deref().map(|text| track(text, &heard)).transpose()?;
    let place = |id: &Id| footage.assets().iter().position(|asset| asset.id == id.as_str());
    let main = match &wish.main_asset_id {
        Some(id) => Main::Given(place(id).ok_or_else(|| Problem::no_such("asset", "материала", id.as_str()))?),
        None if wish.no_main => Main::Nobody,
        None => Main::Measured,
    };
    let wishes = Wishes {
        prompt: &wish.prompt,
        duration: wish.duration_sec.and_then(Time::from_secs),
        aspect_ratio: wish.shape()?,
        main,
        voiceover: wish.voiceover.as_deref(),
        captions: captions.as_ref(),
        reference: wish.reference.as_deref(),
    };
    let (mut document, written_by) = if let Some(model) = app.model.as_ref().filter(|_| !wish.offline) {
        let means = Means { model, program: &app.program, names, told: &heard, cancel };
        (produce::write(&means, &wishes, footage, &mut |_| {})?, model.name().to_owned())
    } else {
        let config = speech::Config::from_env();
        let (document, report) = draft::draft(&wishes, &footage, &app.program, &config, cancel, &mut |_| {})?;
        heard.findings(&report.warnings);
        heard.say(&report.to_string());
        report.notes.iter().for_each(|note| heard.say(note));
        (document, "draft".to_owned())
    };
    // They are the project's, wherever its files are.
    document.assets.clear();
    Ok((document, written_by, heard))
}

/// Reads subtitles that were sent as a text.
fn track(text: &str, heard: &Heard) -> Result<Track> {
    let source = Source::new("captions", text.to_owned());
    let listing = captions::read(&source, Format::of_source(&source));
    let (track, found) = captions::mend(listing, None, FrameRate::thirty())?;
    heard.findings(&found);
    Ok(track)
}

impl Wish {
    fn check(&self) -> Result<()> {
        let length = self.prompt.chars().count();
        if self.prompt.trim().is_empty() || length > 10_000 {
            return Err(Problem::new(
                Code::Invalid,
                format!("`prompt` has {length} characters; say in 1 to 10000 what the video should be"),
                format!("в `prompt` {length} знаков; опишите видео, от 1 до 10000 знаков"),
            ));
        }
        if let Some(seconds) = self.duration_sec.filter(|seconds| !(1.0..=3600.0).contains(seconds)) {
            return Err(Problem::new(
                Code::Invalid,
                format!("`duration_sec` is {seconds}; write 1 to 3600"),
                format!("`duration_sec` равен {seconds}; пишите от 1 до 3600"),
            ));
        }
        if self.no_main && self.main_asset_id.is_some() {
            return Err(Problem::new(
                Code::Invalid,
                "`no_main` and `main_asset_id` contradict each other; leave one of them out",
                "`no_main` и `main_asset_id` противоречат друг другу; уберите одно из них",
            ));
        }
        self.shape().map(drop)
    }

    fn shape(&self) -> Result<Option<AspectRatio>> {
        let read = |word: &str| {
            AspectRatio::from_word(word).ok_or_else(|| {
                let (word, known) = (word.escape_debug(), crate::value::ASPECT_RATIO.values.join(", "));
                Problem::new(
                    Code::Invalid,
                    format!("`aspect_ratio` is `{word}`; write one of {known}"),
                    format!("`aspect_ratio` — `{word}`; пишите одно из {known}"),
                )
            })
        };
        self.aspect_ratio.as_deref().map(read).transpose()
    }

    /// The files that are meant, in their order.
    fn chosen(&self, files: Files) -> Result<BTreeMap<usize, (String, std::path::PathBuf)>> {
        let Some(ids) = &self.assets else { return Ok(files.into_iter().enumerate().collect()) };
        let find = |(number, id): (usize, &Id)| {
            let found = files.iter().find(|(other, _)| other == id.as_str());
            let found = found.ok_or_else(|| Problem::no_such("asset", "материала", id.as_str()))?;
            Ok((number, found.clone()))
        };
        ids.iter().enumerate().map(find).collect()
    }
}

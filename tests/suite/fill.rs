//! Filling: what waits is found, brought, measured and written, whatever those who are asked do.

#[path = "fill/configured.rs"]
mod configured;
#[path = "fill/library.rs"]
mod library;
#[path = "fill/made.rs"]
mod made;
#[path = "fill/meanwhile.rs"]
mod meanwhile;
#[path = "fill/placing.rs"]
mod placing;
#[path = "fill/program.rs"]
mod program;
#[path = "fill/stocks.rs"]
mod stocks;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use callsheet::diagnostic::Source as Text;
use callsheet::error::{Error, Result};
use callsheet::ffmpeg::Cancel;
use callsheet::fill::{
    Clock, Config, Entry, Errand, Failure, Ledger, Progress, Provider, Spending, Taken, Wish, wishes,
};
use callsheet::scenario;
use serde_json::{Value, json};

use crate::media::Clip;

/// Four seconds of teal that lie as the output does.
pub(crate) const COAST: Clip = Clip {
    name: "coast.mp4",
    arguments: "-f lavfi -i color=teal:s=120x214:r=25:d=4 -c:v libx264 -preset ultrafast -crf 20 -movflags +faststart",
};

/// One second of the same in orange.
pub(crate) const BRIEF: Clip = Clip {
    name: "brief.mp4",
    arguments: "-f lavfi -i color=orange:s=120x214:r=25:d=1 -c:v libx264 -preset ultrafast -crf 20",
};

pub(crate) fn bytes(clip: &Clip) -> Vec<u8> {
    std::fs::read(clip.path()).unwrap()
}

/// A main video of three seconds, and a cutaway from 1 to 2.5 s that waits, in a scene that says what is seen.
pub(crate) fn story(description: &str, assets: &Value) -> Value {
    json!({
        "scenario": {
            "metadata": { "total_duration_sec": 3, "aspect_ratio": "9:16", "resolution": 120 },
            "scenes": [{ "id": "scene-1", "start_sec": 0, "end_sec": 3, "visual_description": description, "overlays": [] }],
            "layers": [
                { "type": "video", "segments": [
                    { "id": "talk", "start_sec": 0, "end_sec": 3, "asset_id": "main" },
                    { "id": "cut", "start_sec": 1, "end_sec": 2.5, "asset_source": "generated", "asset_status": "pending" } ] } ] },
        "assets": assets,
        "main_asset_id": "main"
    })
}

/// What `cut` of such a story waits for.
fn wish(description: &str) -> Wish {
    wish_of(&story(description, &json!({ "main": "main.mp4" })))
}

fn wish_of(story: &Value) -> Wish {
    let document = scenario::read(&Text::new("scenario.json", story.to_string())).unwrap();
    let (scenario, _) = scenario::normalise(document).unwrap();
    let [wish] = wishes(&scenario).try_into().unwrap();
    wish
}

/// A clock that stands at a million seconds after 1970 but for the pauses, which pass at once.
#[derive(Debug)]
struct Still {
    now: Mutex<SystemTime>,
    pauses: Mutex<Vec<Duration>>,
}

impl Still {
    fn new() -> Arc<Self> {
        Arc::new(Self { now: Mutex::new(UNIX_EPOCH + Duration::from_secs(1_000_000)), pauses: Mutex::new(Vec::new()) })
    }

    fn pass(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }

    /// The pauses since it was asked last, in whole seconds.
    fn pauses(&self) -> Vec<u64> {
        self.pauses.lock().unwrap().drain(..).map(|pause| pause.as_secs()).collect()
    }
}

impl Clock for Still {
    fn now(&self) -> SystemTime {
        *self.now.lock().unwrap()
    }

    fn pause(&self, length: Duration, _: &Cancel) -> Result<()> {
        self.pass(length);
        self.pauses.lock().unwrap().push(length);
        Ok(())
    }
}

/// A configuration with that clock; nothing is remembered.
fn config(clock: &Arc<Still>) -> Config {
    Config { memory: None, clock: Arc::clone(clock) as Arc<dyn Clock>, ..Config::default() }
}

/// A ledger that forgets when the test ends.
#[derive(Default)]
struct Sheet(Mutex<BTreeMap<String, Entry>>);

impl Ledger for Sheet {
    fn read(&self, job: &str) -> Result<Option<Entry>> {
        Ok(self.0.lock().unwrap().get(job).cloned())
    }

    fn replace(&self, job: &str, from: Option<&Entry>, to: &Entry) -> Result<bool> {
        let mut entries = self.0.lock().unwrap();
        if entries.get(job) != from {
            return Ok(false);
        }
        entries.insert(job.to_owned(), to.clone());
        Ok(true)
    }
}

/// Runs an errand that may spend so much.
fn errand<T>(ledger: &dyn Ledger, spending: Spending, run: impl FnOnce(&mut Errand<'_>) -> T) -> (T, Vec<String>) {
    let mut told = Vec::new();
    let cancel = Cancel::new();
    let mut tell = |progress: Progress| told.push(progress.to_string());
    let result = run(&mut Errand { cancel: &cancel, ledger, spending, on_progress: &mut tell });
    (result, told)
}

/// Searches, and takes the first, into `folder`.
fn take_first(provider: &dyn Provider, wish: &Wish, folder: &Path) -> Result<Taken> {
    let run = |errand: &mut Errand<'_>| {
        let first = provider.search(wish, errand)?.into_iter().next().expect("something fits");
        provider.take(wish, &first, folder, errand)
    };
    errand(&Sheet::default(), Spending::Nothing, run).0
}

/// The kind of a failure, and all that the user is told.
fn failure<T>(result: Result<T>) -> (Failure, String) {
    match result {
        Err(error @ Error::Fill { kind, .. }) => (kind, error.to_string()),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("no failure"),
    }
}

/// The names in a folder; none if there is no folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

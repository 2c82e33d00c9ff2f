//! Filling a scenario that lies in a file: find, pick, bring, write.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::diagnostic::Source as Text;
use crate::error::{Error, Result};
use crate::media::Media;
use crate::scenario::{self, ClipFit, LayerKind};

use super::candidate::{UNSEEN_SECONDS, too_short};
use super::{
    Candidate, Chooser, Errand, Failure, FileLedger, Placing, Provider, Providers, Source, Taken, Wish, choose, failed,
    wish, wishes,
};

/// A clip that is slowed down no further than this still moves as things do; one that is slower begins again instead.
const SLOW_ENOUGH: f64 = 0.75;

/// Which candidate is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The best.
    Best,
    /// By its id; or, where none is called so, by its number in the list, from 1.
    Named(String),
    /// By its id alone: who saw the list a while ago would get another one by a number.
    Id(String),
}

/// A segment that was filled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Filled {
    /// The segment.
    pub segment_id: String,
    /// Its scene.
    pub scene_id: Option<String>,
    /// The asset that it has now.
    pub asset_id: String,
    /// Where the asset lies, from the scenario's folder.
    pub path: String,
    /// Who gave it.
    pub provider: Source,
    /// What becomes of it where it is too short.
    pub clip_fit: Option<ClipFit>,
    /// The line that its author is owed.
    pub attribution: Option<String>,
}

impl Pick {
    /// The one that is meant among `candidates` of `source`.
    pub fn from(&self, candidates: Vec<Candidate>, source: Source) -> Result<Candidate> {
        let count = candidates.len();
        let index = match self {
            Self::Best => Some(0),
            Self::Named(name) => candidates
                .iter()
                .position(|candidate| candidate.id == *name)
                .or_else(|| name.parse::<usize>().ok()?.checked_sub(1)),
            Self::Id(id) => candidates.iter().position(|candidate| candidate.id == *id),
        };
        let found = index.and_then(|index| candidates.into_iter().nth(index));
        found.ok_or_else(|| {
            let nothing = "use other words with `--query`, or another provider";
            match self {
                Self::Named(name) if count > 0 => {
                    let reason = format!("`{}` is not among the {count} that it offers", name.escape_debug());
                    let fix = format!("pick one of those by its id, or by a number from 1 to {count}");
                    failed(Failure::Nothing, source, reason, fix)
                }
                Self::Id(id) if count > 0 => {
                    let reason = format!("`{}` is not among the {count} that it offers", id.escape_debug());
                    failed(Failure::Nothing, source, reason, "search again, and pick one of those by its id")
                }
                _ => failed(Failure::Nothing, source, "nothing fits the words", nothing),
            }
        })
    }
}

/// What becomes of a clip of `media` that is to fill `wish`: `asked`, or as the segment says, or, where it is too short and
/// nobody said anything, what shows least. Nothing where nothing is stretched: no cutaway, or a photo. An error where a short
/// clip cannot be stretched.
pub fn clip_fit(wish: &Wish, media: &Media, source: Source, asked: Option<ClipFit>) -> Result<Option<ClipFit>> {
    if wish.kind != LayerKind::Video || media.is_still() {
        return Ok(None);
    }
    let has = media.duration().unwrap_or_default();
    let is_short = has.as_secs() + UNSEEN_SECONDS < wish.length_sec.as_secs();
    if !wish.stretches {
        if is_short {
            return Err(too_short(wish, has, source));
        }
        return Ok(None);
    }
    let pace = has.as_secs() / wish.length_sec.as_secs();
    let of_itself = || if pace >= SLOW_ENOUGH { ClipFit::Slow } else { ClipFit::Loop };
    Ok(asked.or(wish.clip_fit).or_else(|| is_short.then(of_itself)))
}

/// Where it lies, from the scenario's folder.
fn asset_path(taken: &Taken) -> String {
    format!("assets/{}", taken.path.file_name().unwrap_or_default().to_string_lossy())
}

/// A scenario in a file, and those who can fill it.
#[derive(Debug)]
pub struct Desk<'a> {
    path: &'a Path,
    folder: PathBuf,
    providers: &'a Providers,
}

impl<'a> Desk<'a> {
    /// The scenario at `path`; it is read anew for every step, for a step may take minutes.
    pub fn new(path: &'a Path, providers: &'a Providers) -> Result<Self> {
        let absolute = std::path::absolute(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let folder = absolute.parent().unwrap_or(Path::new("/")).to_owned();
        Ok(Self { path, folder, providers })
    }

    /// Where its paid jobs are written down.
    #[must_use]
    pub fn ledger(&self) -> FileLedger {
        FileLedger::beside(self.path)
    }

    /// What waits in it.
    pub fn wishes(&self) -> Result<Vec<Wish>> {
        Ok(wishes(&self.scenario()?.1))
    }

    /// What the segment `id` is to show.
    pub fn wish(&self, id: &str) -> Result<Wish> {
        let (_, scenario) = self.scenario()?;
        wish(&scenario, id).ok_or_else(|| {
            let known: Vec<String> = wishes(&scenario).into_iter().map(|wish| wish.segment_id).collect();
            let known = if known.is_empty() {
                "none waits".into()
            } else {
                format!("those that wait are {}", known.join(", "))
            };
            Error::Usage { reason: format!("there is no segment `{}` that takes media", id.escape_debug()), fix: known }
        })
    }

    /// Fills `wish` with the best that costs nothing and fits, by the order of those that are asked; and what went wrong on
    /// the way. Where one cannot be brought the next is tried.
    pub fn auto(
        &self,
        wish: &Wish,
        fit: Option<ClipFit>,
        errand: &mut Errand<'_>,
    ) -> Result<(Option<Filled>, Vec<Error>)> {
        let known = self.scenario()?.1.document().assets.clone();
        let mut choosing = Choosing { desk: self, wish, fit, errand, known, troubles: Vec::new() };
        let filled = choose(self.providers, wish, &mut choosing)?;
        Ok((filled, choosing.troubles))
    }

    /// Picks from what `source` offers for `wish`, brings it, and writes it into the scenario.
    pub fn fill(
        &self,
        wish: &Wish,
        source: Source,
        pick: &Pick,
        fit: Option<ClipFit>,
        errand: &mut Errand<'_>,
    ) -> Result<Filled> {
        if fit.is_some() && !wish.stretches {
            let reason = format!(
                "`--fit` says what becomes of a cutaway that is too short, and `{}` is none: its clip must be long enough",
                wish.segment_id
            );
            return Err(Error::Usage { reason, fix: "leave `--fit` out".into() });
        }
        let provider = self.providers.get(source)?;
        let candidate = pick.from(provider.search(wish, errand)?, source)?;
        self.fill_with(wish, provider, &candidate, fit, errand)
    }

    /// The same with what was picked already.
    pub fn fill_with(
        &self,
        wish: &Wish,
        provider: &dyn Provider,
        candidate: &Candidate,
        fit: Option<ClipFit>,
        errand: &mut Errand<'_>,
    ) -> Result<Filled> {
        candidate.check(wish)?;
        let taken = provider.take(wish, candidate, &self.folder.join("assets"), errand)?;
        let clip_fit = clip_fit(wish, &taken.media, taken.provider, fit)?;
        let written = self.write(wish, &taken, clip_fit);
        // A clip that has no place any more is here all the same: what was paid for is not fetched, or paid for, again.
        if !matches!(written, Ok(_) | Err(Error::Fill { kind: Failure::Moved, .. })) {
            return written;
        }
        errand.settle(&wish.segment_id, &asset_path(&taken))?;
        written
    }

    fn write(&self, wish: &Wish, taken: &Taken, clip_fit: Option<ClipFit>) -> Result<Filled> {
        let path = asset_path(taken);
        // One run at a time reads and writes; where a folder cannot be locked, two at the same moment are bad luck.
        let folder = fs::File::open(&self.folder).ok();
        let _lock = folder.as_ref().map(fs::File::lock);
        // The author may have gone on writing meanwhile.
        let (text, scenario) = self.scenario()?;
        if !wish.spot().holds_in(&scenario) {
            let reason = format!(
                "the scenario was changed meanwhile: `{}` is another segment now, or gone, or has media of its own",
                wish.segment_id
            );
            let fix =
                format!("the clip is kept as `{path}`; name it in `assets`, and in the segment that is to show it");
            return Err(failed(Failure::Moved, taken.provider, reason, fix));
        }
        let assets = &scenario.document().assets;
        let base = format!("{}-{}", taken.provider, taken.id);
        // What is made to order has no number of its own.
        let base =
            if taken.provider.is_paid() { format!("{base}-{}", taken.hash.get(..8).unwrap_or_default()) } else { base };
        let mut asset_id = base.clone();
        let mut number = 1;
        while assets.get(&asset_id).is_some_and(|known| *known != path) {
            number += 1;
            asset_id = format!("{base}-{number}");
        }
        let credit = taken.credit.clone();
        let placing = Placing {
            segment_id: wish.segment_id.clone(),
            asset_id: asset_id.clone(),
            path: Some(path.clone()),
            clip_fit,
            credit,
        };
        self.replace(&placing.write_in(&text)?)?;
        Ok(Filled {
            segment_id: wish.segment_id.clone(),
            scene_id: wish.scene_id.clone(),
            asset_id,
            path,
            provider: taken.provider,
            clip_fit,
            attribution: taken.credit.attribution.clone(),
        })
    }

    fn scenario(&self) -> Result<(String, scenario::Scenario)> {
        let text =
            fs::read_to_string(self.path).map_err(|source| Error::Read { path: self.path.to_owned(), source })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let source = Text::new(self.path.display().to_string(), text.clone());
        let (scenario, _) = scenario::normalise(scenario::read(&source)?).map_err(|found| found.located_in(&source))?;
        Ok((text, scenario))
    }

    /// Writes the scenario beside its place and renames it.
    fn replace(&self, text: &str) -> Result<()> {
        let fail = |source| Error::Write { path: self.path.to_owned(), source };
        // A link stays one: what it leads to is replaced.
        let place = fs::canonicalize(self.path).map_err(fail)?;
        let folder = place.parent().unwrap_or(Path::new("/"));
        let mut part =
            tempfile::Builder::new().prefix(".callsheet-").suffix(".part").tempfile_in(folder).map_err(fail)?;
        part.write_all(text.as_bytes()).map_err(fail)?;
        let permissions = fs::metadata(&place).map_err(fail)?.permissions();
        part.as_file().set_permissions(permissions).map_err(fail)?;
        part.as_file().sync_all().map_err(fail)?;
        part.persist(&place).map_err(|failed| fail(failed.error))?;
        Ok(())
    }
}

/// A desk that chooses by itself.
struct Choosing<'a, 'b, 'c> {
    desk: &'a Desk<'a>,
    wish: &'a Wish,
    fit: Option<ClipFit>,
    errand: &'b mut Errand<'c>,
    /// The scenario's assets.
    known: BTreeMap<String, String>,
    /// What went wrong on the way.
    troubles: Vec<Error>,
}

impl Chooser for Choosing<'_, '_, '_> {
    type Brought = Filled;
    type Stop = Error;

    fn offers(&mut self, provider: &dyn Provider) -> Result<Vec<Candidate>> {
        match provider.search(self.wish, self.errand) {
            Err(trouble @ (Error::Fill { .. } | Error::Read { .. })) => {
                self.troubles.push(trouble);
                Ok(Vec::new())
            }
            offered => offered,
        }
    }

    fn has(&self, candidate: &Candidate) -> bool {
        self.known.contains_key(&format!("{}-{}", candidate.provider, candidate.id))
    }

    fn bring(&mut self, provider: &dyn Provider, candidate: &Candidate) -> Result<Option<Filled>> {
        match self.desk.fill_with(self.wish, provider, candidate, self.fit, self.errand) {
            Ok(filled) => Ok(Some(filled)),
            Err(trouble @ Error::Fill { .. }) => {
                self.troubles.push(trouble);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }
}

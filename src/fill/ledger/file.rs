//! A ledger in a file beside the scenario.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::{Entry, Ledger};

/// The file `scenario.fill.json` beside `scenario.json`.
#[derive(Clone, Debug)]
pub struct FileLedger {
    path: PathBuf,
}

type Entries = BTreeMap<String, Entry>;

impl FileLedger {
    /// That of the scenario at `scenario`; of one that several links lead to there is one.
    #[must_use]
    pub fn beside(scenario: &Path) -> Self {
        let scenario = fs::canonicalize(scenario).unwrap_or_else(|_| scenario.to_owned());
        Self { path: scenario.with_extension("fill.json") }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn entries(&self) -> Result<Entries> {
        let fail = |source| Error::Read { path: self.path.clone(), source };
        match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Entries::new()),
            Err(error) => Err(fail(error)),
            // What cannot be read may speak of money: it is not taken for nothing.
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                fail(io::Error::other(format!("it is no list of paid jobs ({error}); mend it, or move it away")))
            }),
        }
    }

    fn write(&self, entries: &Entries) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut part = tempfile::Builder::new().prefix(".callsheet-").suffix(".part").tempfile_in(folder)?;
        part.write_all(&serde_json::to_vec_pretty(entries)?)?;
        part.write_all(b"\n")?;
        part.as_file().sync_all()?;
        part.persist(&self.path).map_err(|failed| failed.error)?;
        // The name, too, has to outlive a loss of power.
        File::open(folder)?.sync_all()
    }

    /// Holds everybody else off until it is dropped.
    fn lock(&self) -> io::Result<File> {
        let mut name = self.path.file_name().map(OsString::from).unwrap_or_default();
        name.push(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(self.path.with_file_name(name))?;
        file.lock()?;
        Ok(file)
    }
}

impl Ledger for FileLedger {
    fn read(&self, job: &str) -> Result<Option<Entry>> {
        Ok(self.entries()?.remove(job))
    }

    fn replace(&self, job: &str, from: Option<&Entry>, to: &Entry) -> Result<bool> {
        let fail = |source| Error::Write { path: self.path.clone(), source };
        let _lock = self.lock().map_err(fail)?;
        let mut entries = self.entries()?;
        if entries.get(job) != from {
            return Ok(false);
        }
        entries.insert(job.to_owned(), to.clone());
        self.write(&entries).map_err(fail)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Stage;
    use super::*;

    #[test]
    fn of_two_who_write_at_once_one_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = FileLedger::beside(&folder.path().join("scenario.json"));
        let entry =
            |stage| Entry { provider: "veo".into(), model: "model".into(), prompt: "a coast".into(), at: 7, stage };
        let (intended, started) = (entry(Stage::Intended), entry(Stage::Started { operation: "operations/1".into() }));
        assert_eq!(ledger.read("cut").expect("readable"), None);
        assert!(ledger.replace("cut", None, &intended).expect("written"));
        assert!(!ledger.replace("cut", None, &intended).expect("no failure"));
        assert!(ledger.replace("cut", Some(&intended), &started).expect("written"));
        assert_eq!(ledger.read("cut").expect("readable"), Some(started));
        fs::write(ledger.path(), "{").expect("written");
        assert!(ledger.read("cut").is_err() && ledger.replace("cut", None, &intended).is_err());
    }
}

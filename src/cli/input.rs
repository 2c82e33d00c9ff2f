//! What `plan` and `render` start from: a scenario with rules, or a task list; then its media.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::decide::Facts;
use crate::diagnostic::Source;
use crate::error::{Error, Result};
use crate::ffmpeg::Cancel;
use crate::media::MediaTable;
use crate::produce::{Looked, compiled, decided, look, measure, provide};
use crate::project;
use crate::rules::{self, Program, Written};
use crate::scenario::{self, AspectRatio, Document, Scenario};
use crate::tasks::{self, Plan, ValidPlan};
use crate::text::FontSet;
use crate::writer::Planner;

use super::output::Terminal;
use super::planner::{Ground, PlannerArgs};

/// A file larger than this is no scenario and no rule set, and is not read.
const MAX_BYTES: u64 = 64 << 20;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["scenario", "tasks"]))]
pub(super) struct InputArgs {
    /// The scenario file; `-` reads it from standard input
    pub(super) scenario: Option<PathBuf>,
    /// A plan file to use as it is, instead of a scenario and rules
    #[arg(long, value_name = "FILE")]
    pub(super) tasks: Option<PathBuf>,
    /// The rule set; if absent, the one that callsheet.toml names, or else the shipped one, `default`
    #[arg(long, value_name = "FILE", conflicts_with = "tasks")]
    pub(super) rules: Option<PathBuf>,
    /// What the user asked for, instead of the scenario's own `global_prompt`
    #[arg(long, value_name = "TEXT", conflicts_with = "tasks")]
    pub(super) prompt: Option<String>,
    /// A folder with fonts beside the shipped ones
    #[arg(long, value_name = "DIR")]
    pub(super) fonts: Option<PathBuf>,
    #[command(flatten)]
    pub(super) planner: PlannerArgs,
}

/// A plan, where its author wrote it, and where its media are.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) plan: Plan,
    /// The rules' own plan, where a model made the other.
    pub(super) by_the_rules: Option<Plan>,
    /// The scenario or plan file, for findings with a pointer.
    pub(super) source: Arc<Source>,
    /// The folder that relative paths start from.
    folder: PathBuf,
    /// Those of its media that were measured already.
    known: MediaTable,
    by_rules: bool,
}

impl InputArgs {
    /// Reads and compiles, or reads the task list; shows the warnings. Media are listened to, where subtitles must be made
    /// of them, only if `listen` is set.
    pub(super) fn load(&self, listen: bool, terminal: &Terminal, cancel: &Cancel) -> Result<Input> {
        self.load_as(None, listen, terminal, cancel)
    }

    /// The same in another shape than the author's own, if one is given.
    pub(super) fn load_as(
        &self,
        shape: Option<AspectRatio>,
        listen: bool,
        terminal: &Terminal,
        cancel: &Cancel,
    ) -> Result<Input> {
        let input = self.load_in(shape, listen, terminal, cancel)?;
        if let Some(shape) = shape
            && !input.plan.has_shape(shape.word())
        {
            return Err(Error::Usage {
                reason: format!("the plan does not take its shape from the scenario: it is not {}", shape.word()),
                fix:
                    "let its `fit_canvas` say `aspect_ratio = scenario.metadata.aspect_ratio`, as the shipped rules do"
                        .into(),
            });
        }
        Ok(input)
    }

    fn load_in(&self, shape: Option<AspectRatio>, listen: bool, terminal: &Terminal, cancel: &Cancel) -> Result<Input> {
        if let Some(path) = &self.tasks {
            let (source, folder) = open(path)?;
            let mut plan = tasks::read(&source)?;
            if let Some(shape) = shape {
                plan.set_shape(shape.word());
            }
            return Ok(Input { plan, by_the_rules: None, source, folder, known: MediaTable::new(), by_rules: false });
        }
        let path = self.scenario.as_deref().unwrap_or(Path::new("-"));
        let (source, folder) = open(path)?;
        let scenario = read_scenario_as(&source, shape, terminal)?;
        let ready = scenario::ready(scenario).map_err(Error::NotReady)?;
        let program = load_rules(self.rules.as_deref(), terminal)?;
        let Looked { facts, known } = look(ready.document(), listen.then_some(folder.as_path()), cancel);
        let decision = decided(ready.document(), self.prompt_of(ready.document()), &program, facts, terminal)?.decision;
        let ready = if listen { provide(ready, &decision, &source, &folder, terminal, cancel)? } else { ready };
        let by_rules = compiled(&ready, &decision, &program, &source, terminal)?;
        if self.planner.planner == Planner::Rules {
            return Ok(Input { plan: by_rules, by_the_rules: None, source, folder, known, by_rules: true });
        }
        let prompt = self.prompt_of(ready.document()).unwrap_or_default();
        let ground =
            Ground { ready: &ready, decision: &decision, program: &program, prompt, source: &source, folder: &folder };
        let plan = self.planner.plan(&ground, &by_rules, terminal, cancel)?;
        Ok(Input { plan, by_the_rules: Some(by_rules), source, folder, known, by_rules: false })
    }

    /// What the user asked for, if anything was.
    fn prompt_of<'a>(&'a self, document: &'a Document) -> Option<&'a str> {
        self.prompt.as_deref().or(document.scenario.global_prompt.as_deref())
    }

    /// The shipped fonts and those of `--fonts`.
    pub(super) fn fonts(&self) -> Result<FontSet> {
        match &self.fonts {
            None => Ok(FontSet::shipped()),
            Some(folder) => FontSet::with_folder(folder),
        }
    }
}

/// What a decision may know of a scenario whose media lie in `folder`; without one nothing is measured.
pub(super) fn facts(document: &Document, folder: Option<&Path>, cancel: &Cancel) -> Facts {
    look(document, folder, cancel).facts
}

impl Input {
    /// Measures the media and holds the plan against them; shows the warnings.
    pub(super) fn validate(self, terminal: &Terminal, cancel: &Cancel) -> Result<(ValidPlan, Arc<Source>)> {
        let media = measure(&self.plan.assets, self.known, &self.folder, &self.source, cancel)?;
        let (plan, warnings) = tasks::validate(self.plan, media, self.by_rules)
            .map_err(|found| Error::Invalid(found.located_in(&self.source)))?;
        terminal.findings(&warnings.located_in(&self.source));
        Ok((plan, self.source))
    }
}

/// Reads a file that somebody wrote, or standard input; its name for messages, and the folder that paths in it start
/// from.
pub(super) fn read_bytes(path: &Path) -> Result<(String, PathBuf, Vec<u8>)> {
    let fail = |source: std::io::Error| Error::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let (name, folder) = if path == Path::new("-") {
        std::io::stdin().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(fail)?;
        ("<stdin>".to_owned(), std::env::current_dir().map_err(fail)?)
    } else {
        let file = std::fs::File::open(path).map_err(fail)?;
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(fail)?;
        let absolute = std::path::absolute(path).map_err(fail)?;
        (path.display().to_string(), absolute.parent().unwrap_or(Path::new("/")).to_owned())
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(fail(std::io::Error::other("it is larger than 64 MiB")));
    }
    Ok((name, folder, bytes))
}

/// Opens a file that an author wrote, or standard input; and the folder that paths in it start from.
pub(super) fn open(path: &Path) -> Result<(Arc<Source>, PathBuf)> {
    let (name, folder, bytes) = read_bytes(path)?;
    let fail = |source: std::io::Error| Error::Read { path: path.to_owned(), source };
    let text = String::from_utf8(bytes)
        .map_err(|error| fail(std::io::Error::other(format!("it is not UTF-8 text: {}", error.utf8_error()))))?;
    // A byte-order mark is no part of the text, and would shift every column.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok((Source::new(name, text), folder))
}

/// Reads and checks a scenario; shows the warnings.
pub(super) fn read_scenario(source: &Arc<Source>, terminal: &Terminal) -> Result<Scenario> {
    read_scenario_as(source, None, terminal)
}

/// The same in another shape than its own, if one is given.
fn read_scenario_as(source: &Arc<Source>, shape: Option<AspectRatio>, terminal: &Terminal) -> Result<Scenario> {
    let mut document = scenario::read(source)?;
    document.scenario.metadata.aspect_ratio = shape.or(document.scenario.metadata.aspect_ratio);
    let (scenario, warnings) = scenario::normalise(document).map_err(|found| found.located_in(source))?;
    terminal.findings(&warnings.located_in(source));
    Ok(scenario)
}

/// Loads a rule set: the one that is named, the project's, or the shipped one; shows the warnings.
pub(super) fn load_rules(path: Option<&Path>, terminal: &Terminal) -> Result<Program> {
    let (program, warnings) = rules::load(&open_rules(path)?, &rules::from_disk)?;
    terminal.findings(&warnings);
    Ok(program)
}

/// Loads the same with its lines; shows the warnings.
pub(super) fn load_written(path: Option<&Path>, terminal: &Terminal) -> Result<(Program, Written)> {
    let (loaded, warnings) = rules::load_written(&open_rules(path)?, &rules::from_disk)?;
    terminal.findings(&warnings);
    Ok(loaded)
}

fn open_rules(path: Option<&Path>) -> Result<Arc<Source>> {
    Ok(match rules_file(path)? {
        Some(path) => open(&path)?.0,
        None => rules::default_source(),
    })
}

/// The file of the rule set: the one that is named or the project's; none where the shipped one is meant.
pub(super) fn rules_file(path: Option<&Path>) -> Result<Option<PathBuf>> {
    let path = path.map(Path::to_owned).map_or_else(own_rules, |path| Ok(Some(path)))?;
    Ok(path.filter(|path| path != Path::new(rules::DEFAULT_NAME)))
}

/// The rule set of the project in which the program works, if it has one.
fn own_rules() -> Result<Option<PathBuf>> {
    Ok(project::around()?.and_then(|project| Some(project.path(project.rules.as_deref()?))))
}

/// A shape that the command line names.
pub(super) fn aspect(text: &str) -> std::result::Result<AspectRatio, String> {
    AspectRatio::from_word(text).ok_or_else(|| format!("write one of {}", crate::value::ASPECT_RATIO.values.join(", ")))
}

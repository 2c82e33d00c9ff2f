//! The manual in `docs`: every line that can be tried is tried. `BOOK=write cargo test book` writes anew what is generated,
//! and what commands say.

#[path = "book/generated.rs"]
mod generated;
#[path = "book/grammar.rs"]
mod grammar;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use callsheet::diagnostic::{Colour, Diagnostics, Source, pretty};
use callsheet::rules;

use super::cli::Desk;
use crate::media::{RED, TALK};
use crate::pages::{Block, Reader, blocks, each, hold};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Every page below `docs`: its name from there, and its text.
fn pages() -> BTreeMap<String, String> {
    fn below(folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(docs()).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    below(&docs(), &mut found);
    found
}

fn page(name: &str) -> String {
    pages().remove(name).unwrap_or_else(|| panic!("docs/{name} is not there"))
}

/// Follows a page in an empty folder, and holds it against what was seen.
fn follow(name: &str) -> Desk {
    let desk = Desk::new();
    follow_in(&desk, name);
    desk
}

fn follow_in(desk: &Desk, name: &str) {
    let text = page(name);
    let fresh = Reader::new(&desk.path("")).follows(&text);
    hold(&docs().join(name), &text, &fresh, "BOOK", "book");
}

#[test]
fn who_follows_the_tutorial_sees_what_it_shows_in_either_language() {
    let desk = follow("tutorial.md");
    assert!(desk.path("acme/tests/clear_bottom.plan").is_file(), "the house rule's case was accepted");
    assert!(desk.path("acme/frame.png").metadata().unwrap().len() > 10_000);

    // The walk in Russian is the same: its blocks are those of the page in English.
    let (english, russian) = (page("tutorial.md"), page("ru/tutorial.md"));
    let mut steps = blocks(&english).into_iter();
    let fresh = std::cell::RefCell::new(String::new());
    let block_of = |block: Block| {
        let step = steps.next().expect("the page in Russian has a block too many");
        let told = step.says("file").is_none_or(|file| block.above.contains(file));
        assert!(told, "the line above a block says which file it is: {}", block.above);
        write!(fresh.borrow_mut(), "```{}\n{}```\n", step.words.join(" "), step.text).unwrap();
    };
    each(&russian, |line| writeln!(fresh.borrow_mut(), "{line}").unwrap(), block_of);
    assert!(steps.next().is_none(), "the page in Russian lacks a block");
    hold(&docs().join("ru/tutorial.md"), &russian, &fresh.into_inner(), "BOOK", "book");
}

#[test]
fn what_the_language_page_shows_is_so() {
    follow("language.md");
}

#[test]
fn what_the_page_of_clips_shows_is_so() {
    let desk = Desk::new();
    std::os::unix::fs::symlink(TALK.path(), desk.path("talk.mp4")).unwrap();
    std::os::unix::fs::symlink(RED.path(), desk.path("street.mp4")).unwrap();
    follow_in(&desk, "clips.md");
}

#[test]
fn what_the_page_of_reasons_shows_is_so() {
    let desk = Desk::new();
    std::os::unix::fs::symlink(docs().parent().unwrap().join("examples"), desk.path("examples")).unwrap();
    follow_in(&desk, "why.md");
}

#[test]
fn every_wish_of_the_cookbook_is_checked_and_planned() {
    follow("cookbook.md");
    let text = page("cookbook.md");
    let mut wishes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let found = blocks(&text);
    for block in found.iter().filter(|block| block.heading.starts_with("## ")) {
        let (rules, runs) = wishes.entry(block.heading).or_default();
        *rules += usize::from(block.language() == "rules" && block.text.starts_with("language 1\n"));
        *runs += usize::from(block.language() == "console" && block.text.contains("$ callsheet plan "));
    }
    wishes.retain(|heading, _| {
        heading.starts_with("## ") && heading[3..].starts_with(|first: char| first.is_ascii_digit())
    });
    assert!(wishes.len() >= 20, "{wishes:?}");
    assert!(wishes.values().all(|(rules, runs)| *rules >= 1 && *runs >= 1), "a wish is a set and a plan: {wishes:?}");
}

#[test]
fn every_command_shows_its_help_in_the_book() {
    let text = generated::fresh(&page("commands.md"));
    hold(&docs().join("commands.md"), &page("commands.md"), &text, "BOOK", "book");
}

#[test]
fn what_is_generated_in_the_pages_is_not_stale() {
    let mut regions = 0;
    for (name, text) in
        pages().into_iter().filter(|(name, text)| name != "commands.md" && text.contains("<!-- generated: "))
    {
        regions += text.matches("<!-- generated: ").count();
        hold(&docs().join(&name), &text, &generated::fresh(&text), "BOOK", "book");
    }
    assert!(regions >= 4, "{regions}");
}

/// What a rule example raises. One that does not begin with `language` stands below the first two lines of a set.
fn raised(block: &Block, is_whole: bool, beside: &BTreeMap<String, String>) -> Result<Diagnostics, Diagnostics> {
    let head = if is_whole { "" } else { "language 1\nextend \"default\"\n" };
    let source = Source::new("example.rules", format!("{head}{}", block.text));
    let library = |path: &str| match path {
        "house.rules" if !beside.contains_key(path) => Ok(include_str!("../fixtures/library/house.rules").to_owned()),
        _ => beside.get(path).cloned().ok_or_else(|| std::io::ErrorKind::NotFound.into()),
    };
    rules::load(&source, &library).map(|(_, warnings)| warnings)
}

/// The code that the example has to raise, if any. The page of codes says it in its headings.
fn to_raise<'a>(block: &'a Block, next: Option<&Block>) -> Option<&'a str> {
    let goes_on = next.is_some_and(|next| next.heading == block.heading && next.above == block.above);
    let by_heading = || block.heading.trim_start_matches("### ").split(':').next().unwrap();
    block.says("fails").or_else(|| (block.above == "Wrong:" && !goes_on).then(by_heading))
}

#[test]
fn every_rule_example_of_the_book_passes_check_or_raises_what_it_is_said_to() {
    let (mut seen, mut failed) = (0, Vec::new());
    for (name, text) in pages() {
        let found = blocks(&text);
        assert!(
            found.iter().all(|block| !block.words.is_empty()),
            "docs/{name}: a block says its language, or it is not tried"
        );
        // Files that the page has its reader write; scripts among them.
        let beside = found.iter().filter_map(|block| Some((block.says("file")?.to_owned(), block.text.clone())));
        let beside: BTreeMap<String, String> = beside.filter(|(_, text)| !text.starts_with("$ ")).collect();
        for (number, block) in found.iter().enumerate().filter(|(_, block)| block.language() == "rules") {
            seen += 1;
            let wanted = to_raise(block, found.get(number + 1));
            // Those of the codes are whole sets; some are wrong because they do not begin so.
            let is_whole = name == "codes.md" || block.text.starts_with("language");
            let raised = raised(block, is_whole, &beside);
            let (passed, raised) = match raised {
                Ok(warnings) => (true, warnings),
                Err(errors) => (false, errors),
            };
            let right = match wanted {
                Some(code) => raised.iter().any(|found| found.code.as_str() == code),
                // A part of a set may leave a style unused; a whole one may not.
                None => passed && (raised.is_empty() || !is_whole),
            };
            if !right {
                let wanted = wanted.unwrap_or("nothing");
                let raised = pretty(&raised, Colour::Never);
                failed.push(format!("docs/{name}, {}, to raise {wanted}:\n{}\n{raised}", block.heading, block.text));
            }
            let own = Source::new("example.rules", block.text.as_str());
            if wanted.is_none() && rules::format(&own).is_ok_and(|formatted| formatted != *own.text()) {
                failed.push(format!(
                    "docs/{name}, {}, is not as `callsheet fmt` writes it:\n{}",
                    block.heading, block.text
                ));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert!(seen > 60, "{seen}");
}

#[test]
fn every_script_of_the_book_passes_check() {
    let mut seen = 0;
    for (name, text) in pages().into_iter().filter(|(name, _)| name != "codes.md") {
        for block in blocks(&text).iter().filter(|block| block.language() == "rhai") {
            seen += 1;
            let set = Source::new("example.rules", "language 1\nextend \"default\"\ndecide by \"own.rhai\"\n");
            let found = rules::load(&set, &|_| Ok(block.text.clone()));
            let found = found.map_or_else(|errors| errors, |(_, warnings)| warnings);
            assert!(found.is_empty(), "docs/{name}:\n{}\n{}", block.text, pretty(&found, Colour::Never));
        }
    }
    assert!(seen >= 1);
}

/// What a heading is called in an address, as mdBook makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars().filter_map(|letter| match letter {
        _ if letter.is_alphanumeric() || "_-".contains(letter) => Some(letter),
        _ if letter.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.collect::<String>().to_lowercase()
}

/// The targets of links and pictures that stand outside of blocks and of code.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let line_of = |line: &str| {
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        found.extend(prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned));
    };
    each(text, line_of, |_| {});
    found
}

#[test]
fn no_link_of_the_book_is_broken() {
    let pages = pages();
    let anchors: BTreeMap<&str, BTreeSet<String>> = pages
        .iter()
        .map(|(name, text)| {
            let mut headings = Vec::new();
            each(text, |line| headings.extend(line.starts_with('#').then(|| anchor(line))), |_| {});
            (name.as_str(), headings.into_iter().collect())
        })
        .collect();
    let (mut broken, mut seen) = (Vec::new(), 0);
    for (name, text) in &pages {
        for link in links(text).iter().filter(|link| !link.starts_with("http")) {
            seen += 1;
            let (path, place) = link.split_once('#').unwrap_or((link, ""));
            let folder = Path::new(name).parent().unwrap();
            let target = match path {
                "" => name.clone(),
                _ if path.starts_with("../") => folder.parent().map_or_else(
                    || format!("outside of the book: {path}"),
                    |above| above.join(&path[3..]).to_str().unwrap().to_owned(),
                ),
                _ => folder.join(path).to_str().unwrap().to_owned(),
            };
            let there = docs().join(&target).is_file();
            if !there || !place.is_empty() && !anchors.get(target.as_str()).is_some_and(|found| found.contains(place)) {
                broken.push(format!("docs/{name} links to {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(seen > 30, "{seen}");
}

#[test]
fn the_table_of_contents_has_every_page() {
    let contents: BTreeSet<String> = links(&page("SUMMARY.md")).into_iter().collect();
    let pages: BTreeSet<String> = pages().into_keys().filter(|name| name != "SUMMARY.md").collect();
    assert_eq!(contents, pages);
}

#[test]
fn every_command_and_option_that_is_shown_without_being_tried_exists() {
    let desk = Desk::new();
    let mut all = Vec::new();
    super::help::commands(&desk, &[], &mut all);
    let mut seen = 0;
    // What the page of editors shows is tried where it is made.
    for (name, text) in pages().into_iter().filter(|(name, _)| name != "editor.md") {
        for block in blocks(&text).iter().filter(|block| block.language() == "sh") {
            let lines = block.text.lines().filter_map(|line| line.split(['#', '|', ';', '>']).next());
            for line in lines.filter(|line| line.starts_with("callsheet ")) {
                seen += 1;
                let words: Vec<&str> = line.split_whitespace().skip(1).collect();
                let command = all.iter().rev().find(|command| words.starts_with(&as_words(command)));
                let command = command.unwrap_or_else(|| panic!("docs/{name}: there is no such command: {line}"));
                let help = desk.run(&[&as_words(command)[..], &["--help"]].concat()).stdout;
                for option in words.iter().filter(|word| word.starts_with("--")) {
                    assert!(help.contains(option), "docs/{name}: `{line}` has an option that there is not: {option}");
                }
            }
        }
    }
    assert!(seen >= 15, "{seen}");
}

fn as_words(command: &[String]) -> Vec<&str> {
    command.iter().map(String::as_str).collect()
}

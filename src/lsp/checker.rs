//! Who checks what has changed, beside the server: answers never wait for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};

use lsp_server::{Message, Notification};
use lsp_types::PublishDiagnosticsParams;
use serde_json::{Value, json};

use super::findings::{Findings, check_all, shown, uri};
use super::place::Lines;
use super::shelf::Shelf;

/// The files as they are, and which of them have changed.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) shelf: Shelf,
    pub(super) names: BTreeSet<String>,
}

/// Does jobs until there are no more, or until nobody hears of them; `send` tells the editor what is another finding than
/// before.
pub(super) fn work(jobs: &Receiver<Job>, findings: &Mutex<Findings>, send: impl Fn(Message) -> bool) {
    // What the editor shows.
    let mut published = BTreeMap::new();
    while let Ok(mut job) = jobs.recv() {
        // Who types fast has the last state checked alone.
        while let Ok(later) = jobs.try_recv() {
            job.shelf = later.shelf;
            job.names.extend(later.names);
        }
        let found = check_all(&job.shelf, &job.names);
        let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
        let mut touched = findings.take(found);
        touched.extend(job.names);
        let news: Vec<Message> =
            touched.iter().filter_map(|name| news(&job.shelf, &findings, name, &mut published)).collect();
        drop(findings);
        if !news.into_iter().all(&send) {
            return;
        }
    }
}

fn news(shelf: &Shelf, findings: &Findings, name: &str, published: &mut BTreeMap<String, Value>) -> Option<Message> {
    let found = findings.of(name);
    let text = found.iter().find_map(|found| found.location.as_ref()).map_or("", |at| at.source.text());
    let lines = Lines::of(text);
    let found: Vec<_> = found.into_iter().map(|found| shown(shelf, &lines, found)).collect();
    let open = shelf.opened(name);
    let as_json = json!([found, open.map(|open| open.version)]);
    let is_news = match published.get(name) {
        Some(known) => *known != as_json,
        None => !found.is_empty() || open.is_some(),
    };
    if !is_news {
        return None;
    }
    let params = PublishDiagnosticsParams::new(uri(&shelf.uri(name)?)?, found, open.map(|open| open.version));
    published.insert(name.to_owned(), as_json);
    Some(Notification::new("textDocument/publishDiagnostics".to_owned(), params).into())
}

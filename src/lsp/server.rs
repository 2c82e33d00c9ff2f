//! What the server knows of its editor, and how messages come and go.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, FoldingRangeProviderCapability,
    HoverProviderCapability, InitializeParams, OneOf, PositionEncodingKind, RenameOptions, SaveOptions,
    ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::checker::Job;
use super::findings::Findings;
use super::place::{Lines, path_of};
use super::requests;
use super::shelf::{Shelf, has_ending, name_of};

/// How far a conversation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Begun,
    Ready,
    ShutDown,
    /// `exit` was said, after a `shutdown` or without.
    Over {
        in_order: bool,
    },
}

/// A server of one editor.
#[derive(Debug)]
pub(super) struct Server {
    stage: Stage,
    pub(super) shelf: Shelf,
    pub(super) findings: Arc<Mutex<Findings>>,
    /// Files that have changed since somebody was asked to check them.
    dirty: BTreeSet<String>,
    checker: Sender<Job>,
}

impl Server {
    /// One that has `checker` check what has changed, which puts what it finds into `findings`.
    pub(super) fn new(checker: Sender<Job>, findings: &Arc<Mutex<Findings>>) -> Self {
        let (shelf, dirty) = (Shelf::default(), BTreeSet::new());
        Self { stage: Stage::default(), shelf, findings: Arc::clone(findings), dirty, checker }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over { .. })
    }

    pub(super) fn exit_code(&self) -> u8 {
        u8::from(!matches!(self.stage, Stage::ShutDown | Stage::Over { in_order: true }))
    }

    /// Takes a message, and gives what is to be answered.
    pub(super) fn handle(&mut self, message: Message) -> Option<Response> {
        match message {
            Message::Request(request) => Some(self.request(request)),
            Message::Notification(notification) => {
                self.notification(notification);
                None
            }
            // Nothing is ever asked of the editor.
            Message::Response(_) => None,
        }
    }

    fn request(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let refuse = |code: ErrorCode, words: String| Response::new_err(id.clone(), code as i32, words);
        match (self.stage, method.as_str()) {
            (Stage::Begun, "initialize") => match read::<InitializeParams>(params) {
                Ok(params) => {
                    self.shelf.search(folders(&params));
                    self.stage = Stage::Ready;
                    Response::new_ok(id, capabilities())
                }
                Err(words) => refuse(ErrorCode::InvalidParams, words),
            },
            (Stage::Begun, _) => {
                refuse(ErrorCode::ServerNotInitialized, format!("`{method}` came before `initialize`"))
            }
            (Stage::ShutDown | Stage::Over { .. }, _) => {
                refuse(ErrorCode::InvalidRequest, format!("`{method}` came after `shutdown`"))
            }
            (Stage::Ready, "initialize") => refuse(ErrorCode::InvalidRequest, "`initialize` came twice".into()),
            (Stage::Ready, "shutdown") => {
                self.stage = Stage::ShutDown;
                Response::new_ok(id, Value::Null)
            }
            (Stage::Ready, _) => match requests::answer(self, &method, params) {
                Ok(answer) => Response::new_ok(id, answer),
                Err((code, words)) => refuse(code, words),
            },
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        if method == "exit" {
            self.stage = Stage::Over { in_order: self.stage == Stage::ShutDown };
        }
        if self.stage != Stage::Ready {
            return;
        }
        // What cannot be read is left out: nobody waits for an answer.
        match method.as_str() {
            "textDocument/didOpen" => {
                if let Ok(DidOpenTextDocumentParams { text_document: file }) = read(params) {
                    let name = self.shelf.open(file.uri.as_str(), file.version, &file.text);
                    self.dirty.insert(name);
                }
            }
            "textDocument/didChange" => {
                if let Ok(params) = read(params) {
                    self.change(params);
                }
            }
            "textDocument/didClose" => {
                if let Ok(DidCloseTextDocumentParams { text_document: file }) = read(params) {
                    let name = name_of(file.uri.as_str());
                    self.shelf.close(&name);
                    self.dirty.insert(name);
                }
            }
            "textDocument/didSave" => {
                // A case may pass now, or fail.
                let cases = self.shelf.all_open().filter(|name| has_ending(name, "json"));
                let cases: Vec<String> = cases.map(str::to_owned).collect();
                self.dirty.extend(cases);
            }
            "workspace/didChangeWatchedFiles" => {
                if let Ok(DidChangeWatchedFilesParams { changes }) = read(params) {
                    self.shelf.search_again();
                    self.dirty.extend(changes.iter().map(|change| name_of(change.uri.as_str())));
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.uri.as_str();
        let name = name_of(uri);
        let Some(open) = self.shelf.opened(&name) else { return };
        let mut text = open.source.text().to_owned();
        for change in params.content_changes {
            match change.range {
                None => text = change.text,
                Some(range) => {
                    let span = Lines::of(&text).span(&text, range);
                    text.replace_range(span.start..span.end, &change.text);
                }
            }
        }
        self.shelf.open(uri, params.text_document.version, &text);
        self.dirty.insert(name);
    }

    /// Has what has changed checked.
    pub(super) fn idle(&mut self) {
        if !self.dirty.is_empty() {
            let job = Job { shelf: self.shelf.clone(), names: std::mem::take(&mut self.dirty) };
            // Without anybody who checks there are no findings, and all else goes on.
            let _ = self.checker.send(job);
        }
    }
}

pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, String> {
    serde_json::from_value(params).map_err(|error| format!("the parameters cannot be read: {error}"))
}

fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten().filter_map(|folder| path_of(folder.uri.as_str()));
    let folders: Vec<PathBuf> = folders.collect();
    #[expect(deprecated, reason = "editors that know no folders say their root alone")]
    let root = params.root_uri.as_ref().and_then(|root| path_of(root.as_str()));
    if folders.is_empty() { root.into_iter().collect() } else { folders }
}

fn capabilities() -> Value {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..TextDocumentSyncOptions::default()
    };
    let quick =
        CodeActionOptions { code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]), ..CodeActionOptions::default() };
    let capabilities = ServerCapabilities {
        position_encoding: Some(PositionEncodingKind::UTF16),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([".", "\"", "=", " "].map(str::to_owned).into()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        document_formatting_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(quick)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities { supported: Some(true), ..<_>::default() }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    };
    json!({
        "capabilities": capabilities,
        "serverInfo": { "name": "callsheet", "version": env!("CARGO_PKG_VERSION") },
    })
}

//! What an editor asks, each with its answer.

use std::sync::{Arc, PoisonError};

use lsp_server::ErrorCode;
use lsp_types::{
    CodeActionParams, CompletionList, CompletionParams, DocumentFormattingParams, DocumentSymbolParams,
    FoldingRangeParams, GotoDefinitionParams, Hover, HoverContents, HoverParams, MarkupContent, MarkupKind,
    PrepareRenameResponse, ReferenceParams, RenameParams, TextDocumentPositionParams,
};
use serde_json::{Value, json};

use super::complete::complete;
use super::definition::definition;
use super::fixes::{actions, edit, formatted};
use super::hover::hover;
use super::rename;
use super::server::{Server, read};
use super::sheet::{Mark, Sheet};
use super::shelf::{is_rules, name_of};
use super::symbols::{folds, symbols};

type Refusal = (ErrorCode, String);

/// A place in a rule set: the set with those that it extends, and the byte.
struct At {
    chain: Vec<Arc<Sheet>>,
    offset: usize,
}

impl At {
    fn mark(&self) -> Option<&Mark> {
        self.chain.first()?.mark_at(self.offset)
    }
}

/// Answers a request; what there is nothing to say of is answered with `null`.
pub(super) fn answer(server: &Server, method: &str, params: Value) -> Result<Value, Refusal> {
    let answer = match method {
        "textDocument/hover" => {
            let params: HoverParams = readable(params)?;
            at(server, &params.text_document_position_params).and_then(|at| {
                let mark = at.mark()?;
                let sheet = at.chain.first()?;
                let value = hover(&at.chain, mark)?;
                let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
                let range = Some(sheet.lines.range(sheet.source.text(), mark.span));
                Some(json!(Hover { contents, range }))
            })
        }
        "textDocument/completion" => {
            let params: CompletionParams = readable(params)?;
            at(server, &params.text_document_position).map(|at| {
                let items = complete(&at.chain, at.offset);
                json!(CompletionList { is_incomplete: false, items })
            })
        }
        "textDocument/definition" => {
            let params: GotoDefinitionParams = readable(params)?;
            at(server, &params.text_document_position_params)
                .and_then(|at| Some(json!(definition(&server.shelf, &at.chain, at.mark()?))))
        }
        "textDocument/references" => {
            let params: ReferenceParams = readable(params)?;
            at(server, &params.text_document_position)
                .and_then(|at| Some(json!(rename::references(&server.shelf, &at.chain, at.mark()?))))
        }
        "textDocument/prepareRename" => {
            let params: TextDocumentPositionParams = readable(params)?;
            match at(server, &params) {
                Some(at) => Some(json!(prepared(server, &at)?)),
                None => None,
            }
        }
        "textDocument/rename" => {
            let params: RenameParams = readable(params)?;
            match at(server, &params.text_document_position) {
                Some(at) => {
                    let name = found(server, &at)?;
                    let edits = name.renamed(&server.shelf, params.new_name.trim()).map_err(refused)?;
                    Some(json!(edit(&server.shelf, edits)))
                }
                None => None,
            }
        }
        "textDocument/formatting" => {
            let params: DocumentFormattingParams = readable(params)?;
            let open = server.shelf.opened(&name_of(params.text_document.uri.as_str()));
            open.and_then(|open| Some(json!(formatted(&open.source)?)))
        }
        "textDocument/codeAction" => {
            let params: CodeActionParams = readable(params)?;
            let name = name_of(params.text_document.uri.as_str());
            let findings = server.findings.lock().unwrap_or_else(PoisonError::into_inner);
            Some(json!(actions(&server.shelf, &name, params.range, &findings.of(&name))))
        }
        "textDocument/documentSymbol" => {
            let params: DocumentSymbolParams = readable(params)?;
            sheet(server, params.text_document.uri.as_str()).map(|sheet| json!(symbols(&sheet)))
        }
        "textDocument/foldingRange" => {
            let params: FoldingRangeParams = readable(params)?;
            sheet(server, params.text_document.uri.as_str()).map(|sheet| json!(folds(&sheet)))
        }
        _ => return Err((ErrorCode::MethodNotFound, format!("`{method}` is not a request that this server knows"))),
    };
    Ok(answer.unwrap_or_default())
}

fn readable<T: serde::de::DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    read(params).map_err(|words| (ErrorCode::InvalidParams, words))
}

fn refused(words: String) -> Refusal {
    (ErrorCode::RequestFailed, words)
}

/// The rule set of that URI, if it is open and one.
fn sheet(server: &Server, uri: &str) -> Option<Arc<Sheet>> {
    let name = name_of(uri);
    let is_set = is_rules(&name) || !name.starts_with('/');
    server.shelf.opened(&name).filter(|_| is_set)?;
    server.shelf.sheet(&name)
}

fn at(server: &Server, params: &TextDocumentPositionParams) -> Option<At> {
    let sheet = sheet(server, params.text_document.uri.as_str())?;
    let offset = sheet.lines.offset(sheet.source.text(), params.position);
    Some(At { chain: server.shelf.chain(sheet.source.name()), offset })
}

fn found(server: &Server, at: &At) -> Result<rename::Name, Refusal> {
    let mark = at.mark().ok_or_else(|| refused("only rules, styles and signals can be renamed".into()))?;
    rename::find(&server.shelf, &at.chain, mark).map_err(refused)
}

fn prepared(server: &Server, at: &At) -> Result<Option<PrepareRenameResponse>, Refusal> {
    found(server, at)?;
    let sheet = at.chain.first();
    Ok(sheet.zip(at.mark()).map(|(sheet, mark)| PrepareRenameResponse::RangeWithPlaceholder {
        range: sheet.lines.range(sheet.source.text(), mark.span),
        placeholder: sheet.text(mark.span).to_owned(),
    }))
}

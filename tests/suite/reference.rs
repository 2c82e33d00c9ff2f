//! The generated pages are the generated ones.

use std::path::Path;

#[test]
fn the_reference_pages_are_not_stale() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for (name, page, how) in [
        ("tasks.md", callsheet::reference::tasks().unwrap(), "schema tasks --format markdown > docs/tasks.md"),
        ("cases.md", callsheet::reference::cases().unwrap(), "schema case --format markdown > docs/cases.md"),
        ("fields.md", callsheet::reference::fields().unwrap(), "schema scenario --format markdown > docs/fields.md"),
        ("codes.md", callsheet::reference::codes().unwrap(), "explain --format markdown > docs/codes.md"),
    ] {
        let stored = std::fs::read_to_string(docs.join(name)).unwrap_or_default();
        assert!(stored == page, "docs/{name} is stale; write it anew: cargo run -- {how}");
    }
}

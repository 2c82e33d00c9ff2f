//! A project's scenario.

pub(super) const MIGRATION: &str = "
CREATE TABLE scenarios (
    project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    -- The document without its assets, which are the project's.
    document TEXT NOT NULL,
    etag TEXT NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
";

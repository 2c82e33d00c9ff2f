//! Uploads that can go on after they broke off.

pub(super) const MIGRATION: &str = "
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- How many bytes it will have; how many there are says the file.
    length INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_by_project ON uploads (project_id);
";

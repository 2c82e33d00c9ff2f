//! Assets: media of a project, kept once by their content.

pub(super) const MIGRATION: &str = "
CREATE TABLE blobs (
    -- blake3 of the content, in hex.
    hash TEXT PRIMARY KEY,
    -- The file's name in the folder of assets: the hash, and an ending that says what it is.
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- What was measured of it, as JSON.
    media TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE assets (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hash TEXT NOT NULL REFERENCES blobs (hash),
    -- What the client calls it; a label and nothing else.
    name TEXT NOT NULL,
    -- upload, or the provider that it is from.
    source TEXT NOT NULL,
    -- Author, licence and page, as JSON, where it is somebody's.
    attribution TEXT,
    created INTEGER NOT NULL,
    UNIQUE (project_id, hash)
) STRICT;
CREATE INDEX assets_by_hash ON assets (hash);
CREATE INDEX assets_by_age ON assets (project_id, created, id);
";

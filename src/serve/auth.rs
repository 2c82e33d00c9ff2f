//! Tokens: who may use the server, and see which projects.

pub(super) const MIGRATION: &str = "
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- blake3 of the token, which has 256 random bits: nothing slower is needed against guessing.
    hash BLOB NOT NULL UNIQUE,
    -- Whether it sees every project, or those that it made.
    sees_all INTEGER NOT NULL,
    created INTEGER NOT NULL,
    revoked INTEGER
) STRICT;
";

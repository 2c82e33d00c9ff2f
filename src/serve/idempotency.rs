//! `Idempotency-Key`: a request that is sent again is done once.

pub(super) const MIGRATION: &str = "
CREATE TABLE idempotency (
    -- The token that sent it, or nothing.
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    -- Of method, path and body.
    request BLOB NOT NULL,
    -- Of the answer; none while it is being made.
    status INTEGER,
    headers TEXT,
    body BLOB,
    created INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
";

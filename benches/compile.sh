#!/bin/sh
# The compiler beside the same mapping by hand and in other languages, and a cold start: everything in one run.
# The peers are a crate of their own (benches/peers), no part of the product.
set -eu
cd "$(dirname "$0")/.."
cargo build --release --locked
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/peers cargo build --release --locked --manifest-path benches/peers/Cargo.toml
callsheet=${CARGO_TARGET_DIR:-target}/release/callsheet
exec "${CARGO_TARGET_DIR:-target}/peers/release/peers" "$callsheet" plan --no-probe examples/demo/scenario.json

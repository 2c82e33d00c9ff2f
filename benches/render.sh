#!/bin/sh
# What a render costs, as ratios from one run on this machine: the demo's timeline (48 s, two cutaways, six theses, forty
# cues) against decode-and-encode alone by the same encoder, and against one task after another.
#
#   benches/render.sh            all of it; takes several minutes
#   benches/render.sh --quick    without one task after another
set -eu
cd "$(dirname "$0")/.."
examples/media.sh
cargo bench --locked --bench render -- "$@"

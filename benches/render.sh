#!/bin/sh
# What renders cost, as ratios from one run on this machine, on the demo's timeline (48 s of 1080x1920, two cutaways, six
# theses, forty cues): callsheet cold, with one thesis changed, with 60 % untouched, its preview; one filter graph written by
# hand; decode and encode alone; MoviePy and MLT's melt where they are installed (`pip install moviepy`, `apt install melt`);
# one task after another.
#
#   benches/render.sh            all of it; about a quarter of an hour
#   benches/render.sh --quick    without the others' programs and one task after another; about six minutes
set -eu
cd "$(dirname "$0")/.."
examples/media.sh
cargo bench --locked --bench render -- "$@"

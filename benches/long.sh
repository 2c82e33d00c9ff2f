#!/bin/sh
# What length costs: timelines of 10, 70 and 700 segments of two seconds and one of an hour, in small pictures. Prints
# seconds, seconds a segment, the most memory of callsheet itself and of any process below it, and how many frames came out.
#
#   benches/long.sh            all of it; the hour takes minutes
#   benches/long.sh --quick    without the hour
set -eu
cd "$(dirname "$0")/.."
cargo build --release --locked
callsheet=$PWD/target/release/callsheet
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
ffmpeg -v error -f lavfi -i testsrc2=s=64x114:r=30:d=60 -f lavfi -i sine=440:d=60:r=48000 -c:v libx264 -preset ultrafast \
    -g 60 -c:a aac clip.mp4

# A plan of $1 segments of $2 seconds.
plan() {
    awk -v count="$1" -v length_="$2" 'BEGIN {
        printf "{\"assets\":{\"clip\":\"clip.mp4\"},\"tasks\":["
        for (n = 0; n < count; n++) {
            start = (n * 7.3) % (60 - length_)
            printf "{\"type\":\"trim\",\"inputs\":[\"clip\"],\"output_id\":\"s%d\",\"params\":{\"start_time\":%.3f,\"end_time\":%.3f}},", n, start, start + length_
        }
        printf "{\"type\":\"concat\",\"inputs\":["
        for (n = 0; n < count; n++) printf "%s\"s%d\"", n ? "," : "", n
        printf "]}]}"
    }'
}

measure() {
    plan "$2" "$3" > plan.json
    start=$(date +%s.%N)
    # GNU time tells the largest of the processes that have ended; callsheet waits for all of its own.
    told=$(/usr/bin/time -f '%M' "$callsheet" render --tasks plan.json -o out.mp4 --force --no-cache --preset ultrafast -q 2>&1)
    end=$(date +%s.%N)
    frames=$(printf '%s\n' "$told" | sed -n 's/.* s, \([0-9]*\) frames.*/\1/p')
    memory=$(printf '%s\n' "$told" | tail -n 1)
    echo "$1 $2 $start $end $memory $frames" | awk '{
        printf "%-14s %5d segments %8.1f s %7.3f s each %7.0f MiB at most %8d frames\n", $1, $2, $4 - $3, ($4 - $3) / $2, $5 / 1024, $6 }'
}

measure short 10 2
measure longer 70 2
measure long 700 2
[ "${1:-}" = --quick ] || measure an-hour 600 6

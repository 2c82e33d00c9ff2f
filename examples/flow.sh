#!/bin/sh
# From media and a prompt to a video by curl alone: project, upload, generate, fill what is missing, render, download.
#
#   callsheet serve &
#   examples/flow.sh http://127.0.0.1:8080 video.mp4 "Вертикальный ролик. Тезисы: быстро, вкусно" talk.mp4 [MEDIA...]
#
# A cutaway that nobody has filmed is looked for as $CUTAWAY (night city) where the server may look: a library
# (CALLSHEET_LIBRARY), Pexels, Pixabay. $TOKEN is sent if it is set. Needs curl, sed, grep.
set -eu

url=$1 output=$2 prompt=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ask METHOD PATH CURL-OPTION...: the answer's body; its head is in $work/head. What fails ends the script in words.
ask() {
    method=$1 place=$2
    shift 2
    status=$(curl -sS -X "$method" -D "$work/head" -o "$work/body" -w '%{http_code}' \
        ${TOKEN:+-H "Authorization: Bearer $TOKEN"} -H 'Accept-Language: en' "$@" "$url$place")
    if [ "$status" -ge 400 ]; then
        echo "$method $place: $status" >&2
        cat "$work/body" >&2
        exit 1
    fi
    cat "$work/body"
}

# post PATH JSON CURL-OPTION...
post() {
    place=$1 json=$2
    shift 2
    ask POST "$place" -H 'Content-Type: application/json' -d "$json" "$@"
}

# head_of NAME: a header of the last answer.
head_of() { sed -n "s/^$1: *\(.*[^[:space:]]\)[[:space:]]*$/\1/Ip" "$work/head"; }

# texts NAME: the members of this name in a JSON text that are texts.
texts() { grep -o "\"$1\":\"[^\"]*\"" | cut -d'"' -f4; }

quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

post /api/projects '{"name": "flow"}' -H "Idempotency-Key: flow-$$-$(date +%s)" >"$work/project"
project=$(head_of location)
echo "project $project" >&2

for medium in "$@"; do
    ask POST "$project/assets" -F "file=@$medium" >"$work/asset"
    echo "uploaded $medium" >&2
done

post "$project/scenario/generate" "{\"prompt\": \"$(quoted "$prompt")\"}" >"$work/generated"

# The author wants a cutaway from 1 to 2.5 s that nobody has filmed.
cut='{"id": "cut", "start_sec": 1, "end_sec": 2.5, "asset_source": "generated", "asset_status": "pending"}'
ask GET "$project/scenario" >"$work/scenario"
etag=$(head_of etag)
tr -d '\n' <"$work/scenario" | sed "s/\"segments\": *\[/&$cut, /" >"$work/edited"
ask PUT "$project/scenario" -H 'Content-Type: application/json' -H "If-Match: $etag" --data-binary "@$work/edited" >"$work/saved"

# What waits is shown what there is, and given the first.
ask GET "$project/scenario/readiness" >"$work/readiness"
for segment in $(texts segment_id <"$work/readiness"); do
    slot="$project/scenario/segments/$segment"
    query="\"query\": \"$(quoted "${CUTAWAY:-night city}")\""
    post "$slot/candidates" "{$query}" >"$work/candidates"
    candidate=$(texts id <"$work/candidates" | sed -n 1p)
    provider=$(texts provider <"$work/candidates" | sed -n 1p)
    if [ -z "$candidate" ]; then
        echo "nothing is offered for $segment" >&2
        exit 1
    fi
    post "$slot/fill?wait=true" "{\"provider\": \"$provider\", \"candidate_id\": \"$candidate\", $query}" >"$work/filled"
    echo "filled $segment with $candidate of $provider" >&2
done

post "$project/scenario/render" '{"preset": "ultrafast"}' >"$work/job"
job=$(head_of location)
echo "render $job" >&2

# The stream ends with the job; one that breaks off goes on after the last event that came.
last=0
while :; do
    curl -sS -N ${TOKEN:+-H "Authorization: Bearer $TOKEN"} -H "Last-Event-ID: $last" "$url$job/events" >"$work/events" || true
    grep '^data:' "$work/events" >&2 || true
    if grep -q '^event: *\(done\|error\)' "$work/events"; then break; fi
    last=$(sed -n 's/^id: *//p' "$work/events" | sed -n '$p')
    last=${last:-0}
    sleep 1
done

ask GET "$job" >"$work/job"
link=$(texts download_url <"$work/job" | sed -n 1p)
if [ -z "$link" ]; then
    cat "$work/job" >&2
    exit 1
fi
case $link in /*) link=$url$link ;; esac
curl -sS -f -o "$output" "$link"
echo "$output"

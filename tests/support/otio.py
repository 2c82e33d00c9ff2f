"""Reads a timeline with opentimelineio and holds each track against the plan's length; its own writer must agree."""

import sys

import opentimelineio as otio

timeline = otio.adapters.read_from_file(sys.argv[1])
frames = timeline.metadata["callsheet"]["frames"]
for track in timeline.tracks:
    length = track.duration().to_frames()
    print(f"{track.name} {length} of {frames}")
    if length > frames or (track.name == "Picture" and length != frames):
        sys.exit(f"track {track.name} has {length} frames, the plan {frames}")
    at = 0
    for item in track:
        if isinstance(item, otio.schema.Transition):
            continue
        start = track.range_of_child(item).start_time.to_frames()
        if start != at:
            sys.exit(f"{item.name} begins at {start}, not at {at}")
        at += item.source_range.duration.to_frames()
        reference = getattr(item, "media_reference", None)
        if isinstance(reference, otio.schema.ExternalReference) and not reference.target_url.startswith("file:///"):
            sys.exit(f"{item.name} refers to {reference.target_url}")
again = otio.adapters.read_from_string(timeline.to_json_string(), "otio_json")
if not again.is_equivalent_to(timeline):
    sys.exit("written and read again it is another timeline")

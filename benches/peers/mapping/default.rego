# The default mapping of scenes and layers over a main video. A parameter that is null is left out.
package plan

import rego.v1

metadata := object.get(input.scenario, "metadata", {})

base := [
	{"type": "trim", "inputs": [input.main_asset_id], "params": {"start_time": 0, "end_time": input.duration}},
	{"type": "fit_canvas", "params": {
		"aspect_ratio": object.get(metadata, "aspect_ratio", "9:16"),
		"resolution": object.get(metadata, "resolution", 1080),
		"frame_rate": object.get(metadata, "frame_rate", 30),
		"fit": object.get(metadata, "fit", "cover"),
		"background": object.get(metadata, "background", null),
		"focus_x": object.get(metadata, "focus_x", null),
		"focus_y": object.get(metadata, "focus_y", null),
		"safe_area": object.get(metadata, "safe_area", "universal"),
	}},
]

covering(type, segment) := {"type": "overlay_video", "params": {
	"stock_id": segment.asset_id,
	"start_time": segment.start_sec,
	"end_time": segment.end_sec,
	"source_start": segment.play_start,
	"volume": object.get(params, "volume", null),
	"clip_fit": object.get(params, "clip_fit", null),
	"fit": object.get(params, "fit", null),
	"background": object.get(params, "background", null),
	"focus_x": object.get(params, "focus_x", null),
	"focus_y": object.get(params, "focus_y", null),
}} if {
	type == "video"
	segment.purpose == "cutaway"
	segment.asset_kind == "video"
	params := object.get(segment, "params", {})
}

covering(type, segment) := {"type": "overlay_image", "params": {
	"image_id": segment.asset_id,
	"start_time": segment.start_sec,
	"end_time": segment.end_sec,
	"fit": object.get(params, "fit", null),
	"background": object.get(params, "background", null),
	"focus_x": object.get(params, "focus_x", null),
	"focus_y": object.get(params, "focus_y", null),
	"motion": object.get(params, "motion", "none"),
}} if {
	type == "video"
	segment.purpose == "cutaway"
	segment.asset_kind == "image"
	params := object.get(segment, "params", {})
}

covering(type, segment) := {"type": "overlay_image", "params": {
	"image_id": segment.asset_id,
	"start_time": segment.start_sec,
	"end_time": segment.end_sec,
	"position": object.get(segment, ["params", "position"], "top_right"),
	"width": object.get(segment, ["params", "width"], 0.25),
}} if {
	type == "image"
}

pictures := [task |
	some layer in input.scenario.layers
	some segment in layer.segments
	task := covering(layer.type, segment)
	is_object(task) # the virtual machine goes on with a marker where a function is undefined
]

position("thesis", "bottom_center") := "top_center"

position("thesis", written) := written if written != "bottom_center"

position("subtitle", written) := written

usual := {"thesis": {"position": "center", "style": "box_dark"}, "subtitle": {"position": "bottom_center", "style": "outline"}}

written(segment, params) := {"type": "add_text_overlay", "params": {
	"text": params.text,
	"position": position(format, object.get(params, "position", usual[format].position)),
	"font_size": object.get(params, "font_size", null),
	"style": object.get(params, "font_style", usual[format].style),
	"start_time": segment.start_sec,
	"end_time": segment.end_sec,
}} if {
	format := object.get(params, "format", "thesis")
}

overlays := [task |
	some scene in input.scenario.scenes
	some overlay in scene.overlays
	task := written(overlay, overlay)
]

layer_texts(layer) := [task | some segment in layer.segments; task := written(segment, segment.params)] if {
	layer.type == "text"
}

layer_texts(layer) := [{"type": "add_subtitles", "params": {
	"segments": [cue |
		some segment in layer.segments
		cue := {
			"start": segment.start_sec,
			"end": segment.end_sec,
			"text": segment.params.text,
			"words": object.get(segment.params, "words", null),
		}
	],
	"style": object.get(layer, "font_style", "outline"),
	"position": object.get(layer, "position", null),
}}] if {
	layer.type == "subtitle"
	count(layer.segments) > 0
}

texts := [task |
	some layer in input.scenario.layers
	list := layer_texts(layer)
	is_array(list)
	some task in list
]

sounding("music") := {"volume": 0.25, "under": null, "ducking": 16, "loop": true}

sounding("voiceover") := {"volume": 1, "under": 0.2, "ducking": null, "loop": null}

sounds := [task |
	some layer in input.scenario.layers
	layer.type == "audio"
	some segment in layer.segments
	params := object.get(segment, "params", {})
	usually := sounding(object.get(params, "role", "music"))
	task := {"type": "mix_audio", "params": {
		"audio_id": segment.asset_id,
		"start_time": segment.start_sec,
		"end_time": segment.end_sec,
		"source_start": segment.play_start,
		"volume": object.get(params, "volume", usually.volume),
		"under": object.get(params, "under", usually.under),
		"ducking": object.get(params, "ducking", usually.ducking),
		"fade_in": object.get(params, "fade_in_sec", null),
		"fade_out": object.get(params, "fade_out_sec", null),
		"loop": object.get(params, "loop", usually.loop),
	}}
]

video_segments := [segment |
	some layer in input.scenario.layers
	layer.type == "video"
	some segment in layer.segments
]

IDLE

tasks := array.concat(base, array.concat(pictures, array.concat(overlays, array.concat(texts, array.concat(sounds, idle)))))

# The default mapping of scenes and layers over a main video. A parameter that is null is left out.
def thesis_position: if (. // "center") == "bottom_center" then "top_center" else (. // "center") end;
def written(segment; params):
  { type: "add_text_overlay",
    params: {
      text: params.text,
      position: (if (params.format // "thesis") == "thesis" then params.position | thesis_position
                 else params.position // "bottom_center" end),
      font_size: params.font_size,
      style: (params.font_style // (if params.format == "subtitle" then "outline" else "box_dark" end)),
      start_time: segment.start_sec,
      end_time: segment.end_sec } };
def cutaway:
  if .asset_kind == "video" then
    { type: "overlay_video",
      params: { stock_id: .asset_id, start_time: .start_sec, end_time: .end_sec, source_start: .play_start,
                volume: .params.volume, clip_fit: .params.clip_fit, fit: .params.fit,
                background: .params.background, focus_x: .params.focus_x, focus_y: .params.focus_y } }
  elif .asset_kind == "image" then
    { type: "overlay_image",
      params: { image_id: .asset_id, start_time: .start_sec, end_time: .end_sec, fit: .params.fit,
                background: .params.background, focus_x: .params.focus_x, focus_y: .params.focus_y,
                motion: (.params.motion // "none") } }
  else empty end;
def picture:
  { type: "overlay_image",
    params: { image_id: .asset_id, start_time: .start_sec, end_time: .end_sec,
              position: (.params.position // "top_right"), width: (.params.width // 0.25) } };
def sound:
  (.params.role == "voiceover") as $voice |
  { type: "mix_audio",
    params: { audio_id: .asset_id, start_time: .start_sec, end_time: .end_sec, source_start: .play_start,
              volume: (.params.volume // (if $voice then 1 else 0.25 end)),
              under: (.params.under // (if $voice then 0.2 else null end)),
              ducking: (.params.ducking // (if $voice then null else 16 end)),
              fade_in: .params.fade_in_sec, fade_out: .params.fade_out_sec,
              loop: (if .params.loop == null and $voice == false then true else .params.loop end) } };
def subtitles:
  { type: "add_subtitles",
    params: { segments: [.segments[] | { start: .start_sec, end: .end_sec, text: .params.text, words: .params.words }],
              style: (.font_style // "outline"), position: .position } };
def idle: IDLE;
. as $document | .scenario as $scenario |
[ { type: "trim", inputs: [.main_asset_id], params: { start_time: 0, end_time: .duration } },
  { type: "fit_canvas",
    params: { aspect_ratio: ($scenario.metadata.aspect_ratio // "9:16"),
              resolution: ($scenario.metadata.resolution // 1080),
              frame_rate: ($scenario.metadata.frame_rate // 30),
              fit: ($scenario.metadata.fit // "cover"),
              background: $scenario.metadata.background,
              focus_x: $scenario.metadata.focus_x,
              focus_y: $scenario.metadata.focus_y,
              safe_area: ($scenario.metadata.safe_area // "universal") } },
  ($scenario.layers[] |
    if .type == "video" then .segments[] | (if .purpose == "cutaway" then cutaway else empty end), idle
    elif .type == "image" then .segments[] | picture
    else empty end),
  ($scenario.scenes[].overlays[] | written(.; .)),
  ($scenario.layers[] |
    if .type == "text" then .segments[] | written(.; .params)
    elif .type == "subtitle" and (.segments | length) > 0 then subtitles
    else empty end),
  ($scenario.layers[] | if .type == "audio" then .segments[] | sound else empty end)
]

"""The demo's timeline by MoviePy 2: python3 moviepy_peer.py MEDIA FONTS WORK OUTPUT"""
import json
import sys

from moviepy import AudioFileClip, CompositeAudioClip, CompositeVideoClip, TextClip, VideoFileClip, afx

media, fonts, work, output = sys.argv[1:]
timeline = json.load(open(f"{work}/timeline.json"))
bold = f"{fonts}/NotoSans-Bold.ttf"
main = VideoFileClip(f"{media}/talk.mp4").subclipped(0, 48)


def covering(name, start, end):
    clip = VideoFileClip(f"{media}/{name}").without_audio().subclipped(0, end - start)
    scale = max(1080 / clip.w, 1920 / clip.h)
    clip = clip.resized(scale).cropped(x_center=clip.w * scale / 2, y_center=clip.h * scale / 2, width=1080, height=1920)
    return clip.with_start(start)


layers = [main, covering("reel.mp4", 13.8, 18.5), covering("waves.mp4", 27, 32)]
for thesis in timeline["theses"]:
    clip = TextClip(font=bold, text=thesis["text"], font_size=44, color="white", bg_color="black", margin=(18, 18))
    layers.append(clip.with_start(thesis["start_sec"]).with_end(thesis["end_sec"]).with_position(("center", 300)))
for cue in timeline["cues"]:
    clip = TextClip(
        font=bold, text=cue["params"]["text"], font_size=44, color="white", stroke_color="black", stroke_width=4,
        method="caption", size=(840, None),
    )
    layers.append(clip.with_start(cue["start_sec"]).with_end(cue["end_sec"]).with_position(("center", 1300)))
music = AudioFileClip(f"{media}/music.mp3").with_effects(
    [afx.AudioLoop(duration=48), afx.MultiplyVolume(0.35), afx.AudioFadeIn(1), afx.AudioFadeOut(3)]
)
video = CompositeVideoClip(layers, size=(1080, 1920)).with_duration(48)
video = video.with_audio(CompositeAudioClip([main.audio, music]))
video.write_videofile(
    output, fps=30, codec="libx264", preset="veryfast", audio_codec="aac", logger=None,
    ffmpeg_params=["-crf", "20", "-pix_fmt", "yuv420p"],
)

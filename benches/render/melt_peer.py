"""The demo's timeline by MLT's melt: python3 melt_peer.py MEDIA FONTS WORK OUTPUT"""
import json
import subprocess
import sys
from xml.sax.saxutils import quoteattr

media, fonts, work, output = sys.argv[1:]
timeline = json.load(open(f"{work}/timeline.json"))


def frame(seconds):
    return round(seconds * 30)


def prop(name, value):
    return f'<property name="{name}">{value}</property>'


def producer(name, file, extra=""):
    return f'<producer id="{name}">{prop("mlt_service", "avformat")}{prop("resource", f"{media}/{file}")}{extra}</producer>'


def drawtext(number, thesis):
    properties = [
        prop("mlt_service", "avfilter.drawtext"),
        prop("av.textfile", f"{work}/thesis{number}.txt"),
        prop("av.fontfile", f"{fonts}/NotoSans-Bold.ttf"),
        prop("av.fontsize", 44),
        prop("av.fontcolor", "white"),
        prop("av.box", 1),
        prop("av.boxcolor", "black@0.6"),
        prop("av.boxborderw", 18),
        prop("av.x", "(w-tw)/2"),
        prop("av.y", 300),
    ]
    first, last = frame(thesis["start_sec"]), frame(thesis["end_sec"]) - 1
    return f'<filter in="{first}" out="{last}">{"".join(properties)}</filter>'


def covering(name, first, last):
    entry = f'<blank length="{first}"/><entry producer="{name}" in="0" out="{last - first - 1}"/>'
    return f'<playlist id="{name}s">{entry}</playlist>'


theses = "".join(drawtext(number, thesis) for number, thesis in enumerate(timeline["theses"]))
subtitles = (
    f'<filter>{prop("mlt_service", "avfilter.subtitles")}{prop("av.filename", f"{work}/cues.srt")}'
    f'{prop("av.fontsdir", fonts)}</filter>'
)
volume = (
    f'<filter>{prop("mlt_service", "volume")}{prop("gain", "0=0;30=0.35;1350=0.35;1439=0")}</filter>'
)
composite = "".join(
    f'<transition>{prop("a_track", 0)}{prop("b_track", track)}{prop("mlt_service", "composite")}'
    f'{prop("geometry", "0/0:100%x100%:100")}{prop("fill", 1)}{prop("crop_to_fill", 1)}</transition>'
    for track in (1, 2)
)
mix = (
    f'<transition>{prop("a_track", 0)}{prop("b_track", 3)}{prop("mlt_service", "mix")}{prop("sum", 1)}</transition>'
)
crop = f'<filter>{prop("mlt_service", "crop")}{prop("center", 1)}</filter>'
xml = f"""<?xml version="1.0"?>
<mlt root={quoteattr(work)}>
<profile width="1080" height="1920" progressive="1" sample_aspect_num="1" sample_aspect_den="1"
 display_aspect_num="9" display_aspect_den="16" frame_rate_num="30" frame_rate_den="1" colorspace="709"/>
{producer("talk", "talk.mp4")}{producer("reel", "reel.mp4", crop)}{producer("waves", "waves.mp4", crop)}
{producer("music", "music.mp3", prop("eof", "loop"))}
<playlist id="mains"><entry producer="talk" in="0" out="1439"/></playlist>
{covering("reel", frame(13.8), frame(18.5))}{covering("waves", 810, 960)}
<playlist id="musics"><entry producer="music" in="0" out="1439"/>{volume}</playlist>
<tractor id="all" in="0" out="1439">
<track producer="mains"/><track producer="reels" hide="audio"/><track producer="wavess" hide="audio"/><track producer="musics" hide="video"/>
{composite}{mix}{theses}{subtitles}
</tractor></mlt>
"""
path = f"{work}/timeline.mlt"
open(path, "w").write(xml)
subprocess.run(
    ["melt", path, "-silent", "-consumer", f"avformat:{output}", "vcodec=libx264", "preset=veryfast", "crf=20",
     "pix_fmt=yuv420p", "acodec=aac", "ab=192k", "real_time=-1"],
    check=True, stderr=subprocess.DEVNULL,
)

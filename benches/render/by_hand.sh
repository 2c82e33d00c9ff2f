#!/bin/sh
# The demo's timeline as one ffmpeg command, as somebody who knows ffmpeg well would write it.
#
#   by_hand.sh MEDIA FONTS WORK OUTPUT
set -eu
media=$1 fonts=$2 work=$3 out=$4
cd "$work"
bold=$fonts/NotoSans-Bold.ttf
box="fontfile=$bold:fontsize=44:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=18:expansion=none"
light="fontfile=$bold:fontsize=44:fontcolor=black:box=1:boxcolor=white@0.85:boxborderw=18:expansion=none"
on() { printf "enable='gte(t,%s)*lt(t,%s)'" "$1" "$2"; }
cat > hand.txt <<END
[0:v]fps=30,setsar=1,format=yuv420p[main];
[1:v]scale=1080:1920:force_original_aspect_ratio=increase,crop=1080:1920,fps=30,setsar=1,format=yuv420p,setpts=PTS-STARTPTS+13.8/TB[b1];
[2:v]scale=1080:1920:force_original_aspect_ratio=increase,crop=1080:1920,fps=30,setsar=1,format=yuv420p,setpts=PTS-STARTPTS+27/TB[b2];
[main][b1]overlay=eof_action=pass:$(on 13.8 18.5)[o1];
[o1][b2]overlay=eof_action=pass:$(on 27 32)[o2];
[o2]drawtext=textfile=thesis0.txt:$box:x=(w-tw)/2:y=300:$(on 2.9 5.9),drawtext=textfile=thesis1.txt:$box:x=140:y=300:$(on 9 12),drawtext=textfile=thesis2.txt:$box:x=w-tw-140:y=300:$(on 14 17),drawtext=textfile=thesis3.txt:$box:x=(w-tw)/2:y=300:$(on 24 27),drawtext=textfile=thesis4.txt:$light:x=(w-tw)/2:y=300:$(on 32.5 35.5),drawtext=textfile=thesis5.txt:$box:x=140:y=300:$(on 37.8 40.8),subtitles=f=cues.srt:fontsdir=$fonts:force_style='Fontname=Noto Sans,Bold=1,Fontsize=8,Outline=1,MarginV=72'[v];
[0:a]aresample=48000,atrim=end=48[speech];
[3:a]aresample=48000,atrim=end=48,volume=0.35,afade=t=in:d=1,afade=t=out:st=45:d=3[music];
[speech][music]amix=inputs=2:normalize=0,alimiter=limit=0.97:level=0[a]
END
exec ffmpeg -v error -nostdin -y -t 48 -i "$media/talk.mp4" -t 4.7 -i "$media/reel.mp4" -t 5 -i "$media/waves.mp4" \
    -stream_loop -1 -i "$media/music.mp3" -filter_complex_script hand.txt -map '[v]' -map '[a]' -t 48 \
    -c:v libx264 -preset veryfast -crf 20 -profile:v high -pix_fmt yuv420p -r 30 -c:a aac -b:a 192k -movflags +faststart "$out"

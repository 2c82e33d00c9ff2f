#!/bin/sh
# Makes the media of the examples with ffmpeg's own sources, in examples/media; what is there already is kept.
#
#   examples/media.sh          for all examples
#   examples/media.sh demo     for the demo alone
set -eu
cd "$(dirname "$0")"
mkdir -p media
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run() { ffmpeg -nostdin -hide_banner -loglevel error -y "$@"; }

# make NAME OPTION...: makes media/NAME unless it is there; never leaves half a file under that name.
make() {
    name=$1
    shift
    if [ -s "media/$name" ]; then return; fi
    echo "making examples/media/$name" >&2
    run "$@" "$work/$name"
    mv "$work/$name" "media/$name"
}

# What the presenter says, and when: start and length in seconds.
lines() {
    cat <<'END'
0.60 1.73 Hello, and welcome.
2.90 3.47 Today I will show you how a video is made from a call sheet.
6.95 2.88 First, you write down what you want to film.
10.41 2.83 Scenes, clips, and the words on the screen.
13.81 2.79 Then your rules decide what each part becomes.
17.18 2.25 A key phrase becomes a title.
20.01 2.71 A line of speech becomes a subtitle.
23.30 3.03 You change a rule, and the video changes with it.
26.91 2.22 Nothing has to be compiled again.
29.71 3.56 The plan tells you which rule did what, and on which line.
33.85 3.36 And everything is checked before a single frame is rendered.
37.79 3.30 One pass, one encode, and the result is measured.
41.67 2.63 So write your call sheet, and let it roll.
44.88 2.17 Try it yourself. See you soon.
END
}

# The voice: ffmpeg's speech synthesizer, or a hum of the same rhythm where the build has none.
voice() {
    set --
    mix=
    number=0
    speaks=$(ffmpeg -hide_banner -filters 2>/dev/null | grep -c ' flite ' || true)
    lines > "$work/lines"
    while read -r start length text; do
        if [ "$speaks" -gt 0 ]; then
            printf '%s' "$text" > "$work/line$number.txt"
            set -- "$@" -f lavfi -i "flite=textfile=$work/line$number.txt:voice=slt"
        else
            hum='0.25*sin(2*PI*170*t)*(0.5+0.5*sin(2*PI*4*t))+0.1*sin(2*PI*510*t)*(0.5+0.5*sin(2*PI*4*t))'
            set -- "$@" -f lavfi -i "aevalsrc=$hum:d=$length"
        fi
        printf '[%d]aresample=48000,adelay=%s[l%d];' "$number" "$(echo "$start" | awk '{ print int($1 * 1000) }')" "$number" \
            >> "$work/voice.graph"
        mix="$mix[l$number]"
        number=$((number + 1))
    done < "$work/lines"
    printf '%samix=inputs=%d:normalize=0,volume=1.6,highpass=f=70,apad=whole_dur=49,atrim=end=49[a]' "$mix" "$number" \
        >> "$work/voice.graph"
    run "$@" -filter_complex_script "$work/voice.graph" -map '[a]' "$work/voice.wav"
}

talk() {
    if [ -s media/talk.mp4 ]; then return; fi
    echo "making examples/media/talk.mp4: the presenter, 49 s" >&2
    voice
    run -i "$work/voice.wav" \
        -af "asetnsamples=n=3200:p=0,astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=$work/level.txt" \
        -f null -
    awk -v duration=49 -f presenter.awk "$work/level.txt" > "$work/presenter.ass"
    # Keyframes at uneven places, as a camera sets them.
    (cd "$work" && run -f lavfi \
        -i "gradients=s=136x240:r=30:d=49:c0=0x24365a:c1=0x7d4f7a:c2=0xe08a6a:n=3:x0=0:y0=0:x1=136:y1=240:speed=0.004:seed=7" \
        -i voice.wav -vf "scale=1080:1920:flags=bicubic,setsar=1,format=yuv420p,ass=presenter.ass" \
        -c:v libx264 -preset veryfast -crf 21 -g 60 -force_key_frames "expr:gte(t,n_forced*1.3+0.6*sin(n_forced))" \
        -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv \
        -c:a aac -b:a 160k -ac 2 -shortest talk.mp4)
    mv "$work/talk.mp4" media/talk.mp4
}

talk
# A landscape clip at 25 frames a second, with sound.
make reel.mp4 -f lavfi -i "mandelbrot=s=640x360:r=25:maxiter=60:start_x=-0.7436439:start_y=0.1318259:start_scale=0.02:end_scale=0.012:end_pts=200" \
    -f lavfi -i "sine=f=330:r=44100,tremolo=f=3:d=0.7,volume=0.3" -t 6 -vf "gblur=3,scale=1280:720,setsar=1,hue=h=150:s=0.35" \
    -c:v libx264 -preset veryfast -crf 24 -pix_fmt yuv420p -c:a aac
# A clip whose rate varies, of another size, without sound.
make waves.mp4 -f lavfi -i "gradients=s=960x1280:r=60:d=7:c0=0x0d3b66:c1=0x2ec4b6:c2=0xfdf0d5:c3=0xee964b:n=4:speed=0.006:seed=11" \
    -vf "select='not(mod(n,2))+gt(random(3),0.7)'" -fps_mode vfr -t 6 -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p
# Twenty seconds of soft chords: shorter than the demo, so that they begin again.
make music.mp3 -f lavfi -i "aevalsrc='0.10*(sin(2*PI*t*if(lt(mod(t,10),5),220,196))+sin(2*PI*t*if(lt(mod(t,10),5),277.18,246.94))+sin(2*PI*t*if(lt(mod(t,10),5),329.63,293.66)))*(0.55+0.45*cos(2*PI*t/5+PI))':d=20:s=44100" \
    -af "lowpass=f=1400,aecho=0.8:0.6:60|120:0.3|0.2" -c:a libmp3lame -b:a 128k
if [ "${1:-all}" = demo ]; then exit 0; fi

make photo1.jpg -f lavfi -i "gradients=s=1600x1200:c0=0x0b132b:c1=0x3a506b:c2=0x5bc0be:c3=0xf4d58d:n=4:x0=0:y0=0:x1=0:y1=1200:seed=1" -frames:v 1 -q:v 2
make photo2.jpg -f lavfi -i "mandelbrot=s=800x600:maxiter=90:start_x=-1.25066:start_y=0.02012:start_scale=0.004,gblur=2,scale=1600:1200,hue=h=90:s=0.4" -frames:v 1 -q:v 2
make photo3.jpg -f lavfi -i "sierpinski=s=1600x1200:type=triangle:seed=5,lutrgb=r=val*0.9+20:g=val*0.5+30:b=val*0.3+60" -frames:v 1 -q:v 2
make photo4.jpg -f lavfi -i "gradients=s=1200x1600:c0=0xff9f1c:c1=0xe71d36:c2=0x2ec4b6:c3=0x011627:n=4:type=radial:seed=9" -frames:v 1 -q:v 2
make photo5.jpg -f lavfi -i "mandelbrot=s=800x600:maxiter=90:start_x=-0.745:start_y=0.113:start_scale=0.01,gblur=2,scale=1600:1200,hue=h=200:s=0.4" -frames:v 1 -q:v 2
make logo.png -f lavfi -i "color=c=black@0:s=400x160,format=rgba,geq=r='255':g='204-60*X/400':b='0':a='255*lte(hypot(max(abs(X-200)-120,0),Y-80),70)*gte(hypot(max(abs(X-200)-120,0),Y-80),50)+255*between(X,120,280)*between(Y,72,88)'" -frames:v 1

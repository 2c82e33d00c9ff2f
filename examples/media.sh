#!/bin/sh
# Makes the media of the examples with ffmpeg's own sources, in examples/media; what is there already is kept.
#
#   examples/media.sh                       for all examples
#   examples/media.sh demo                  for the demo alone
#   MEDIA=DIR SMALL=1 examples/media.sh     elsewhere, and of a quarter of the size: for a quick try
set -eu
cd "$(dirname "$0")"
media=${MEDIA:-media}
mkdir -p "$media"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${SMALL:-}" ]; then
    upright=270x480 backdrop=34x60 wide=320x180 wide_whole=320x240 tall=240x320 tall_whole=426x320
else
    upright=1080x1920 backdrop=136x240 wide=1280x720 wide_whole=1280x960 tall=960x1280 tall_whole=1706x1280
fi

run() { ffmpeg -nostdin -hide_banner -loglevel error -y "$@"; }

# make NAME OPTION...: makes NAME in the folder of the media unless it is there; never leaves half a file under that name.
make() {
    name=$1
    shift
    if [ -s "$media/$name" ]; then return; fi
    echo "making $name" >&2
    run "$@" "$work/$name"
    mv "$work/$name" "$media/$name"
}

# What is said, and when: start and length in seconds.
talk_lines() {
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

host_lines() {
    cat <<'END'
0.40 2.55 You shoot on film again. Why is that?
4.40 1.66 And what does it teach you?
END
}

guest_lines() {
    cat <<'END'
0.30 4.01 Because a roll has thirty six frames, and no more.
4.70 2.23 So you look, before you press.
8.30 2.52 To wait. The light always comes back.
END
}

describer_lines() {
    cat <<'END'
0.30 5.47 A woman in a navy jacket and a bearded man with glasses. Each sits in front of a round lamp.
END
}

# voice NAME VOICE DURATION PITCH: the lines of NAME, spoken by ffmpeg's speech synthesizer; where the build has none, a hum
# of the same rhythm.
voice() {
    name=$1 who=$2 duration=$3 pitch=$4
    set --
    mix=
    number=0
    speaks=$(ffmpeg -hide_banner -filters 2>/dev/null | grep -c ' flite ' || true)
    "${name}_lines" > "$work/lines"
    : > "$work/voice.graph"
    while read -r start length text; do
        if [ "$speaks" -gt 0 ]; then
            printf '%s' "$text" > "$work/line$number.txt"
            set -- "$@" -f lavfi -i "flite=textfile=$work/line$number.txt:voice=$who"
        else
            hum="0.25*sin(2*PI*$pitch*t)*(0.5+0.5*sin(2*PI*4*t))+0.1*sin(6*PI*$pitch*t)*(0.5+0.5*sin(2*PI*4*t))"
            set -- "$@" -f lavfi -i "aevalsrc=$hum:d=$length"
        fi
        printf '[%d]aresample=48000,adelay=%s[l%d];' "$number" "$(echo "$start" | awk '{ print int($1 * 1000) }')" "$number" \
            >> "$work/voice.graph"
        mix="$mix[l$number]"
        number=$((number + 1))
    done < "$work/lines"
    printf '%samix=inputs=%d:normalize=0,volume=1.6,highpass=f=70,apad=whole_dur=%d,atrim=end=%d[a]' "$mix" "$number" \
        "$duration" "$duration" >> "$work/voice.graph"
    run "$@" -filter_complex_script "$work/voice.graph" -map '[a]' "$work/voice.wav"
}

# speaker NAME VOICE DURATION GUEST COLOUR COLOUR COLOUR: NAME.mp4, somebody who says the lines of NAME.
speaker() {
    if [ -s "$media/$1.mp4" ]; then return; fi
    echo "making $1.mp4: somebody who speaks for $3 s" >&2
    voice "$1" "$2" "$3" 170
    run -i "$work/voice.wav" \
        -af "asetnsamples=n=3200:p=0,astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=$work/level.txt" \
        -f null -
    awk -v duration="$3" -v guest="$4" -f presenter.awk "$work/level.txt" > "$work/presenter.ass"
    set -- "$1" "$3" "gradients=s=$backdrop:r=30:d=$3:c0=0x$5:c1=0x$6:c2=0x$7:n=3:x0=0:y0=0:x1=${backdrop%x*}:y1=${backdrop#*x}:speed=0.004:seed=7"
    # Keyframes at uneven places, as a camera sets them.
    (cd "$work" && run -f lavfi -i "$3" \
        -i voice.wav -vf "scale=$upright:flags=bicubic,setsar=1,format=yuv420p,ass=presenter.ass" \
        -c:v libx264 -preset veryfast -crf 21 -g 60 -force_key_frames "expr:gte(t,n_forced*1.3+0.6*sin(n_forced))" \
        -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv \
        -c:a aac -b:a 160k -ac 2 -shortest "$1.mp4")
    mv "$work/$1.mp4" "$media/$1.mp4"
}

# landscape SCENE DURATION TOP MIDDLE BOTTOM: draws SCENE.ass, and says in $sky what stands behind it.
landscape() {
    awk -v scene="$1" -v duration="$2" -f scenery.awk > "$work/$1.ass"
    sky="gradients=r=@RATE@:s=@SIZE@:d=$2:c0=0x$3:c1=0x$4:c2=0x$5:n=3:x0=0:y0=0:x1=0:y1=@DOWN@:speed=0.00001"
}

# behind SIZE RATE: the sky of the landscape, as large as it is seen.
behind() { echo "$sky" | sed "s/@SIZE@/$1/; s/@RATE@/$2/; s/@DOWN@/$((${1#*x} * 3 / 4))/"; }

# photo NAME SCENE TOP MIDDLE BOTTOM CROP
photo() {
    landscape "$2" 1 "$3" "$4" "$5"
    make "$1" -f lavfi -i "$(behind 1600x1200 25)" -vf "ass=$work/$2.ass$6" -frames:v 1 -q:v 2
}

speaker talk slt 49 0 24365a 7d4f7a e08a6a
# A landscape clip at 25 frames a second, with sound.
landscape city 6 1a1440 5a2f7a c0587f
make reel.mp4 -f lavfi -i "$(behind $wide_whole 25)" -f lavfi -i "sine=f=330:r=44100,tremolo=f=3:d=0.7,volume=0.3" -t 6 \
    -vf "ass=$work/city.ass,crop=iw:iw*9/16:0:ih/8,scale=$wide,setsar=1" -c:v libx264 -preset veryfast -crf 22 -pix_fmt yuv420p -c:a aac
# A clip whose rate varies, of another size, without sound.
landscape bay 7 2b2350 c9607a ffb37a
make waves.mp4 -f lavfi -i "$(behind $tall_whole 60)" \
    -vf "ass=$work/bay.ass,crop=ih*3/4:ih,scale=$tall,setsar=1,select='not(mod(n,2))+gt(random(3),0.7)'" -fps_mode vfr -t 6 \
    -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p
# Twenty seconds of soft chords: shorter than the demo, so that they begin again.
make music.mp3 -f lavfi -i "aevalsrc='0.10*(sin(2*PI*t*if(lt(mod(t,10),5),220,196))+sin(2*PI*t*if(lt(mod(t,10),5),277.18,246.94))+sin(2*PI*t*if(lt(mod(t,10),5),329.63,293.66)))*(0.55+0.45*cos(2*PI*t/5+PI))':d=20:s=44100" \
    -af "lowpass=f=1400,aecho=0.8:0.6:60|120:0.3|0.2" -c:a libmp3lame -b:a 128k
if [ "${1:-all}" = demo ]; then exit 0; fi

speaker host slt 7 0 16324a 2f6a78 d9b38c
speaker guest rms 12 1 1b3a3a 4a7a63 d8c08a
if [ ! -s "$media/description.mp3" ]; then
    voice describer kal16 6 120
    make description.mp3 -i "$work/voice.wav" -c:a libmp3lame -b:a 128k
fi
photo photo1.jpg bay 2b2350 c9607a ffb37a ""
photo photo2.jpg forest cfe6e0 eef6e4 fdf3cf ""
photo photo3.jpg city 1a1440 5a2f7a c0587f ""
photo photo4.jpg dunes f6b27a fbd9a0 fff0cf ",crop=900:1200:0:0,scale=1200:1600"
photo photo5.jpg lake 9cc4e4 d6e8f4 f8ece0 ""
# A clapperboard, with nothing around it.
cat > "$work/logo.ass" <<'END'
[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 280

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, BackColour, BorderStyle, Outline, Shadow
Style: S,Sans,20,&H00FFFFFF,&H00000000,1,0,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.00,0:00:02.00,S,,0,0,0,,{\an7\pos(0,0)\p1\1c&H3FD2FF&}m 44 100 l 276 100 b 292 100 300 108 300 124 l 300 236 b 300 252 292 260 276 260 l 44 260 b 28 260 20 252 20 236 l 20 124 b 20 108 28 100 44 100
Dialogue: 1,0:00:00.00,0:00:02.00,S,,0,0,0,,{\an7\pos(0,0)\p1\1c&H30131B&}m 130 136 l 214 180 l 130 224
Dialogue: 0,0:00:00.00,0:00:02.00,S,,0,0,0,,{\an7\pos(0,0)\org(30,96)\frz9\p1\1c&HFFFFFF&}m 20 44 l 300 44 l 300 92 l 20 92
Dialogue: 1,0:00:00.00,0:00:02.00,S,,0,0,0,,{\an7\pos(0,0)\org(30,96)\frz9\p1\1c&H30131B&}m 64 44 l 104 44 l 76 92 l 36 92 m 144 44 l 184 44 l 156 92 l 116 92 m 224 44 l 264 44 l 236 92 l 196 92
END
make logo.png -f lavfi -i "color=c=black@0:s=320x280:d=1,format=rgba,ass=$work/logo.ass:alpha=1" -frames:v 1

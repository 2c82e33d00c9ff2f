#!/bin/sh
# Makes docs/demo.png, the first picture of the README: a plan as it stands in the terminal, beside a frame that it makes; and
# docs/examples.png, a frame of each example.
# Needs chromium, and the media of the examples (examples/media.sh).
#
#   docs/picture.sh [CALLSHEET]
set -eu
cd "$(dirname "$0")/.."
callsheet=${1:-target/release/callsheet}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

clip=examples/social
"$callsheet" preview $clip/scenario.json --rules $clip/social.rules --at 4.5 --quiet -o "$work/frame.png" >/dev/null

escaped() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }
{
    cat <<'END'
<!doctype html><meta charset="utf-8">
<style>
  * { box-sizing: border-box; margin: 0 }
  body { width: 1680px; height: 800px; background: linear-gradient(135deg, #efe9ff, #ffe9d9); padding: 44px; display: flex; gap: 36px;
         align-items: center; font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace }
  .screen { flex: 1; min-width: 0; height: 712px; background: #16152b; color: #d7d5ea; border-radius: 18px; overflow: hidden;
            box-shadow: 0 24px 60px #2a1f4e55; display: flex; flex-direction: column }
  .bar { height: 40px; background: #232142; display: flex; align-items: center; gap: 9px; padding-left: 18px; flex: none }
  .bar i { width: 13px; height: 13px; border-radius: 50%; background: #ff6259 } .bar i+i { background: #ffbe2f } .bar i+i+i { background: #2ac941 }
  pre { font: inherit; font-size: 13.1px; line-height: 1.44; padding: 14px 20px 0; white-space: pre }
  b { color: #8be9c0; font-weight: 600 } u { text-decoration: none; color: #ffd23f } s { text-decoration: none; color: #8d8ab3 }
  em { font-style: normal; color: #7ee8ff }
  img { height: 712px; border-radius: 18px; box-shadow: 0 24px 60px #2a1f4e55; flex: none }
</style>
<div class="screen"><div class="bar"><i></i><i></i><i></i></div>
END
    # What is this set's own is yellow, as it is in the picture.
    printf '<pre><s>$</s> <b>cat social.rules</b>\n'
    sed -n '/^style card/,/^setting overlay_style/p; /^rule quick_end/,/^}/p' $clip/social.rules | escaped |
        sed -E 's/^( *)(style|setting|rule|for|make)\b/\1<em>\2<\/em>/; s/(#ffd23f|card)/<u>\1<\/u>/; s/^(.*rule)/\n\1/'
    printf '\n<s>$</s> <b>callsheet plan scenario.json --rules social.rules</b>\n'
    "$callsheet" plan $clip/scenario.json --no-probe --rules $clip/social.rules | sed "s:$clip/::" | escaped |
        sed -E 's/^(#.*)$/<s>\1<\/s>/; s/( card )/<u>\1<\/u>/; s/([^ ]+ +social\.rules:[0-9]+)$/<u>\1<\/u>/'
    printf '</pre></div>\n'
    printf '<img src="frame.png">\n'
} > "$work/picture.html"

chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1.5 --window-size=1680,800 \
    --screenshot="$work/picture.png" "file://$work/picture.html" >/dev/null 2>&1
# small NAME FILTER INPUT...: a few hundred colours are enough for a picture, and a third of the bytes.
small() {
    name=$1 filter=$2
    shift 2
    ffmpeg -nostdin -v error -y "$@" -filter_complex \
        "$filter,split[a][b];[a]palettegen=max_colors=256:stats_mode=single[p];[b][p]paletteuse=dither=sierra2_4a" \
        -frames:v 1 "$work/small.png"
    mv "$work/small.png" "docs/$name"
    echo "docs/$name: $(wc -c < "docs/$name") bytes"
}
small demo.png "[0]null" -i "$work/picture.png"

# One frame of each example, side by side.
set --
filter= row= number=0
for shown in demo:brand:10.5 slideshow:slideshow:7.5 interview:interview:5 social:social:4.5 accessible:accessible:7.5; do
    name=${shown%%:*} at=${shown##*:} rules=${shown#*:}
    "$callsheet" preview "examples/$name/scenario.json" --rules "examples/$name/${rules%:*}.rules" --at "$at" --quiet \
        -o "$work/$name.png" >/dev/null
    set -- "$@" -i "$work/$name.png"
    filter="$filter[$number]scale=-2:640,pad=iw+24:ih+24:12:12:white[f$number];"
    row="$row[f$number]"
    number=$((number + 1))
done
small examples.png "$filter${row}hstack=inputs=$number" "$@"

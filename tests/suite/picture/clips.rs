//! Clips with known colours at known places.

use crate::media::Clip;

/// Ten frames, each of another grey.
pub(super) const COUNTED: Clip = Clip {
    name: "counted.mp4",
    arguments: "-f lavfi -i color=black:s=60x60:r=30:d=0.33333,geq=lum=16+20*N:cb=128:cr=128 -c:v libx264 -preset medium -qp 0",
};

/// Three seconds: a third red, a third green, a third blue, from left to right, 324 by 180.
pub(super) const THIRDS: Clip = Clip {
    name: "thirds.mp4",
    arguments: "-f lavfi -i color=0xff0000:s=108x180:r=30:d=3 -f lavfi -i color=0x00ff00:s=108x180:r=30:d=3 \
                -f lavfi -i color=0x0000ff:s=108x180:r=30:d=3 -filter_complex \
                [0][1][2]hstack=3,scale=out_color_matrix=bt709:flags=neighbor,format=yuv420p -colorspace bt709 \
                -color_primaries bt709 -color_trc bt709 -color_range tv -c:v libx264 -preset ultrafast -qp 0",
};

/// The same as a photo.
pub(super) const THIRDS_PHOTO: Clip = Clip {
    name: "thirds-photo.png",
    arguments: "-f lavfi -i color=0xff0000:s=108x180 -f lavfi -i color=0x00ff00:s=108x180 \
                -f lavfi -i color=0x0000ff:s=108x180 -filter_complex [0][1][2]hstack=3,format=rgb24 -frames:v 1",
};

/// The same, turned a quarter clockwise by a word in its tags alone: red is then on top.
pub(super) const TAGGED: Clip = Clip {
    name: "tagged.mkv",
    arguments: "-f lavfi -i color=0xff0000:s=108x180:r=30:d=1 -f lavfi -i color=0x00ff00:s=108x180:r=30:d=1 \
                -f lavfi -i color=0x0000ff:s=108x180:r=30:d=1 -filter_complex \
                [0][1][2]hstack=3,scale=out_color_matrix=bt709:flags=neighbor,format=yuv420p -colorspace bt709 \
                -c:v libx264 -preset ultrafast -qp 0 -metadata:s:v ROTATE=90",
};

/// White, 160 by 90 pixels that are half as wide as high: shown as 80 by 90.
pub(super) const NARROW: Clip = Clip {
    name: "narrow.mp4",
    arguments: "-f lavfi -i color=white:s=160x90:r=30:d=1,setsar=1/2 -c:v libx264 -preset ultrafast -qp 0",
};

/// White of an odd size, in the pixels of a photo.
pub(super) const ODD: Clip = Clip {
    name: "odd.mkv",
    arguments: "-f lavfi -i color=white:s=81x91:r=30:d=1,format=yuv444p -c:v libx264 -preset ultrafast -qp 0",
};

/// White: a third transparent, a third half so, a third opaque, from left to right. The tallest shape of each is the canvas'.
const SEE_THROUGH: &str =
    "color=white:s=120x214:r=30:d=2,format=rgba,geq=r=255:g=255:b=255:a='if(lt(X,40),0,if(lt(X,80),128,255))'";

/// It as a video of two kinds, and as a photo.
pub(super) const ALPHA_WEBM: Clip = Clip {
    name: "alpha-vp9.webm",
    arguments: "-f lavfi -i color=white:s=120x214:r=30:d=2,format=rgba,geq=r=255:g=255:b=255:a='if(lt(X,40),0,if(lt(X,80),128,255))' \
                -c:v libvpx-vp9 -pix_fmt yuva420p -deadline realtime -cpu-used 8 -b:v 0 -crf 4 -auto-alt-ref 0",
};
pub(super) const ALPHA_MOV: Clip = Clip {
    name: "alpha-qtrle.mov",
    arguments: "-f lavfi -i color=white:s=120x214:r=30:d=2,format=rgba,geq=r=255:g=255:b=255:a='if(lt(X,40),0,if(lt(X,80),128,255))' \
                -c:v qtrle -pix_fmt argb",
};
pub(super) const ALPHA_PNG: Clip = Clip {
    name: "alpha-photo.png",
    arguments: "-f lavfi -i color=white:s=120x214,format=rgba,geq=r=255:g=255:b=255:a='if(lt(X,40),0,if(lt(X,80),128,255))' \
                -frames:v 1",
};

/// One second at 25 frames a second; frame n is grey of level 40 + 6n, and never black. Its sound is a tone of 440 Hz.
pub(super) const SHORT: Clip = Clip {
    name: "short.mp4",
    arguments: "-f lavfi -i color=black:s=120x214:r=25:d=1,geq=lum=40+6*N:cb=128:cr=128 -f lavfi -i sine=440:d=1:r=48000 \
                -c:v libx264 -preset ultrafast -qp 0 -g 7 -c:a aac -b:a 128k",
};

/// Three seconds of sound at 440 Hz under a grey picture of 24 frames a second.
pub(super) const TONE: Clip = Clip {
    name: "tone.mp4",
    arguments: "-f lavfi -i color=gray:s=96x64:r=24:d=3 -f lavfi -i sine=440:d=3:r=44100 \
                -c:v libx264 -preset ultrafast -qp 0 -c:a aac -b:a 128k",
};

/// A photo twice as large as the canvas: white up to three tenths of its width, black beyond, and soft between them as
/// photos are.
pub(super) const EDGE: Clip = Clip {
    name: "edge.png",
    arguments: "-f lavfi -i nullsrc=s=240x428,format=gray,geq=lum='255*clip((75-X)/6,0,1)' -frames:v 1 -pix_fmt rgb24",
};

/// The same, lying: white above, black below.
pub(super) const LEVEL: Clip = Clip {
    name: "level.png",
    arguments: "-f lavfi -i nullsrc=s=240x428,format=gray,geq=lum='255*clip((131.4-Y)/6,0,1)' -frames:v 1 -pix_fmt rgb24",
};

/// A song with a cover, and a video with one.
pub(super) const SONG: Clip = Clip {
    name: "song-with-cover.mp3",
    arguments: "-f lavfi -i sine=330:d=2:r=44100 -f lavfi -i color=lime:s=64x64:d=0.04 -map 0 -map 1 -c:a libmp3lame \
                -c:v mjpeg -frames:v 1 -disposition:v attached_pic",
};
pub(super) const COVERED: Clip = Clip {
    name: "video-with-cover.mp4",
    arguments: "-f lavfi -i color=lime:s=64x64:d=0.04 -f lavfi -i color=blue:s=90x160:r=30:d=1 -map 0 -map 1 -c:v:0 mjpeg \
                -c:v:1 libx264 -preset:v:1 ultrafast -disposition:v:0 attached_pic",
};

#[test]
fn the_alpha_clips_are_of_one_picture() {
    for clip in [&ALPHA_WEBM, &ALPHA_MOV] {
        assert!(clip.arguments.contains(SEE_THROUGH), "{}", clip.name);
    }
}

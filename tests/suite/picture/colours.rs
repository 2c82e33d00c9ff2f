//! Colours come out as they went in, whatever matrix, range or light they were stored with.

use std::process::Command;

use serde_json::{Value, json};

use super::{assert_near, canvas, judged, rendered, seen};
use crate::media::Clip;
use callsheet::render::Way;

/// 0xC86432 in four kinds of storage. Large ones are taken for BT.709 where nothing is said, small ones for BT.601.
const SD: Clip = Clip {
    name: "colour-601.mp4",
    arguments: "-f lavfi -i color=0xC86432:s=180x320:r=30:d=0.2,scale=out_color_matrix=bt601:out_range=tv,format=yuv444p \
                -c:v libx264 -preset ultrafast -qp 0 -colorspace smpte170m -color_range tv",
};
const HD: Clip = Clip {
    name: "colour-709.mp4",
    arguments: "-f lavfi -i color=0xC86432:s=180x320:r=30:d=0.2,scale=out_color_matrix=bt709:out_range=tv,format=yuv444p \
                -c:v libx264 -preset ultrafast -qp 0 -colorspace bt709 -color_range tv",
};
const FULL: Clip = Clip {
    name: "colour-full.mp4",
    arguments: "-f lavfi -i color=0xC86432:s=180x320:r=30:d=0.2,scale=out_color_matrix=bt709:out_range=pc,format=yuv444p \
                -c:v libx264 -preset ultrafast -qp 0 -colorspace bt709 -color_range pc",
};
const UNSAID: Clip = Clip {
    name: "colour-unsaid.mp4",
    arguments: "-f lavfi -i color=0xC86432:s=180x320:r=30:d=0.2,scale=out_color_matrix=bt601:out_range=tv,format=yuv444p \
                -c:v libx264 -preset ultrafast -qp 0",
};
const UNSAID_HD: Clip = Clip {
    name: "colour-unsaid-hd.mp4",
    arguments: "-f lavfi -i color=0xC86432:s=720x1280:r=30:d=0.2,scale=out_color_matrix=bt709:out_range=tv,format=yuv444p \
                -c:v libx264 -preset ultrafast -qp 0",
};
const PHOTO_JPG: Clip = Clip {
    name: "colour-photo.jpg",
    arguments: "-f lavfi -i color=0xC86432:s=180x320 -vf scale=out_color_matrix=bt601:out_range=pc,format=yuvj444p -q:v 1 -frames:v 1",
};
const PHOTO_PNG: Clip =
    Clip { name: "colour-photo2.png", arguments: "-f lavfi -i color=0xC86432:s=180x320 -vf format=rgb24 -frames:v 1" };

fn one(clip: &Clip) -> [Value; 2] {
    let trim = json!({ "type": "trim", "inputs": [clip.id()], "params": { "start_time": 0, "end_time": 0.2 } });
    [trim, canvas(&json!({}))]
}

fn middle(clip: &Clip) -> [u8; 3] {
    let (plan, _) = judged(&one(clip), &[clip]).unwrap();
    seen(&rendered(clip.id(), &plan, Way::Whole))[2].middle()
}

#[test]
fn a_colour_stays_what_it_is_however_it_was_stored() {
    for clip in [&SD, &HD, &FULL, &UNSAID, &UNSAID_HD, &PHOTO_JPG, &PHOTO_PNG] {
        assert_near(middle(clip), [0xC8, 0x64, 0x32], 2, clip.name);
    }
}

#[test]
fn the_output_says_which_colours_it_has() {
    let (plan, _) = judged(&one(&FULL), &[&FULL]).unwrap();
    for (name, way) in [("tags-whole", Way::Whole), ("tags-spans", Way::Spans(None))] {
        let video = rendered(name, &plan, way);
        let entries = "stream=pix_fmt,color_range,color_space,color_transfer,color_primaries,sample_aspect_ratio";
        let output = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", "v", "-of", "default=nw=1:nk=1", "-show_entries", entries])
            .arg(&video)
            .output()
            .unwrap();
        let mut words: Vec<_> = std::str::from_utf8(&output.stdout).unwrap().split_whitespace().collect();
        words.sort_unstable();
        assert_eq!(words, ["1:1", "bt709", "bt709", "bt709", "tv", "yuv420p"], "{name}");
    }
}

/// The signal of PQ for so many cd/m² (SMPTE ST 2084).
fn pq(nits: f64) -> f64 {
    let light = (nits / 10_000.0).powf(0.159_301_757_812_5);
    ((0.835_937_5 + 18.851_562_5 * light) / (1.0 + 18.687_5 * light)).powf(78.843_75)
}

/// The 8-bit value that a screen shows as light of 0 to 1 (ITU-R BT.1886).
fn sdr(light: f64) -> u8 {
    (light.powf(1.0 / 2.4) * 255.0).round() as u8
}

/// What light above three tenths of white becomes: Möbius' curve that is straight up to there and ends at 1000 cd/m².
fn pressed(light: f64) -> f64 {
    let (knee, peak) = (0.3, 1000.0 / 203.0);
    if light <= knee {
        return light;
    }
    let a = -knee * knee * (peak - 1.0) / (knee * knee - 2.0 * knee + peak);
    let b = (knee * knee - 2.0 * knee * peak + peak) / (peak - 1.0);
    (b * b + 2.0 * b * knee + knee * knee) / (b - a) * (light + a) / (light + b)
}

/// A clip in BT.2020 of one colour: light in cd/m² for red, green and blue, or a signal for all in HLG.
fn hdr(name: &'static str, transfer: &str, signals: [f64; 3]) -> Clip {
    let [red, green, blue] = signals;
    let luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue;
    let (first, second) = ((blue - luma) / 1.8814, (red - luma) / 1.4746);
    let (y, u, v) = (64.0 + 876.0 * luma, 512.0 + 896.0 * first, 512.0 + 896.0 * second);
    let tags =
        format!("colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:range=limited:lossless=1:log-level=error");
    let arguments = format!(
        "-f lavfi -i nullsrc=s=180x320:r=30:d=0.2,format=yuv420p10le,geq=lum={y:.0}:cb={u:.0}:cr={v:.0} -c:v libx265 -preset ultrafast \
         -x265-params {tags} -color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc -color_range tv"
    );
    Clip { name, arguments: Box::leak(arguments.into_boxed_str()) }
}

#[test]
fn hdr_is_tone_mapped_to_what_a_standard_screen_shows() {
    let grey = |nits: f64| [pq(nits); 3];
    // A pure red of BT.709, in the primaries of BT.2020.
    let red = [0.6274, 0.0691, 0.0164].map(|part| pq(part * 50.0));
    let level = |light: f64| [sdr(pressed(light)); 3];
    for (clip, wanted) in [
        (hdr("pq-dark.mp4", "smpte2084", grey(50.0)), level(50.0 / 203.0)),
        (hdr("pq-white.mp4", "smpte2084", grey(203.0)), level(1.0)),
        (hdr("pq-bright.mp4", "smpte2084", grey(1000.0)), level(1000.0 / 203.0)),
        (hdr("pq-red.mp4", "smpte2084", red), [sdr(50.0 / 203.0), 0, 0]),
        // Three quarters of HLG's signal are 203 cd/m² on a display of 1000.
        (hdr("hlg-white.mp4", "arib-std-b67", [0.75; 3]), level(1.0)),
    ] {
        assert_near(middle(&clip), wanted, 5, clip.name);
        let (_, found) = judged(&one(&clip), &[&clip]).unwrap();
        let told: Vec<_> = found.iter().map(|finding| (finding.code.as_str(), finding.pointer.as_deref())).collect();
        assert_eq!(told, [("W0342", Some(format!("/assets/{}", clip.id()).as_str()))]);
    }
}

#[test]
fn the_wide_colours_of_a_standard_video_become_those_of_the_output() {
    let [red, green, blue] = [200.0, 100.0, 50.0].map(|part: f64| (part / 255.0).powf(2.4));
    let wide = [
        0.6274 * red + 0.3293 * green + 0.0433 * blue,
        0.0691 * red + 0.9195 * green + 0.0114 * blue,
        0.0164 * red + 0.0880 * green + 0.8956 * blue,
    ];
    let clip = hdr("wide-sdr.mp4", "bt709", wide.map(|light| light.powf(1.0 / 2.4)));
    assert_near(middle(&clip), [200, 100, 50], 3, clip.name);
    assert_eq!(judged(&one(&clip), &[&clip]).unwrap().1.iter().count(), 0);
}

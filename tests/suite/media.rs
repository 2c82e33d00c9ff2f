//! Media for the tests: made by ffmpeg once, shared by all tests, kept between runs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// A clip of the tests: the file's name and ffmpeg's arguments that make it.
pub(crate) struct Clip {
    pub(crate) name: &'static str,
    pub(crate) arguments: &'static str,
}

/// Six seconds at 30 frames a second; the picture of frame n is grey of level 16 + n, the sound a tone of 440 Hz.
pub(crate) const MAIN: Clip = Clip {
    name: "main.mp4",
    arguments: "-f lavfi -i color=black:s=90x160:r=30:d=6,geq=lum=16+N:cb=128:cr=128 -f lavfi -i sine=440:d=6:r=48000 \
                -c:v libx264 -preset ultrafast -qp 0 -g 37 -c:a aac -b:a 128k",
};

/// Four seconds of red at 25 frames a second, landscape, without sound.
pub(crate) const RED: Clip = Clip {
    name: "red.mp4",
    arguments: "-f lavfi -i color=red:s=320x180:r=25:d=4 -c:v libx264 -preset ultrafast -crf 10",
};

/// Four seconds of blue with a tone of 880 Hz, at a rate that varies.
pub(crate) const BLUE: Clip = Clip {
    name: "blue.mkv",
    arguments: "-f lavfi -i color=blue:s=64x64:r=50:d=4,select='gt(random(1),0.4)+eq(n,0)' -f lavfi -i sine=880:d=4:r=44100 \
                -fps_mode vfr -c:v libx264 -preset ultrafast -crf 10 -c:a aac",
};

/// A green photo of odd size.
pub(crate) const PHOTO: Clip =
    Clip { name: "photo.png", arguments: "-f lavfi -i color=lime:s=101x57 -frames:v 1 -pix_fmt rgb24" };

/// A photo as a camera writes it: its colours sit in the middle of their pixels, and cover the whole range.
pub(crate) const JPEG: Clip =
    Clip { name: "jpeg.jpg", arguments: "-f lavfi -i color=lime:s=120x200 -frames:v 1 -pix_fmt yuvj420p -q:v 2" };

/// A photo, half of it transparent.
pub(crate) const LOGO: Clip = Clip {
    name: "logo.png",
    arguments: "-f lavfi -i color=yellow:s=40x20,format=rgba,geq=r=255:g=255:b=0:a='255*lt(X,20)' -frames:v 1",
};

/// Two seconds of sound alone.
pub(crate) const MUSIC: Clip =
    Clip { name: "music.mp3", arguments: "-f lavfi -i sine=220:d=2:r=44100 -c:a libmp3lame -b:a 96k" };

/// Ten seconds of silence with a tone from 1 to 3 s, from 3.4 to 4 s and from 6 to 8.5 s: somebody speaks, and pauses.
pub(crate) const SPEECH: Clip = Clip {
    name: "speech.wav",
    arguments: "-f lavfi -i sine=300:d=10:r=48000:samples_per_frame=480 \
                -af volume='between(t,1,2.995)+between(t,3.4,3.995)+between(t,6,8.495)':eval=frame",
};

/// The same, forty decibels lower.
pub(crate) const WHISPER: Clip = Clip {
    name: "whisper.wav",
    arguments: "-f lavfi -i sine=300:d=10:r=48000:samples_per_frame=480 \
                -af volume='0.01*(between(t,1,2.995)+between(t,3.4,3.995)+between(t,6,8.495))':eval=frame",
};

/// Twenty-four seconds of talk: its colour changes at 4, 9, 15 and 20 s, its sound stops from 3 to 3.6 s, from 11.5 to
/// 12.5 s and from 18 to 18.4 s.
pub(crate) const TALK: Clip = Clip {
    name: "talk.mp4",
    arguments: "-f lavfi -i color=red:s=160x90:r=30:d=4 -f lavfi -i color=white:s=160x90:r=30:d=5 \
                -f lavfi -i color=blue:s=160x90:r=30:d=6 -f lavfi -i color=yellow:s=160x90:r=30:d=5 \
                -f lavfi -i color=green:s=160x90:r=30:d=4 -f lavfi -i sine=300:d=24:r=48000:samples_per_frame=480 \
                -filter_complex [0][1][2][3][4]concat=n=5[v];[5]volume='1-between(t,3,3.595)-between(t,11.5,12.495)-between(t,18,18.395)':eval=frame[a] \
                -map [v] -map [a] -c:v libx264 -preset ultrafast -crf 20 -c:a aac -b:a 96k",
};

/// Eight seconds without sound: black for one, then white.
pub(crate) const DAWN: Clip = Clip {
    name: "dawn.mp4",
    arguments: "-f lavfi -i color=black:s=160x90:r=25:d=1 -f lavfi -i color=white:s=160x90:r=25:d=7 \
                -filter_complex [0][1]concat=n=2 -c:v libx264 -preset ultrafast -crf 20",
};

/// The folder that all of them are in.
pub(crate) fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("media");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Where the medium called `name` lies that `recipe` makes. One that another recipe made is taken away, so that no test
/// meets the clip of an earlier version of itself.
pub(crate) fn place(name: &str, recipe: &str) -> PathBuf {
    static COMPARING: Mutex<()> = Mutex::new(());
    let _guard = COMPARING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = folder().join(name);
    if recipe_of(&path) != recipe {
        let _ = std::fs::remove_file(&path);
        std::fs::write(note(&path), recipe).unwrap();
    }
    path
}

/// What made the medium at `path`.
pub(crate) fn recipe_of(path: &Path) -> String {
    std::fs::read_to_string(note(path)).unwrap_or_default()
}

fn note(path: &Path) -> PathBuf {
    path.with_file_name(format!("{}.recipe", path.file_name().unwrap().display()))
}

impl Clip {
    /// The file; made if it is not there yet.
    pub(crate) fn path(&self) -> PathBuf {
        static MAKING: Mutex<()> = Mutex::new(());
        let path = place(self.name, self.arguments);
        let _guard = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !path.exists() {
            let part = path.with_file_name(format!("part-{}", self.name));
            let words = self.arguments.split_whitespace();
            let mut ffmpeg = Command::new("ffmpeg");
            let status = ffmpeg.args(["-v", "error", "-nostdin", "-y"]).args(words).arg(&part).status().unwrap();
            assert!(status.success(), "ffmpeg could not make {}", self.name);
            std::fs::rename(part, &path).unwrap();
        }
        path
    }

    pub(crate) fn id(&self) -> &'static str {
        self.name.split('.').next().unwrap()
    }
}

/// All frames of a video as 24-bit RGB, reduced to `width` by `height`.
pub(crate) fn frames(video: &Path, width: usize, height: usize) -> Vec<Vec<[u8; 3]>> {
    let size = format!("scale={width}:{height}:flags=area");
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(video)
        .args(["-vf", &size, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
        .stdout
        .chunks_exact(width * height * 3)
        .map(|frame| frame.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect())
        .collect()
}

/// The first channel of a video as samples at 48 kHz.
pub(crate) fn samples(video: &Path) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(video)
        .args(["-map", "0:a", "-af", "pan=mono|c0=c0", "-ar", "48000", "-f", "f32le", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect()
}

/// How strong a tone of `frequency` is between two moments: its amplitude, by Goertzel's algorithm.
pub(crate) fn tone(samples: &[f32], frequency: f64, from: f64, to: f64) -> f64 {
    let part = &samples[(from * 48_000.0) as usize..((to * 48_000.0) as usize).min(samples.len())];
    let step = std::f64::consts::TAU * frequency / 48_000.0;
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (number, sample) in part.iter().enumerate() {
        real += f64::from(*sample) * (step * number as f64).cos();
        imaginary += f64::from(*sample) * (step * number as f64).sin();
    }
    2.0 * (real * real + imaginary * imaginary).sqrt() / part.len() as f64
}

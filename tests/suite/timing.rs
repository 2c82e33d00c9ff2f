//! Time: every frame shows what it should, and every sound is heard when it should be, whatever the sources are like.
//!
//! Each clip says in every picture which one it is (twelve bars, black for 0 and white for 1), and beeps for a twentieth of
//! a second at every whole second of what it shows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use callsheet::diagnostic::{Colour, Source, pretty};
use callsheet::ffmpeg::Cancel;
use callsheet::media::probe_all;
use callsheet::render::{Depth, Encoder, Options, Subtitles, Way, render};
use callsheet::tasks;
use callsheet::text::FontSet;
use serde_json::{Value, json};

use crate::media;

const WIDTH: usize = 120;
const HEIGHT: usize = 214;

/// A clip of the matrix.
struct Hard {
    name: &'static str,
    /// Pictures a second, of which some may be left out.
    rate: f64,
    /// How much later its sound is than its picture, in seconds.
    sound_late: f64,
    made: Made,
}

enum Made {
    /// `select` says which pictures stay; the sound is so many seconds long.
    Anew { rate: &'static str, select: &'static str, sound: f64, options: &'static str },
    /// Packets of other clips copied; words before and between two inputs, and after them.
    Copied { from: &'static str, words: [&'static str; 3] },
}

const fn anew(name: &'static str, rate: f64, text: &'static str, select: &'static str) -> Hard {
    Hard { name, rate, sound_late: 0.0, made: Made::Anew { rate: text, select, sound: 3.0, options: "" } }
}

const fn sounding(name: &'static str, sound: f64, options: &'static str) -> Hard {
    Hard { name, rate: 25.0, sound_late: 0.0, made: Made::Anew { rate: "25", select: "1", sound, options } }
}

const fn copied(name: &'static str, sound_late: f64, from: &'static str, words: [&'static str; 3]) -> Hard {
    Hard { name, rate: 25.0, sound_late, made: Made::Copied { from, words } }
}

const HARD: &[Hard] = &[
    anew("t16.mp4", 16.0, "16", "1"),
    anew("t23.mp4", 24_000.0 / 1001.0, "24000/1001", "1"),
    anew("t25.mp4", 25.0, "25", "1"),
    anew("t50.mp4", 50.0, "50", "1"),
    anew("t59.mp4", 60_000.0 / 1001.0, "60000/1001", "1"),
    anew("t60.mkv", 60.0, "60", "1"),
    anew("t120.mp4", 120.0, "120", "1"),
    anew("varying.mkv", 60.0, "60", "gt(random(3),0.5)+eq(n,0)"),
    anew("varying.mp4", 60.0, "60", "gt(random(5),0.5)+eq(n,0)"),
    // A screen that is filmed: nothing changes for a second.
    anew("gap.mp4", 60.0, "60", "lt(t,1)+gt(t,2)"),
    sounding("short-sound.mp4", 1.2, ""),
    sounding("long-sound.mp4", 4.5, ""),
    sounding("offset.ts", 3.0, "-x264-params open-gop=1:bframes=3 -output_ts_offset 100"),
    copied("edited.mp4", 0.0, "t25.mp4", ["-ss 0.73", "-ss 0.73", "-c copy"]),
    copied("late-picture.mp4", -0.4, "t25.mp4", ["-itsoffset 0.4", "", "-c copy"]),
    copied("late-picture.mkv", -0.4, "t25.mp4", ["-itsoffset 0.4", "", "-c copy"]),
    copied("late-picture.ts", -0.4, "t25.mp4", ["-itsoffset 0.4", "", "-c copy"]),
    copied("late-sound.mp4", 0.5, "t25.mp4", ["", "-itsoffset 0.5", "-c copy"]),
    copied("fragments.mp4", 0.0, "t25.mp4", ["", "", "-c copy -movflags frag_keyframe+empty_moov"]),
    // Matroska that was written to a pipe, as browsers do, knows no length at all.
    copied("piped.mkv", 0.0, "t25.mp4", ["", "", "-c copy -f matroska -live 1"]),
    copied("long-sound.mkv", 0.0, "long-sound.mp4", ["", "", "-c copy"]),
];

fn hard(name: &str) -> &'static Hard {
    HARD.iter().find(|hard| hard.name == name).unwrap()
}

impl Hard {
    /// The file; made if it is not there yet.
    fn path(&self) -> PathBuf {
        static MAKING: Mutex<()> = Mutex::new(());
        let guard = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let path = Self::make(self);
        drop(guard);
        path
    }

    fn make(&self) -> PathBuf {
        let mut words: Vec<String> = Vec::new();
        let mut before = String::new();
        let mut add = |text: &str| words.extend(text.split_whitespace().map(str::to_owned));
        match &self.made {
            Made::Anew { rate, select, sound, options } => {
                add(&format!(
                    "-f lavfi -i color=black:s={WIDTH}x{HEIGHT}:r={rate}:d=3,geq=lum='16+219*mod(floor(N/pow(2,floor(X/10))),2)':cb=128:cr=128,select='{select}' \
                     -f lavfi -i aevalsrc='if(lt(mod(t,1),0.05),0.5*sin(2*PI*1000*t),0)':s=48000:d={sound} \
                     -fps_mode vfr -c:v libx264 -preset veryfast -crf 6 -g 25 -c:a aac -b:a 128k {options}"
                ));
            }
            Made::Copied { from, words: [first, second, after] } => {
                let from = hard(from).make();
                before = media::recipe_of(&from);
                let from = from.to_str().unwrap();
                add(&format!("{first} -i {from} {second} -i {from} -map 0:v -map 1:a {after}"));
            }
        }
        let path = media::place(&format!("timing-{}", self.name), &[words.join(" "), before].concat());
        if path.exists() {
            return path;
        }
        let part = path.with_file_name(format!("part-timing-{}", self.name));
        let piped = matches!(self.made, Made::Copied { words: [.., after], .. } if after.contains("-live"));
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-nostdin", "-y"]).args(words);
        if piped {
            ffmpeg.arg("pipe:1").stdout(std::fs::File::create(&part).unwrap());
        } else {
            ffmpeg.arg(&part);
        }
        assert!(ffmpeg.status().unwrap().success(), "ffmpeg could not make {}", self.name);
        std::fs::rename(part, &path).unwrap();
        path
    }

    /// Its pictures, each with when it is shown, counted from the start of the file.
    fn pictures(&self) -> Vec<(f64, u32)> {
        let path = self.path();
        let probe = Command::new("ffprobe")
            .args([
                "-v",
                "error",
                "-of",
                "json",
                "-select_streams",
                "v",
                "-show_entries",
                "frame=pts_time:format=start_time",
            ])
            .arg(&path)
            .output()
            .unwrap();
        let told: Value = serde_json::from_slice(&probe.stdout).unwrap();
        let seconds = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
        let start = seconds(&told["format"]["start_time"]);
        let times = told["frames"].as_array().unwrap().iter().map(|frame| seconds(&frame["pts_time"]) - start);
        let times: Vec<f64> = times.collect();
        let numbers = numbers(&path);
        assert_eq!(times.len(), numbers.len(), "{}", self.name);
        times.into_iter().zip(numbers).collect()
    }
}

/// Which picture each frame of a video shows, by its bars.
fn numbers(video: &Path) -> Vec<u32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(video)
        .args(["-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bar = |frame: &[u8], bar: usize| u32::from(frame[HEIGHT / 2 * WIDTH + bar * 10 + 5] > 128) << bar;
    output.stdout.chunks_exact(WIDTH * HEIGHT).map(|frame| (0..12).map(|number| bar(frame, number)).sum()).collect()
}

/// A part of a clip, from one second to another.
type Part = (&'static Hard, f64, f64);

/// Renders parts one after another at a frame rate, or a whole clip as it is.
fn rendered(name: &str, parts: &[Part], rate: f64) -> (PathBuf, u64) {
    let mut tasks = Vec::new();
    for (number, (hard, start, end)) in parts.iter().enumerate() {
        tasks.push(json!({ "type": "trim", "inputs": [hard.name], "output_id": format!("part{number}"),
            "params": { "start_time": start, "end_time": end } }));
    }
    let inputs: Vec<String> = (0..parts.len()).map(|number| format!("part{number}")).collect();
    tasks.push(json!({ "type": "concat", "inputs": inputs }));
    tasks.push(
        json!({ "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 120, "frame_rate": rate } }),
    );
    let paths: BTreeMap<String, PathBuf> = parts.iter().map(|(hard, ..)| (hard.name.to_owned(), hard.path())).collect();
    rendered_tasks(name, &tasks, &paths)
}

fn rendered_tasks(name: &str, tasks: &[Value], paths: &BTreeMap<String, PathBuf>) -> (PathBuf, u64) {
    let assets: BTreeMap<&String, String> = paths.iter().map(|(id, path)| (id, path.display().to_string())).collect();
    let source = Source::new("plan.json", json!({ "tasks": tasks, "assets": assets }).to_string());
    let shown = |found| pretty(&found, Colour::Never);
    let plan = tasks::read(&source).unwrap_or_else(|found| panic!("{}", shown(found)));
    let (media, errors) = probe_all(paths, &Cancel::new());
    assert!(errors.is_empty(), "{errors:?}");
    let (plan, _) = tasks::validate(plan, media, false).unwrap_or_else(|found| panic!("{name}: {}", shown(found)));
    let output = media::folder().join(format!("timing-out-{name}.mp4"));
    let options = Options {
        output: &output,
        overwrite: true,
        encoder: &Encoder::h264("ultrafast", 8),
        fonts: &FontSet::shipped(),
        subtitles: Subtitles::Burned,
        way: Way::Spans(None),
        depth: Depth::None,
        report: false,
        cancel: &Cancel::new(),
    };
    let report = render(&plan, &options, &mut |_| {}).unwrap_or_else(|error| panic!("{name}: {error}"));
    (output, report.measured.frames)
}

/// Holds every frame of `video` against what `parts` show at its moment, but for the half of a frame by which the nearest
/// one may be early.
fn assert_shows(video: &Path, parts: &[Part], rate: f64) {
    let shown = numbers(video);
    let total: f64 = parts.iter().map(|(_, start, end)| end - start).sum();
    assert_eq!(shown.len() as u64, (total * rate).round() as u64, "{total} s at {rate}");
    let mut begin = 0.0;
    for (hard, start, end) in parts {
        let pictures = hard.pictures();
        // The one that is there at `moment`; the first stands for what is before it.
        let at = |moment: f64| pictures.partition_point(|(time, _)| *time <= moment).max(1) - 1;
        let frames = (begin * rate).round() as usize..((begin + end - start) * rate).round() as usize;
        for frame in frames {
            let moment = start + frame as f64 / rate - begin;
            let half = 0.5 / rate + 1e-4;
            let allowed = &pictures[at(moment - half)..=at(moment + half)];
            assert!(
                allowed.iter().any(|(_, number)| *number == shown[frame]),
                "{} at {rate}: frame {frame}, {moment:.4} s into the clip, shows {} and not {allowed:?}",
                hard.name,
                shown[frame],
            );
        }
        begin += end - start;
    }
}

/// Cuts at odd times through all clips.
fn cuts(count: usize) -> Vec<Part> {
    (0..count)
        .map(|number| {
            let start = 0.211 + (number as f64 * 0.317) % 1.6;
            let length = 0.171 + (number as f64 * 0.0437) % 0.26;
            (&HARD[number % HARD.len()], start, start + length)
        })
        .collect()
}

#[test]
fn fifty_cuts_are_fifty_cuts_at_every_rate() {
    for (rate, count) in [(23.976, 50), (30.0, 50), (59.94, 50), (16.0, 21), (120.0, 21)] {
        let cuts = cuts(count);
        let exact = if rate == 23.976 {
            24_000.0 / 1001.0
        } else if rate == 59.94 {
            60_000.0 / 1001.0
        } else {
            rate
        };
        let (video, _) = rendered(&format!("cuts-{rate}"), &cuts, rate);
        assert_shows(&video, &cuts, exact);
    }
}

#[test]
fn sound_stays_with_its_picture_in_every_clip() {
    let parts: Vec<Part> = HARD.iter().map(|hard| (hard, 0.37, 2.31)).collect();
    let (video, _) = rendered("sync", &parts, 30.0);
    assert_shows(&video, &parts, 30.0);
    let sound = media::samples(&video);
    let mut begin = 0.0;
    let mut heard = 0;
    for (hard, start, end) in &parts {
        let (time, number) = hard.pictures()[0];
        let offset = time - f64::from(number) / hard.rate + hard.sound_late;
        for second in 0..3 {
            let beep = f64::from(second) + offset;
            let ended = matches!(hard.made, Made::Anew { sound, .. } if f64::from(second) >= sound);
            if beep < start + 0.1 || beep > end - 0.1 || ended {
                continue;
            }
            let due = begin + beep - start;
            let window = &sound[((due - 0.09) * 48_000.0) as usize..((due + 0.09) * 48_000.0) as usize];
            let onset = window.iter().position(|sample| sample.abs() > 0.05);
            let off = onset.map(|samples| samples as f64 / 48_000.0 - 0.09);
            assert!(off.is_some_and(|off| off.abs() <= 0.04), "{} second {second}: {off:?} s off", hard.name);
            heard += 1;
        }
        begin += end - start;
    }
    assert!(heard > 30, "{heard} beeps");
    assert!((sound.len() as f64 / 48_000.0 - begin).abs() < 1.0 / 30.0);
}

#[test]
fn a_file_is_as_long_as_its_pictures_whatever_it_says_itself() {
    let expected = [
        ("t25.mp4", 3.0),
        ("t23.mp4", 72.0 * 1001.0 / 24_000.0),
        ("edited.mp4", 2.27),
        ("late-picture.mp4", 3.4),
        ("late-picture.mkv", 3.421),
        ("late-picture.ts", 3.421),
        ("long-sound.mp4", 3.0),
        ("long-sound.mkv", 3.021),
        ("short-sound.mp4", 3.0),
        ("piped.mkv", 3.021),
        ("fragments.mp4", 3.067),
        ("offset.ts", 3.021),
    ];
    let paths = expected.iter().map(|(name, _)| ((*name).to_owned(), hard(name).path())).collect();
    let (media, errors) = probe_all(&paths, &Cancel::new());
    assert!(errors.is_empty(), "{errors:?}");
    for (name, seconds) in expected {
        let found = media[name].duration().unwrap().as_secs();
        assert!((found - seconds).abs() < 0.08, "{name} is {found} s long, not {seconds}");
    }
    for name in ["long-sound.mkv", "piped.mkv", "late-picture.mkv"] {
        let length = media[name].duration().unwrap().as_secs();
        let part: Part = (hard(name), 0.0, length);
        let (video, frames) = rendered(&format!("whole-{name}"), &[part], 25.0);
        assert_eq!(frames, (length * 25.0).round() as u64, "{name}");
        assert_shows(&video, &[part], 25.0);
    }
}

#[test]
fn the_last_picture_stands_as_long_as_the_file_lets_it() {
    // Three seconds of pictures, the last of which is shown for six more.
    let path = media::folder().join("timing-stands.mp4");
    let plain = media::folder().join("timing-stands-plain.mp4");
    let step = |from: &Path, words: &[&str], to: &Path| {
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-nostdin", "-y", "-i"]).arg(from).arg("-an").args(words).arg(to);
        assert!(ffmpeg.status().unwrap().success());
    };
    let no_reordering = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "6", "-bf", "0"];
    step(&hard("t25.mp4").path(), &no_reordering, &plain);
    let long_last = "setts=duration=if(eq(N\\,74)\\,150*512\\,DURATION)";
    step(&plain, &["-c", "copy", "-bsf:v", long_last], &path);
    let paths = BTreeMap::from([("stands".to_owned(), path)]);
    let (media, _) = probe_all(&paths, &Cancel::new());
    let length = media["stands"].duration().unwrap().as_secs();
    assert!((length - 8.96).abs() < 0.1, "{length}");
    let trim = |start: f64, end: f64| json!({ "type": "trim", "inputs": ["stands"], "params": { "start_time": start, "end_time": end } });
    let canvas =
        json!({ "type": "fit_canvas", "params": { "aspect_ratio": "9:16", "resolution": 120, "frame_rate": 25 } });
    let (video, frames) = rendered_tasks("stands", &[trim(0.0, 8.9), canvas.clone()], &paths);
    let shown = numbers(&video);
    assert_eq!(frames, (8.9_f64 * 25.0).round() as u64);
    let expected: Vec<u32> = (0..frames as u32).map(|frame| frame.min(74)).collect();
    let off: Vec<_> = shown.iter().zip(&expected).enumerate().filter(|(_, (shown, wanted))| shown != wanted).collect();
    assert!(off.is_empty(), "{off:?}");
    let (video, _) = rendered_tasks("stands-late", &[trim(6.1, 8.3), canvas], &paths);
    assert!(numbers(&video).iter().all(|number| *number == 74));
}

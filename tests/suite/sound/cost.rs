//! An hour with hundreds of sounds, without rendering it.

use callsheet::media::{Light, Media, Picture, Sound};
use callsheet::render::{command, timeline};
use callsheet::time::Time;

use super::*;

fn hour(picture: bool) -> Media {
    let hour = Time::from_secs(3600.0).unwrap();
    let picture = picture.then_some(Picture {
        stream: 0,
        width: 64.0,
        height: 64.0,
        rate: 30.0,
        duration: Some(hour),
        last: None,
        plain: true,
        alpha: false,
        bt601: false,
        untagged: false,
        square: true,
        light: Light::Sdr,
        wide: false,
        rgb: false,
        turn: 0,
        decoder: None,
    });
    let sound = Some(Sound { stream: u32::from(picture.is_some()), duration: hour, channels: 2 });
    Media { path: "/nowhere/file".into(), format: "mov".into(), picture, sound }
}

/// The filter graph and the longest argument of an hour in which `count` sounds push the main one down.
fn size(count: usize) -> (usize, usize) {
    let mut tasks = vec![json!({ "type": "trim", "params": { "start_time": 0, "end_time": 3600 } })];
    let slot = 3600.0 / count as f64;
    tasks.extend((0..count).map(|number| {
        let at = number as f64 * slot;
        json!({ "type": "mix_audio", "params": { "audio_id": "voice", "start_time": at, "end_time": at + slot * 0.6, "source_start": at, "under": 0.2, "fade_in": 0.1 } })
    }));
    let (source, plan) =
        plan(&tasks, Some("main"), &[("main", "/nowhere/file".into()), ("voice", "/nowhere/file".into())]);
    let media = MediaTable::from([("main".to_owned(), hour(true)), ("voice".to_owned(), hour(false))]);
    let plan = held(&source, plan, media);
    let made = command(&plan, &timeline(&plan), &FontSet::shipped(), &Encoder::default(), "").unwrap();
    let graph = made.files["graph.txt"].len();
    (graph, made.arguments.iter().map(|argument| argument.len()).max().unwrap())
}

#[test]
fn seven_hundred_sounds_in_an_hour_cost_seventy_times_as_much_as_ten() {
    let ((ten, _), (hundreds, longest)) = (size(10), size(700));
    assert!(hundreds < 80 * ten && hundreds > 40 * ten, "{ten} and {hundreds} bytes");
    assert!(longest < 4096, "no argument is long: {longest} bytes");
}

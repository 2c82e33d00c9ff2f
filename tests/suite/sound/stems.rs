//! Tracks of so many sounds that they are rendered in stems.

use super::*;

#[test]
fn hundreds_of_sounds_in_stems_are_heard_as_in_one_graph() {
    // Its pitch says which moment of it is heard.
    let rising = made(
        "rising.mp4",
        "-f lavfi -i color=gray:s=64x64:r=30:d=12 -f lavfi -i aevalsrc=0.5*sin(2*PI*(200+100*t)*t):s=48000:d=12 \
         -c:v libx264 -preset ultrafast -crf 30 -g 30 -c:a aac -b:a 192k",
    );
    let count = 230;
    let mut tasks: Vec<Value> = (0..count)
        .map(|number| {
            let start = f64::from(number) * 0.37 % 11.8;
            let volume = if number % 3 == 0 { 0.4 } else { 1.0 };
            json!({ "type": "trim", "inputs": ["rising"], "output_id": format!("c{number}"),
                    "params": { "start_time": start, "end_time": start + 0.1, "volume": volume } })
        })
        .collect();
    let clips: Vec<String> = (0..count).map(|number| format!("c{number}")).collect();
    tasks.push(json!({ "type": "concat", "inputs": clips }));
    tasks.push(json!({ "type": "mix_audio", "params": { "audio_id": "rising", "start_time": 2.2, "end_time": 17.5, "loop": true, "volume": 0.2 } }));
    let plan = valid(&tasks, None, &[("rising", rising)]);
    let in_stems = samples(&rendered("stems", &plan).0);
    let output = folder().join("out-sound-no-stems.mp4");
    try_render(&output, &plan, Way::Whole).unwrap();
    let at_once = samples(&output);
    assert_eq!(in_stems.len(), at_once.len());
    assert!(peak(&in_stems) > 0.4, "{}", peak(&in_stems));
    let difference: Vec<f32> = in_stems.iter().zip(&at_once).map(|(one, other)| one - other).collect();
    assert!(peak(&difference) < 0.001, "they differ by {}", peak(&difference));
}

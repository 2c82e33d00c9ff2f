//! What models of old habit write instead of what they were asked for: other names of keys, times as words, one layer too
//! many. Only what can mean nothing else is mended, and every mend is told.

use serde_json::{Map, Value as Json};

/// How long a text is seen of which only its start is known.
const THESIS_SECONDS: f64 = 3.0;

/// Other names for keys: (old, new).
type Names = &'static [(&'static str, &'static str)];

const OUTLINE: Names =
    &[("subtitles", "subtitle_segments"), ("captions", "subtitle_segments"), ("segments", "subtitle_segments")];
const SCENE: Names = &[
    ("start", "start_sec"),
    ("start_time", "start_sec"),
    ("end", "end_sec"),
    ("end_time", "end_sec"),
    ("voiceover", "voiceover_text"),
    ("voice_over", "voiceover_text"),
    ("narration", "voiceover_text"),
    ("visual", "visual_description"),
    ("description", "visual_description"),
    ("asset", "asset_id"),
    ("media_id", "asset_id"),
    ("texts", "overlays"),
    ("text_overlays", "overlays"),
];
const OVERLAY: Names = &[
    ("timestamp", "start_sec"),
    ("time", "start_sec"),
    ("start", "start_sec"),
    ("start_time", "start_sec"),
    ("end", "end_sec"),
    ("end_time", "end_sec"),
    ("content", "text"),
    ("type", "format"),
];
const CUE: Names = &[
    ("start_sec", "start"),
    ("start_time", "start"),
    ("from", "start"),
    ("timestamp", "start"),
    ("end_sec", "end"),
    ("end_time", "end"),
    ("to", "end"),
    ("content", "text"),
];
const LIST: Names = &[("plan", "tasks"), ("steps", "tasks"), ("actions", "tasks")];
const TASK: Names =
    &[("task", "type"), ("name", "type"), ("action", "type"), ("parameters", "params"), ("args", "params")];
const PARAMS: Names = &[
    ("start", "start_time"),
    ("start_sec", "start_time"),
    ("timestamp", "start_time"),
    ("end", "end_time"),
    ("end_sec", "end_time"),
    ("subtitles", "segments"),
    ("cues", "segments"),
    ("video_id", "stock_id"),
    ("fontsize", "font_size"),
];

/// Mends an outline.
pub(super) fn outline(json: &mut Json) -> Vec<String> {
    let mut habits = Habits::default();
    habits.unwrap(json, "scenario", "scenes");
    habits.in_list(json, "scenes");
    let Some(outline) = json.as_object_mut() else { return habits.told };
    without_nulls(outline);
    habits.rename(outline, OUTLINE);
    for scene in objects(outline.get_mut("scenes")) {
        without_nulls(scene);
        habits.rename(scene, SCENE);
        habits.seconds(scene, &["start_sec", "end_sec"]);
        for overlay in objects(scene.get_mut("overlays")) {
            without_nulls(overlay);
            habits.rename(overlay, OVERLAY);
            habits.seconds(overlay, &["start_sec", "end_sec"]);
            habits.position(overlay);
            if let (Some(start), None) = (overlay.get("start_sec").and_then(Json::as_f64), overlay.get("end_sec")) {
                overlay.insert("end_sec".into(), (start + THESIS_SECONDS).into());
                habits.tell(format!("a text without an end is seen for {THESIS_SECONDS} s"));
            }
        }
    }
    for cue in objects(outline.get_mut("subtitle_segments")) {
        without_nulls(cue);
        habits.rename(cue, CUE);
        habits.seconds(cue, &["start", "end"]);
    }
    habits.told
}

/// Mends a list of tasks.
pub(super) fn tasks(json: &mut Json) -> Vec<String> {
    let mut habits = Habits::default();
    habits.unwrap(json, "plan", "tasks");
    habits.in_list(json, "tasks");
    let Some(list) = json.as_object_mut() else { return habits.told };
    habits.rename(list, LIST);
    let foreign: Vec<String> = list.keys().filter(|key| *key != "tasks").cloned().collect();
    let has_tasks = list.contains_key("tasks");
    for key in foreign.iter().filter(|_| has_tasks) {
        list.remove(key);
        let key: String = key.chars().take(40).collect();
        habits.tell(format!("`{}` is not the model's to say: left out", key.escape_debug()));
    }
    for task in objects(list.get_mut("tasks")) {
        without_nulls(task);
        habits.rename(task, TASK);
        // Where a task came from is ours to say.
        task.remove("origin");
        let Some(params) = task.get_mut("params").and_then(Json::as_object_mut) else { continue };
        habits.rename(params, PARAMS);
        habits.seconds(params, &["start_time", "end_time", "source_start", "duration", "fade_in", "fade_out"]);
        habits.position(params);
        for cue in objects(params.get_mut("segments")) {
            without_nulls(cue);
            habits.rename(cue, CUE);
            habits.seconds(cue, &["start", "end"]);
        }
    }
    habits.told
}

fn objects(list: Option<&mut Json>) -> impl Iterator<Item = &mut Map<String, Json>> {
    list.and_then(Json::as_array_mut).into_iter().flatten().filter_map(Json::as_object_mut)
}

/// Servers that hold a model to a strict schema let it say `null` for what it leaves out.
fn without_nulls(object: &mut Map<String, Json>) {
    object.retain(|_, value| !value.is_null());
}

#[derive(Default)]
struct Habits {
    told: Vec<String>,
}

impl Habits {
    /// Each mend once, however often it was made.
    fn tell(&mut self, mend: String) {
        if !self.told.contains(&mend) {
            self.told.push(mend);
        }
    }

    /// Takes `{"wrapper": {…}}` off, where what is inside has the key that is wanted.
    fn unwrap(&mut self, json: &mut Json, wrapper: &str, wanted: &str) {
        let inside = json.as_object_mut().filter(|outer| !outer.contains_key(wanted)).and_then(|outer| {
            outer.get(wrapper).is_some_and(|inner| inner.get(wanted).is_some()).then(|| outer.remove(wrapper)).flatten()
        });
        if let Some(inside) = inside {
            *json = inside;
            self.tell(format!("taken out of `{wrapper}`"));
        }
    }

    /// Puts a bare list under the key that it belongs to.
    fn in_list(&mut self, json: &mut Json, key: &str) {
        if json.is_array() {
            let list = json.take();
            *json = Json::Object(Map::from_iter([(key.to_owned(), list)]));
            self.tell(format!("the bare list is taken for `{key}`"));
        }
    }

    fn rename(&mut self, object: &mut Map<String, Json>, names: Names) {
        for (old, new) in names {
            if object.contains_key(*new) {
                continue;
            }
            if let Some(value) = object.remove(*old) {
                object.insert((*new).to_owned(), value);
                self.tell(format!("`{old}` is read as `{new}`"));
            }
        }
    }

    /// Reads `"0:05"`, `"5s"` and `"5.0"` as numbers of seconds.
    fn seconds(&mut self, object: &mut Map<String, Json>, keys: &[&str]) {
        for key in keys {
            let Some(value) = object.get_mut(*key) else { continue };
            if let Some(number) = value.as_str().and_then(seconds) {
                *value = number.into();
                self.tell(format!("`{key}` as text is read as seconds"));
            }
        }
    }

    /// `"Top Center"`, `"top-center"` are `top_center`.
    fn position(&mut self, object: &mut Map<String, Json>) {
        let Some(Json::String(position)) = object.get_mut("position") else { return };
        let word = position.trim().to_lowercase().replace([' ', '-'], "_");
        if word != *position {
            *position = word;
            self.tell("`position` is read in small letters with `_`".to_owned());
        }
    }
}

/// The seconds of a clock (`1:02:03.5`), or of a number with or without `s`.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches(['s', 'с']).trim_end();
    let number =
        |part: &str| part.replace(',', ".").parse::<f64>().ok().filter(|part| part.is_finite() && *part >= 0.0);
    text.split(':')
        .try_fold((0.0, 0), |(sum, parts), part| (parts < 3).then_some((sum * 60.0 + number(part)?, parts + 1)))
        .map(|(sum, _)| sum)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn old_names_and_times_as_text_are_read_as_they_are_meant() {
        let mut answer = json!({ "scenario": { "scenes": [{
            "id": "scene-1", "start": "0:00", "end_time": "0:12.5", "voiceover": "…",
            "overlays": [{ "content": "Тезис", "timestamp": "2s", "position": "Top Center", "type": "thesis" }] }],
            "captions": [{ "from": 1, "to": "2,5", "text": "Да" }] } });
        let told = outline(&mut answer);
        assert_eq!(
            answer,
            json!({ "scenes": [{
                "id": "scene-1", "start_sec": 0.0, "end_sec": 12.5, "voiceover_text": "…",
                "overlays": [{ "text": "Тезис", "start_sec": 2.0, "end_sec": 5.0, "position": "top_center", "format": "thesis" }] }],
                "subtitle_segments": [{ "start": 1, "end": 2.5, "text": "Да" }] })
        );
        assert_eq!(told.len(), 15, "{told:?}");
    }

    #[test]
    fn a_bare_list_of_tasks_is_one() {
        let mut answer =
            json!([{ "task": "trim", "parameters": { "start": 5, "end": "0:20" }, "origin": { "rule": "x" } }]);
        tasks(&mut answer);
        assert_eq!(answer, json!({ "tasks": [{ "type": "trim", "params": { "start_time": 5, "end_time": 20.0 } }] }));
    }

    #[test]
    fn what_is_right_stays_as_it_is() {
        let right = json!({ "tasks": [{ "type": "add_subtitles", "params": { "segments": [{ "start": 0, "end": 1, "text": "x" }], "style": "minimal" } }] });
        let mut answer = right.clone();
        assert_eq!(tasks(&mut answer), Vec::<String>::new());
        assert_eq!(answer, right);
    }

    #[test]
    fn a_time_that_is_none_stays_for_the_judge() {
        assert_eq!([seconds("soon"), seconds("1:2:3:4"), seconds("-1"), seconds(""), seconds("inf")], [None; 5]);
    }
}

//! A folder of one's own clips.

use callsheet::fill::{Library, Spending};
use serde_json::json;

use super::{BRIEF, COAST, Sheet, errand, names, story, take_first, wish, wish_of};
use crate::media::{MUSIC, PHOTO, RED};

fn library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |from: std::path::PathBuf, name: &str| {
        let place = folder.path().join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(from, place).unwrap();
    };
    put(RED.path(), "night_city_wide.mp4");
    put(COAST.path(), "drone/city-at-night.mp4");
    put(BRIEF.path(), "clip0042.mp4");
    put(PHOTO.path(), "city.png");
    put(MUSIC.path(), "night city theme.mp3");
    std::fs::write(folder.path().join("night-city-broken.mp4"), "no video").unwrap();
    std::fs::write(folder.path().join("night-city.txt"), "no media").unwrap();
    let tags = json!({ "title": "Огни", "tags": ["ночь", "город"], "author": "Анна", "license": "CC BY 4.0",
        "attribution": "Анна, CC BY 4.0" });
    std::fs::write(folder.path().join("clip0042.mp4.json"), tags.to_string()).unwrap();
    folder
}

fn found(folder: &std::path::Path, wish: &callsheet::fill::Wish) -> Vec<String> {
    use callsheet::fill::Provider as _;
    let search = |errand: &mut callsheet::fill::Errand<'_>| Library::new(folder).search(wish, errand).unwrap();
    let (found, _) = errand(&Sheet::default(), Spending::Nothing, search);
    let shown = found.iter().map(|one| {
        let (fit, title) = (one.fit, one.title.clone().unwrap());
        let length = one.duration_sec.map_or_else(|| "photo".into(), |length| format!("{:.1} s", length.as_secs()));
        let fits = [fit.shape, fit.length, fit.size].map(|fits| if fits { '1' } else { '0' });
        format!("{title} {}x{} {length} {}", one.width, one.height, String::from_iter(fits))
    });
    shown.collect()
}

#[test]
fn clips_are_found_by_words_in_any_form_and_measured() {
    let folder = library();
    assert_eq!(
        found(folder.path(), &wish("Lights of cities at night. A drone.")),
        ["drone/city-at-night.mp4 120x214 4.0 s 111", "night_city_wide.mp4 320x180 4.0 s 010",]
    );
    assert_eq!(found(folder.path(), &wish("Ночной город, вид сверху")), ["Огни 120x214 1.0 s 101"]);
    assert_eq!(found(folder.path(), &wish("A city")).last().unwrap(), "city.png 100x56 photo 010");
    assert_eq!(found(folder.path(), &wish("A forest")), [""; 0]);
}

#[test]
fn a_layer_gets_what_it_can_show_or_play() {
    let folder = library();
    let mut story = story("the city by night", &json!({ "main": "main.mp4" }));
    let audio = json!({ "type": "audio", "segments": [
        { "start_sec": 0, "end_sec": 1, "asset_source": "generated", "asset_status": "pending" } ] });
    story["scenario"]["layers"].as_array_mut().unwrap().push(audio);
    story["scenario"]["layers"][0]["segments"].as_array_mut().unwrap().pop();
    let wish = wish_of(&story);
    assert_eq!((wish.segment_id.as_str(), wish.kind.word()), ("audio-1-0", "audio"));
    assert_eq!(found(folder.path(), &wish), ["night city theme.mp3 0x0 2.0 s 111"]);
}

#[test]
fn what_is_taken_is_named_by_its_content_and_credited() {
    let (folder, assets) = (library(), tempfile::tempdir().unwrap());
    let library = Library::new(folder.path());
    let place = assets.path().join("assets");
    let taken = take_first(&library, &wish("ночь"), &place).unwrap();
    let hash = blake3::hash(&super::bytes(&BRIEF)).to_hex().to_string();
    assert_eq!((taken.hash.as_str(), names(&place)), (hash.as_str(), vec![format!("{hash}.mp4")]));
    assert_eq!(taken.credit.attribution.as_deref(), Some("Анна, CC BY 4.0"));
    // Again: the same name, nothing beside it.
    take_first(&library, &wish("ночь"), &place).unwrap();
    assert_eq!(names(&place).len(), 1);
}

#[test]
fn a_sidecar_that_is_wrong_hides_its_own_clip_and_no_other() {
    use callsheet::fill::Provider as _;
    let folder = library();
    for (text, why) in [
        ("{", "its sidecar `night_city_wide.mp4.json` is wrong: EOF"),
        (r#"{ "tag": [] }"#, "unknown field `tag`"),
        (&" ".repeat(70_000), "larger than 64 KiB"),
    ] {
        std::fs::write(folder.path().join("night_city_wide.mp4.json"), text).unwrap();
        let search = |errand: &mut callsheet::fill::Errand<'_>| {
            Library::new(folder.path()).search(&wish("cities at night"), errand)
        };
        let (found, told) = errand(&Sheet::default(), Spending::Nothing, search);
        let titles: Vec<String> = found.unwrap().into_iter().filter_map(|one| one.title).collect();
        assert_eq!(titles, ["drone/city-at-night.mp4", "city.png"]);
        let line = told.iter().find(|line| line.contains("is passed by")).unwrap();
        assert!(line.starts_with("library: `night_city_wide.mp4` is passed by: ") && line.contains(why), "{line}");
    }
}

//! The whole flow as its users script it: `examples/flow.sh`.

use std::path::Path;
use std::process::Command;

use super::studio::Served;
use crate::fill::COAST;
use crate::media::{MAIN, frames};

#[test]
fn curl_alone_makes_a_playable_file() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("library");
    std::fs::create_dir(&library).unwrap();
    std::fs::copy(COAST.path(), library.join("night city.mp4")).unwrap();
    let served = Served::start_with(&folder.path().join("data"), &[("CALLSHEET_LIBRARY", library.to_str().unwrap())]);
    let video = folder.path().join("video.mp4");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flow.sh");
    let output = Command::new(script)
        .arg(&served.url)
        .arg(&video)
        .arg("Вертикальный ролик на 4 секунды без текста")
        .arg(MAIN.path())
        .env_remove("TOKEN")
        .env_remove("CUTAWAY")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), video.to_str().unwrap());
    assert!(said.contains("of library") && said.contains("\"phase\":\"encoding\""), "{said}");
    let pictures = frames(&video, 1, 1);
    assert_eq!(pictures.len(), 120, "{said}");
    // The talk is grey, the cutaway teal.
    let is_teal = |second: f64| {
        let [red, green, _] = pictures[(second * 30.0) as usize][0];
        i32::from(green) - i32::from(red) > 60
    };
    assert_eq!([0.5, 1.5, 2.3, 3.5].map(is_teal), [false, true, true, false]);
}

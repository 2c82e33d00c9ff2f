//! Projects.

use serde_json::json;

use crate::api::Api;

#[test]
fn a_project_is_made_shown_and_still_there_after_a_restart() {
    let api = Api::start();
    let made = api.post("/api/projects", &json!({ "name": "Spring sale" }));
    insta::assert_snapshot!(made.shown());
    let place = made.header("location").unwrap().to_owned();
    let shown = api.get(&place);
    assert_eq!(shown.json(), made.json());
    let api = api.restart();
    assert_eq!(api.get(&place).json(), made.json());
}

//! The environment says who can be asked.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use callsheet::error::Result;
use callsheet::fill::{Config, Provider, Providers, Source};

fn read(variables: &[(&str, &str)]) -> Result<Config> {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    Config::from_variables(&|name| variables.get(name).map(|value| (*value).to_owned()))
}

#[test]
fn what_is_half_or_wrong_names_its_variable_and_never_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    std::fs::write(&empty, " \n").unwrap();
    let mut told = String::new();
    for variables in [
        &[("CALLSHEET_PEXELS_KEY", "secret"), ("CALLSHEET_PEXELS_KEY_FILE", "key.txt")][..],
        &[("CALLSHEET_PIXABAY_KEY", "secret key")],
        &[("CALLSHEET_PIXABAY_KEY", "secret"), ("CALLSHEET_PIXABAY_URL", "https://me:secret@host")],
        &[("CALLSHEET_PEXELS_KEY_FILE", empty.to_str().unwrap())],
        &[("CALLSHEET_VEO_KEY", "secret"), ("CALLSHEET_VEO_MODEL", "veo/../x")],
        &[("CALLSHEET_VEO_KEY", "secret"), ("CALLSHEET_VEO_RESOLUTION", "4k")],
        &[("CALLSHEET_VEO_KEY", "secret"), ("CALLSHEET_VEO_POLL_SEC", "soon")],
        &[("CALLSHEET_FILL_ORDER", "pexel")],
    ] {
        writeln!(told, "{}", read(variables).unwrap_err()).unwrap();
    }
    assert!(!told.contains("secret"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn keys_come_from_variables_or_files_and_the_order_from_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "secret\n").unwrap();
    let config = read(&[
        ("CALLSHEET_LIBRARY", "clips"),
        ("CALLSHEET_PEXELS_KEY_FILE", file.to_str().unwrap()),
        ("CALLSHEET_PIXABAY_KEY", "secret"),
        ("CALLSHEET_VEO_KEY", "secret"),
        ("CALLSHEET_FILL_ORDER", " pixabay, library,pixabay"),
    ])
    .unwrap();
    let providers = Providers::new(&config, None);
    let free: Vec<Source> = providers.free().map(Provider::source).collect();
    assert_eq!(free, [Source::Pixabay, Source::Library]);
    assert!(providers.get(Source::Pexels).is_ok() && providers.get(Source::Veo).unwrap().is_paid());
    assert!(!format!("{config:?}").contains("secret"));
    // A library that nobody named is one that is there.
    let nobody = read(&[]).unwrap();
    assert_eq!(Providers::new(&nobody, Some(folder.path().join("library"))).all().count(), 0);
    assert_eq!(Providers::new(&nobody, Some(folder.path().to_owned())).all().count(), 1);
}

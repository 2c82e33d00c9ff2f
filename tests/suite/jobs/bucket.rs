//! Outputs in a bucket of an S3 service.

use callsheet::http::Key;
use callsheet::serve::{Config, S3Config, StorageConfig};

use super::studio::{events, over, project, render, wait_for};
use crate::api::Api;
use crate::s3::{KEY, S3};

fn in_bucket(s3: &S3, secret: &str) -> impl FnOnce(&mut Config) + use<> {
    let config = S3Config {
        bucket: "videos".into(),
        prefix: "callsheet/one".into(),
        endpoint: Some(s3.url.clone()),
        region: "us-east-1".into(),
        key_id: KEY.0.into(),
        secret: Key::new(secret),
    };
    |started| started.storage = StorageConfig::S3(config)
}

#[test]
fn outputs_go_into_the_bucket_and_the_link_leads_there() {
    let s3 = S3::with_bucket("videos");
    let api = Api::start_with(in_bucket(&s3, KEY.1));
    let job = over(&api, &render(&api, &project(&api, "a b", 1)));
    assert_eq!(job["state"], "done", "{job:#}");
    let names = s3.objects("videos");
    let key = job["output_key"].as_str().unwrap();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.contains(&format!("callsheet/one/{key}")), "{names:?}");
    assert_eq!(std::fs::read_dir(api.data().join("outputs")).unwrap().count(), 0);
    let link = job["download_url"].as_str().unwrap();
    assert!(link.starts_with(&s3.url) && link.contains("X-Amz-Signature="), "{link}");
    let video = api.send("GET", link, &[("range", "bytes=0-99")], ());
    assert_eq!((video.status, video.body.len()), (206, 100), "{}", video.text());
    let video = api.get(link);
    assert_eq!(blake3::hash(&video.body).to_hex().as_str(), job["outputs"][0]["blake3"].as_str().unwrap());
    assert_eq!(video.header("content-type"), Some("video/mp4"));
    assert_eq!(
        video.header("content-disposition"),
        Some("attachment; filename=\"a b.mp4\"; filename*=UTF-8''a%20b.mp4")
    );
    let changed = link.replace(key, "other.mp4");
    assert_eq!(api.get(&changed).status, 403);
    // It is collected there too.
    api.clock.advance(31 * 24 * 3_600_000);
    wait_for(|| s3.objects("videos").is_empty());
}

#[test]
fn a_bucket_that_refuses_ends_the_job_in_words_without_its_key() {
    let s3 = S3::with_bucket("videos");
    let api = Api::start_with(in_bucket(&s3, "wrong"));
    let job = render(&api, &project(&api, "p", 1));
    let failed = over(&api, &job);
    assert_eq!((failed["state"].as_str(), failed["problem"]["code"].as_str()), (Some("failed"), Some("unavailable")));
    assert!(!failed.to_string().contains("wrong"), "{failed:#}");
    assert_eq!(events(&api, &job, None).1.pop().unwrap().data, failed);
    assert!(s3.objects("videos").is_empty());
}

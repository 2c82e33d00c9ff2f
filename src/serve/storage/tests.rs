//! Both storages, the same way.

use std::collections::BTreeMap;

use super::*;

#[path = "../../../tests/support/s3.rs"]
mod s3;

/// Puts a file of several parts, reads a part of it, deletes it.
async fn goes_through(storage: &Storage, folder: &FilePath) {
    let bytes: Vec<u8> = (0..20_000_003_u32).map(|number| (number % 251) as u8).collect();
    let file = folder.join("large");
    std::fs::write(&file, &bytes).unwrap();
    storage.put("large.mp4", &file, "video/mp4", "attachment", std::future::pending()).await.unwrap();
    for range in [0..20_000_003, 8_388_600..8_388_700, 20_000_002..20_000_003] {
        let pieces: Vec<Bytes> =
            storage.get("large.mp4", range.clone()).await.unwrap().map(|piece| piece.unwrap()).collect().await;
        let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap());
        assert!(pieces.concat() == bytes[start..end], "{range:?}");
    }
    storage.delete("large.mp4").await.unwrap();
    storage.delete("large.mp4").await.unwrap();
    assert!(storage.get("large.mp4", 0..1).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_goes_through_a_folder_and_through_a_bucket() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Folder::open(temporary.path()).unwrap();
    let local = Storage::open(&StorageConfig::Folder, &folder).unwrap();
    goes_through(&local, temporary.path()).await;
    assert_eq!(local.link("a", Duration::from_secs(9)).await.unwrap(), None);
    assert_eq!(std::fs::read_dir(folder.outputs()).unwrap().count(), 0, "no part of it is left");

    let service = tokio::task::spawn_blocking(|| s3::S3::with_bucket("bucket")).await.unwrap();
    let config = S3Config {
        bucket: "bucket".into(),
        prefix: String::new(),
        endpoint: Some(service.url.clone()),
        region: "us-east-1".into(),
        key_id: s3::KEY.0.into(),
        secret: Key::new(s3::KEY.1),
    };
    let bucket = Storage::open(&StorageConfig::S3(config), &folder).unwrap();
    goes_through(&bucket, temporary.path()).await;
    assert!(service.objects("bucket").is_empty());
    tokio::task::spawn_blocking(|| drop(service)).await.unwrap();
}

#[test]
fn a_disk_that_is_full_is_told_as_such_and_a_service_that_fails_is_not_blamed_on_it() {
    let wrapped = |kind: ErrorKind| {
        let source = Box::new(io::Error::from(kind));
        unwritten(io::Error::other(object_store::Error::Generic { store: "S3", source }))
    };
    let codes: BTreeMap<&str, Code> = [
        ("full", wrapped(ErrorKind::StorageFull).code()),
        ("refused", wrapped(ErrorKind::ConnectionRefused).code()),
        ("plain", unwritten(ErrorKind::StorageFull.into()).code()),
    ]
    .into();
    assert_eq!(codes, [("full", Code::DiskFull), ("refused", Code::Unavailable), ("plain", Code::DiskFull)].into());
}

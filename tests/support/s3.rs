//! An S3 service on this machine: a real server program, `s3s-fs`, on a port of its own.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tower::ServiceExt as _;

/// The only key that it knows.
pub(crate) const KEY: (&str, &str) = ("callsheet-test", "secret-of-the-bucket-0123456789");

/// The service; it ends with the test.
pub(crate) struct S3 {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl S3 {
    /// One that has a bucket of this name.
    pub(crate) fn with_bucket(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(name)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY.0, KEY.1));
        let service = builder.build();
        let router = Router::new().fallback(move |request: Request| {
            let service = service.clone();
            async move { service.oneshot(request).await.unwrap() }
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { url, folder, _runtime: runtime }
    }

    /// Where the objects of a bucket lie.
    pub(crate) fn objects(&self, bucket: &str) -> Vec<String> {
        let mut found = Vec::new();
        walk(&self.folder.path().join(bucket), "", &mut found);
        found.sort();
        found
    }
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), &format!("{name}/"), found);
        } else if !name.starts_with('.') {
            found.push(name);
        }
    }
}

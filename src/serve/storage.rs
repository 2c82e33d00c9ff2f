//! Where outputs are kept: a folder, or a bucket of an S3 service. Both by the same few operations of `object_store`.

#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::signer::Signer as _;
use object_store::{Attribute, Attributes, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _};
use tokio::io::{AsyncWriteExt as _, BufReader};

use crate::error::{Error, Result as Opened};
use crate::http::Key;

use super::folder::Folder;
use super::problem::{Code, Problem, Result};

/// How much is sent at once: S3 takes no smaller part than 5 MiB, but for the last.
const PART: usize = 8 << 20;

/// How much is read of a file at once.
const PIECE: usize = 1 << 20;

/// How many parts are under way; each is held in memory.
const PARTS: usize = 2;

/// Where outputs are kept.
#[derive(Clone, Debug, Default)]
pub enum StorageConfig {
    /// In the folder `outputs` of the data folder.
    #[default]
    Folder,
    /// In a bucket; a link to download then leads there.
    S3(S3Config),
}

/// A bucket of an S3 service.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// The bucket.
    pub bucket: String,
    /// What all names in it begin with; empty for nothing.
    pub prefix: String,
    /// The service, if it is not Amazon's.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The id of the key.
    pub key_id: String,
    /// The key.
    pub secret: Key,
}

/// The storage.
#[derive(Debug)]
pub(crate) struct Storage {
    store: Arc<dyn ObjectStore>,
    /// The same as who can sign links; a folder cannot.
    bucket: Option<AmazonS3>,
    prefix: String,
}

impl Storage {
    /// The storage that `config` names.
    pub(crate) fn open(config: &StorageConfig, folder: &Folder) -> Opened<Self> {
        match config {
            StorageConfig::Folder => {
                let store = LocalFileSystem::new_with_prefix(folder.outputs()).map_err(|error| Error::Serve {
                    reason: format!("the folder of outputs cannot be used: {error}"),
                    fix: "look at the folder that `--data` names".into(),
                })?;
                tidy(&folder.outputs()).map_err(|source| Error::Write { path: folder.outputs(), source })?;
                // What was put is there after the machine lost its power.
                Ok(Self { store: Arc::new(store.with_fsync(true)), bucket: None, prefix: String::new() })
            }
            StorageConfig::S3(config) => {
                // The client of object_store brings no TLS of its own; who comes second finds it installed.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(&config.bucket)
                    .with_region(&config.region)
                    .with_access_key_id(&config.key_id)
                    .with_secret_access_key(config.secret.secret());
                if let Some(endpoint) = &config.endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
                }
                let bucket = builder.build().map_err(|error| Error::Serve {
                    reason: format!("the bucket `{}` cannot be used: {error}", config.bucket),
                    fix: "look at `--storage` and the `AWS_…` variables".into(),
                })?;
                let prefix = config.prefix.trim_matches('/').to_owned();
                Ok(Self { store: Arc::new(bucket.clone()), bucket: Some(bucket), prefix })
            }
        }
    }

    fn path(&self, key: &str) -> Path {
        if self.prefix.is_empty() { Path::from(key) } else { Path::from(format!("{}/{key}", self.prefix)) }
    }

    /// Writes the file at `from` under the name `key`; until all of it is written there is nothing of that name.
    ///
    /// `stopped` ends it in the middle: false then.
    pub(crate) async fn put(
        &self,
        key: &str,
        from: &FilePath,
        content_type: &str,
        disposition: &str,
        stopped: impl Future<Output = ()>,
    ) -> Result<bool> {
        let mut file = BufReader::with_capacity(PIECE, tokio::fs::File::open(from).await?);
        let mut writer = BufWriter::with_capacity(Arc::clone(&self.store), self.path(key), PART);
        writer = writer.with_max_concurrency(PARTS);
        if self.bucket.is_some() {
            writer = writer.with_attributes(Attributes::from_iter([
                (Attribute::ContentType, content_type.to_owned()),
                (Attribute::ContentDisposition, disposition.to_owned()),
            ]));
        }
        let copied = tokio::select! {
            copied = tokio::io::copy_buf(&mut file, &mut writer) => copied.map(|_| true),
            () = stopped => Ok(false),
        };
        if !matches!(copied, Ok(true)) {
            // Parts that nobody needs cost money; where this fails too, the bucket's own rules take them away.
            let _ = writer.abort().await;
            return copied.map_err(unwritten);
        }
        writer.shutdown().await.map(|()| true).map_err(unwritten)
    }

    /// The bytes of `range` of what is called `key`.
    pub(crate) async fn get(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, std::result::Result<Bytes, object_store::Error>>> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.store.get_opts(&self.path(key), options).await.map_err(|error| failed(&error))?;
        Ok(found.into_stream().boxed())
    }

    /// Deletes what is called `key`, if it is there.
    pub(crate) async fn delete(&self, key: &str) -> Result<()> {
        match self.store.delete(&self.path(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }

    /// A link that leads to the storage itself, where it can be reached; it holds for so long.
    pub(crate) async fn link(&self, key: &str, holds: Duration) -> Result<Option<String>> {
        let Some(bucket) = &self.bucket else { return Ok(None) };
        let url = bucket.signed_url(Method::GET, &self.path(key), holds).await.map_err(|error| failed(&error))?;
        Ok(Some(url.to_string()))
    }
}

/// Takes away what a server that was killed left half-written: `object_store` writes `NAME#1` and renames it.
fn tidy(folder: &FilePath) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().contains('#') {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// What a writer says: the storage's own words are wrapped up in it.
fn unwritten(error: io::Error) -> Problem {
    match error.downcast::<object_store::Error>() {
        Ok(error) => failed(&error),
        Err(error) => error.into(),
    }
}

/// What the storage says. A disk that is full is told as such, whoever tells it.
fn failed(error: &object_store::Error) -> Problem {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(one) = cause {
        if let Some(io) = one.downcast_ref::<io::Error>()
            && matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
        {
            return io::Error::new(io.kind(), error.to_string()).into();
        }
        cause = one.source();
    }
    Problem::new(
        Code::Unavailable,
        "the storage of outputs does not answer as it should; try again in a moment",
        "хранилище готовых видео не отвечает как надо; попробуйте чуть позже",
    )
    .because(error.to_string())
}

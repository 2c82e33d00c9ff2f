//! What a server works at and what it keeps of it.

use std::env;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::fill;
use crate::http::Key;
use crate::serve::{Config, Keep, Limits, S3Config, StorageConfig};

#[derive(Debug, clap::Args)]
pub(super) struct KeepingArgs {
    /// How many jobs run at the same time; each uses all cores. With 0 they wait for a server that runs some
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=64))]
    jobs: u8,
    /// Where outputs are kept: `folder`, in the data folder, or a bucket, `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "WHERE", default_value = "folder")]
    storage: String,
    /// How long outputs are kept, in days
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    keep_days: u32,
    /// How large all outputs together may be, in GB; the oldest go first
    #[arg(long, value_name = "GB", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    keep_gb: u64,
    /// How large the media of a project may be together, in GB
    #[arg(long, value_name = "GB", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    project_gb: u64,
    /// How much of the disk stays free, in MiB: below it nothing is taken and no job begun
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(0..=1 << 24))]
    reserve: u64,
    /// How long a link to a download holds, in minutes
    #[arg(long, value_name = "MIN", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=10_080))]
    link_minutes: u64,
    /// What links to downloads begin with, e.g. <https://video.example>; if absent, they begin with a slash
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl KeepingArgs {
    /// `config` with what is asked for.
    pub(super) fn applied(&self, config: Config) -> Result<Config> {
        let limits = Limits {
            project: self.project_gb.saturating_mul(1_000_000_000),
            reserve: self.reserve << 20,
            ..config.limits
        };
        Ok(Config {
            limits,
            jobs: usize::from(self.jobs),
            storage: storage(&self.storage, &|name| env::var(name).ok().filter(|value| !value.is_empty()))?,
            keep: Keep { days: self.keep_days, bytes: self.keep_gb.saturating_mul(1_000_000_000) },
            link: Duration::from_secs(self.link_minutes * 60),
            public_url: self.public_url.clone().unwrap_or_default(),
            fill: fill::Config::from_env()?,
            ..config
        })
    }
}

/// The storage that `named` means; a bucket's service and key are where every program for S3 has them.
fn storage(named: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<StorageConfig> {
    if named == "folder" {
        return Ok(StorageConfig::Folder);
    }
    let (bucket, prefix) = match named.strip_prefix("s3://").map(|place| place.split_once('/').unwrap_or((place, ""))) {
        Some((bucket, prefix)) if !bucket.is_empty() => (bucket, prefix),
        _ => {
            return Err(Error::Usage {
                reason: format!("`--storage {}` is no place for outputs", named.escape_debug()),
                fix: "write `folder`, or a bucket as in `s3://videos/callsheet`".into(),
            });
        }
    };
    let needed = |name: &str| {
        variable(name).ok_or_else(|| Error::Usage {
            reason: format!("`--storage {named}` needs `{name}`, which is not set"),
            fix: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_REGION; AWS_ENDPOINT_URL for a service that is \
                  not Amazon's"
                .into(),
        })
    };
    Ok(StorageConfig::S3(S3Config {
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
        endpoint: variable("AWS_ENDPOINT_URL"),
        region: variable("AWS_REGION").unwrap_or_else(|| "us-east-1".to_owned()),
        key_id: needed("AWS_ACCESS_KEY_ID")?,
        secret: Key::new(needed("AWS_SECRET_ACCESS_KEY")?),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_named_and_its_key_is_taken_from_the_environment() {
        let set = |name: &str| Some(name.to_lowercase());
        let shown = |named: &str, variable: &dyn Fn(&str) -> Option<String>| match storage(named, variable) {
            Ok(storage) => format!("{storage:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown("folder", &|_| None), "Folder");
        assert_eq!(
            shown("s3://videos/a/b", &set),
            "S3(S3Config { bucket: \"videos\", prefix: \"a/b\", endpoint: Some(\"aws_endpoint_url\"), \
             region: \"aws_region\", key_id: \"aws_access_key_id\", secret: Key(…) })"
        );
        assert!(shown("s3://videos", &|_| None).contains("needs `AWS_ACCESS_KEY_ID`"));
        for wrong in ["", "s3://", "s3:///a", "gs://videos", "/tmp"] {
            assert!(shown(wrong, &set).contains("is no place"), "{wrong}");
        }
    }
}

//! The home folder of a broker's host, as TiDB Cloud's document lays it out.

use super::error::{Doing, KafkaError};
use super::jars::Kafka;
use super::properties::ServerProperties;
use super::{CLUSTER_ID, scripts};
use std::fs;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

/// ```text
/// home/
///   kafka_2.13-3.7.1/{bin,libs,config}
///   config/server.properties
///   start.sh
///   data/  log/                           made by start.sh
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
    kafka: PathBuf,
}

impl Home {
    /// Lays Kafka out in a folder: for clients. What is there already stays.
    pub fn of_client(folder: &Path, kafka: &Kafka) -> Result<Self, KafkaError> {
        let name = format!("kafka_2.13-{}", kafka.version());
        let home = Self {
            folder: folder.to_owned(),
            kafka: folder.join(&name),
        };
        let (bin, config) = (home.kafka.join("bin"), home.kafka.join("config"));
        for folder in [&bin, &config, &home.kafka.join("tmp")] {
            fs::create_dir_all(folder).doing(format!("make {}", folder.display()))?;
        }
        let libs = home.kafka.join("libs");
        if !libs.exists() {
            symlink(kafka.libs(), &libs).doing(format!("link {}", libs.display()))?;
        }
        for (name, text) in scripts::LOG4J {
            write(&config.join(name), text, 0o644)?;
        }
        for (name, text) in [
            ("kafka-run-class.sh", scripts::RUN_CLASS),
            ("kafka-server-start.sh", scripts::START),
            ("kafka-server-stop.sh", scripts::STOP),
        ] {
            write(&bin.join(name), text, 0o755)?;
        }
        for script in &scripts::SCRIPTS {
            write(&bin.join(script.name), &script.text(kafka.version()), 0o755)?;
        }
        Ok(home)
    }

    /// Lays a broker out in a folder. A configuration that is there already stays: it belongs to
    /// whoever edits it on the host.
    pub fn of_broker(
        folder: &Path,
        kafka: &Kafka,
        properties: &ServerProperties,
    ) -> Result<Self, KafkaError> {
        let home = Self::of_client(folder, kafka)?;
        let name = format!("kafka_2.13-{}", kafka.version());
        write(
            &folder.join("start.sh"),
            &scripts::start(CLUSTER_ID, &name),
            0o755,
        )?;
        if !home.properties().exists() {
            home.configure(properties)?;
        }
        Ok(home)
    }

    /// Writes the configuration; a broker that runs reads it at its next start.
    pub fn configure(&self, properties: &ServerProperties) -> Result<(), KafkaError> {
        let folder = self.folder.join("config");
        fs::create_dir_all(&folder).doing(format!("make {}", folder.display()))?;
        write(&self.properties(), &properties.to_string(), 0o644)
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// `config/server.properties`.
    pub fn properties(&self) -> PathBuf {
        self.folder.join("config/server.properties")
    }

    /// Where the brokers' data is: `log.dirs=./data`.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What the broker says.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log/kafka.log")
    }

    /// A command of Kafka's `bin/`.
    pub fn script(&self, name: &str) -> PathBuf {
        self.kafka.join("bin").join(name)
    }
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), KafkaError> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(mode);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.doing(format!("write {}", path.display()))
}

//! What the user data of an instance does with the broker on it, at each boot.

use crate::deployment::{INSTALLS_ONLY, lock};
use crate::hosts::Disk;
use crate::kafka::{Broker, Home, KafkaError};
use crate::model::{InstanceRecord, Model};
use fleet::tags;
use fleet::words::{InstanceId, VolumeId};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often it asks for its volume, in real time.
const ASKS: Duration = Duration::from_millis(100);

/// What it does.
pub(super) struct UserData {
    instance: InstanceId,
    /// The volume that it attaches; without one, data lie on the instance's own disk.
    volume: Option<VolumeId>,
    /// Whether it leaves every start to us.
    installs_only: bool,
    model: Arc<Mutex<Model>>,
    /// Where volumes are.
    volumes: PathBuf,
}

/// Whether it installs Kafka and leaves every start to us.
pub(super) fn installs_only(instance: &InstanceRecord) -> bool {
    instance.tags.contains_key(INSTALLS_ONLY)
}

/// The operator's own way to start a broker where there is no systemd, and the file that it begins with.
pub(super) fn put_hook(own: &Path, home: &Path) -> io::Result<()> {
    let folder = own.join("etc/upper/kafka-privatelink");
    fs::create_dir_all(&folder)?;
    let start = format!("#!/bin/sh\ncd {} && exec sh ./start.sh\n", home.display());
    let file = format!("{}\n", home.join("config/server.properties").display());
    for (name, text, mode) in [("restart", start, 0o755), ("properties", file, 0o644)] {
        fs::write(folder.join(name), text)?;
        fs::set_permissions(folder.join(name), Permissions::from_mode(mode))?;
    }
    fs::set_permissions(&folder, Permissions::from_mode(0o755))
}

impl UserData {
    pub(super) fn of(instance: &InstanceRecord, model: &Arc<Mutex<Model>>, disk: &Disk) -> Self {
        let installs_only = installs_only(instance);
        let volume = instance.tags.get(tags::KEEPS_DISK);
        let volume = volume.filter(|_| installs_only);
        Self {
            instance: instance.id.clone(),
            volume: volume.map(|id| VolumeId::new(id.as_str())),
            installs_only,
            model: Arc::clone(model),
            volumes: disk.folder().join("volumes"),
        }
    }

    /// Does it. Until it serves for the first time, a broker that ends is a broken world.
    pub(super) async fn run(&self, broker: &Broker) -> Result<(), String> {
        if let Some(volume) = &self.volume {
            self.attach(volume, broker.home()).await?;
        }
        let text = |error: KafkaError| error.to_string();
        if self.installs_only {
            return broker.format().await.map_err(text);
        }
        broker.start().await.map_err(text)?;
        broker.until_serving().await.map(|_| ()).map_err(text)
    }

    /// The volume comes as soon as no other instance has it.
    async fn attach(&self, volume: &VolumeId, home: &Home) -> Result<(), String> {
        loop {
            let attached = {
                let mut model = lock(&self.model);
                model.attach_volume(&self.instance, volume.clone(), false)
            };
            match attached {
                Ok(()) => break,
                Err(error) if error.code == "VolumeInUse" => tokio::time::sleep(ASKS).await,
                Err(error) => return Err(error.message),
            }
        }
        let folder = self.volumes.join(volume.as_str());
        let linked = fs::create_dir_all(&folder).and_then(|()| match home.data().exists() {
            true => Ok(()),
            false => symlink(&folder, home.data()),
        });
        linked.map_err(|error| format!("mount {volume}: {error}"))
    }
}

//! *inspect* on a host of the model. It writes nothing.

use super::kafka::{FILE, VERSION, identity};
use super::script::{End, Ends, Script, b64, is_generated};
use flate2::Compression;
use flate2::write::GzEncoder;
use fleet::host::reply;
use fleet::words::Port;
use push_listeners::server_properties::mask;
use serde_json::{Value, json};
use std::io::Write;

impl Script<'_> {
    pub(super) fn inspect(&mut self) -> Ends {
        let broker = self.find_broker();
        let process = self.process();
        self.plus("instance", json!(self.payload.field("instance")));
        self.plus("processes", process.iter().cloned().collect());
        self.plus("matches", json!(u64::from(broker.is_some())));
        self.plus("broker", broker.and(process).unwrap_or_default());
        let file = self.file_told();
        self.plus("file", file);
        if broker.is_none() {
            let disk = self.disk();
            self.plus("disks", json!([disk]));
        }
        self.plus("unit", Value::Null);
        self.plus("state", self.state.json());
        self.plus("record", json!(!self.state.is_empty()));
        self.plus("hook", json!({"present": false, "safe": false}));
        self.plus("systemd", json!(false));
        self.plus("ephemeral", json!("32768-60999"));
        self.plus("reserved", json!(""));
        let ports: Value = self.ports.iter().map(|port| self.port(*port)).collect();
        self.plus("ports", ports);
        Err(End::Answer(0, "inspected"))
    }

    fn process(&self) -> Option<Value> {
        let process = self.host.living(self.now())?;
        let (node, roles) = identity(self.file());
        let node = node.and_then(|node| node.parse::<u32>().ok());
        Some(json!({
            "pid": process.pid, "start": process.start, "age": process.age(self.now()), "node": node, "roles": roles,
            "file": b64(FILE.as_bytes()), "overrides": [], "container": false, "kind": "plain",
            "unit": null, "jaas": false, "uid": 0, "parent": b64(b"systemd"), "version": VERSION, "queued": self.is_queued,
        }))
    }

    /// Where its data lies.
    fn disk(&self) -> Value {
        let host = &self.host;
        let own = self.node.parse::<u32>().ok();
        let was_killed = host.killed == Some(1000 + host.started);
        json!({
            "path": b64(b"/var/lib/kafka"), "there": true, "metadata": false, "formatted": true,
            "node": host.disk_of.or(own), "cluster": null, "partitions": u32::from(!host.is_empty), "used": !host.is_empty,
            "quorum": !host.is_empty,
            "closed": host.started > 0 && !was_killed && host.process.is_none(),
        })
    }

    fn file_told(&self) -> Value {
        let Some(bytes) = self.host.files.get(FILE) else {
            return json!({"path": b64(FILE.as_bytes()), "readable": false});
        };
        let mut file = json!({
            "path": b64(FILE.as_bytes()), "real": b64(FILE.as_bytes()), "symlink": false,
            "readable": true, "writable": true, "uid": 0, "gid": 0, "mode": "644", "links": 1,
            "size": bytes.len(), "free": 1_000_000_000, "sha256": reply::hex(bytes),
            "generated": is_generated(bytes),
        });
        let masked = packed(&mask(bytes));
        match masked.len() > 17_000 {
            true => file["too_big"] = json!(true),
            false => file["masked"] = json!(masked),
        }
        file
    }

    fn port(&self, port: Port) -> Value {
        let other = self.host.others.get(&port);
        let other = other.map(|name| json!({"family": 4, "pid": 77, "name": b64(name.as_bytes())}));
        let accepts = self.host.accepting(self.now(), port).is_some();
        let own = self.host.living(self.now()).filter(|_| accepts);
        let own = own.map(|it| json!({"family": 4, "pid": it.pid, "name": b64(b"java")}));
        let listeners: Vec<Value> = other.into_iter().chain(own).collect();
        json!({"port": port, "sockets": listeners.len(), "listeners": listeners})
    }
}

fn packed(bytes: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("a vector takes all");
    b64(&encoder.finish().expect("a vector takes all"))
}

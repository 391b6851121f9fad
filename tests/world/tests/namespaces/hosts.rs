//! Hosts on the real kernel.

use crate::inside::{WORLD, ask, ask_until, host, inside, sh};
use jiff::Timestamp;
use rustix::process::Signal;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use world::clock::Clock;
use world::hosts::{Bridge, Date, Disk, Host, Network, Own};

#[test]
fn a_host_is_a_machine_of_its_own() {
    inside!(a_host_is_a_machine_of_its_own, async {
        let network = Network::open(WORLD).await.unwrap();
        let names = "10.0.64.11 peer b1.example.test";
        let one = host(&network, "broker-1", [10, 0, 0, 11], names).await;
        assert_eq!(sh(&one, "hostname").await, "broker-1");
        let table = sh(&one, "cat /proc/net/fib_trie").await;
        assert!(table.contains("10.0.0.11"), "{table}");
        assert!(!table.contains("10.0.0.1\n"), "{table}");
        let count = sh(&one, "ls /proc | grep -c '^[0-9]'").await;
        assert!(count.parse::<u32>().unwrap() <= 4, "{count} processes");
        assert_eq!(sh(&one, "cat /proc/1/comm").await, "exe");
        let resolved = sh(&one, "getent ahostsv4 b1.example.test | head -1").await;
        assert!(resolved.starts_with("10.0.64.11 "), "{resolved}");
        let itself = sh(&one, "getent ahostsv4 broker-1 | head -1").await;
        assert!(itself.starts_with("10.0.0.11 "), "{itself}");
        assert_eq!(
            sh(&one, "getent hosts example.com || echo none").await,
            "none"
        );
        let here = std::env::current_dir().unwrap();
        assert_eq!(sh(&one, "pwd").await, here.display().to_string());
        let greeting = one
            .command("sh")
            .args(["-c", "echo $GREETING; exit 9"])
            .env("GREETING", "hello")
            .output()
            .await
            .unwrap();
        assert_eq!(greeting.stdout, b"hello\n");
        assert_eq!(greeting.status.code(), Some(9));
    });
}

/// A bridge without an address of its own takes another one when a host comes, and for some seconds
/// nobody reaches what stands behind it.
#[test]
fn what_stands_on_a_bridge_is_found_at_the_same_place_when_hosts_come() {
    inside!(
        what_stands_on_a_bridge_is_found_at_the_same_place_when_hosts_come,
        async {
            let network = Network::open(WORLD).await.unwrap();
            let client = host(&network, "client", [10, 0, 128, 11], "").await;
            let look = "bash -c '(exec 3<>/dev/tcp/10.0.0.1/9) 2>/dev/null; cat /proc/net/arp'";
            for number in 1..5 {
                let seen = sh(&client, look).await;
                assert!(seen.contains("02:00:0a:00:00:01"), "{number}: {seen}");
                let _one = host(&network, "another", [10, 0, 64, number], "").await;
            }
        }
    );
}

#[test]
fn hosts_reach_each_other_and_come_and_go() {
    inside!(hosts_reach_each_other_and_come_and_go, async {
        let network = Network::open(WORLD).await.unwrap();
        let client = host(&network, "client", [10, 0, 128, 11], "").await;
        let target = "10.0.0.11:39092";
        // The second takes over the address of the first: it is reached at once.
        for node in ["1", "2"] {
            let broker = host(&network, "broker", [10, 0, 0, 11], "").await;
            let mut program = broker
                .own_command()
                .args([
                    "broker",
                    "--node-id",
                    node,
                    "--instance",
                    "i-1",
                    "--port",
                    "39092",
                ])
                .spawn()
                .unwrap();
            ask_until(&client, target, &format!("node.id={node} instance=i-1")).await;
            broker.kill().await.unwrap();
            assert!(!program.wait().await.unwrap().success());
            let links = std::fs::read_to_string("/proc/net/dev").unwrap();
            assert_eq!(links.matches("host").count(), 1, "{links}");
            ask(&client, target).await.unwrap_err();
        }
    });
}

#[test]
fn a_dropped_host_is_off_and_its_link_goes() {
    inside!(a_dropped_host_is_off_and_its_link_goes, async {
        let network = Network::open(WORLD).await.unwrap();
        let one = host(&network, "one", [10, 0, 0, 11], "").await;
        let mut program = sleeper(&one).await;
        drop(one);
        assert_eq!(program.wait().await.unwrap().code(), Some(128 + 9));
        while std::fs::read_to_string("/proc/net/dev")
            .unwrap()
            .contains("host")
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
}

#[test]
fn a_program_dies_with_its_command() {
    inside!(a_program_dies_with_its_command, async {
        let network = Network::open(WORLD).await.unwrap();
        let one = host(&network, "one", [10, 0, 0, 11], "").await;
        let mut program = sleeper(&one).await;
        program.kill().await.unwrap();
        while sh(&one, "cat /proc/[0-9]*/comm || true")
            .await
            .contains("sleep")
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
}

#[test]
fn a_process_is_found_on_its_host_and_can_be_frozen_and_ended() {
    inside!(
        a_process_is_found_on_its_host_and_can_be_frozen_and_ended,
        async {
            let network = Network::open(WORLD).await.unwrap();
            let one = host(&network, "one", [10, 0, 0, 11], "").await;
            let two = host(&network, "two", [10, 0, 0, 12], "").await;
            let (mut on_one, _on_two) = (sleeper(&one).await, sleeper(&two).await);
            let sleeps = |arguments: &[String]| arguments == ["sleep", "600"];
            // The shell becomes it after it has spoken.
            while one.processes(sleeps).unwrap().is_empty()
                || two.processes(sleeps).unwrap().is_empty()
            {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let found = one.processes(sleeps).unwrap();
            assert_eq!(found.len(), 1);
            let process = &found[0];
            assert!(!process.is_stopped());
            process.signal(Signal::STOP).unwrap();
            while !process.is_stopped() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            process.signal(Signal::KILL).unwrap();
            process.ended().await.unwrap();
            assert_eq!(on_one.wait().await.unwrap().code(), Some(128 + 9));
            assert!(one.processes(sleeps).unwrap().is_empty());
            assert_eq!(two.processes(sleeps).unwrap().len(), 1);
            // It needs no signal any more.
            process.signal(Signal::KILL).unwrap();
        }
    );
}

/// A program on a host that surely runs, and goes on.
async fn sleeper(host: &Host) -> tokio::process::Child {
    let mut program = host
        .command("sh")
        .args(["-c", "echo up; exec sleep 600"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0; 3];
    let pipe = program.stdout.as_mut().unwrap();
    pipe.read_exact(&mut said).await.unwrap();
    program
}

#[test]
fn an_unplugged_host_goes_on_in_silence() {
    inside!(an_unplugged_host_goes_on_in_silence, async {
        let network = Network::open(WORLD).await.unwrap();
        let one = host(&network, "one", [10, 0, 0, 11], "").await;
        let two = host(&network, "two", [10, 0, 0, 12], "").await;
        let _program = one
            .own_command()
            .args([
                "broker",
                "--node-id",
                "1",
                "--instance",
                "i-1",
                "--port",
                "39092",
            ])
            .spawn()
            .unwrap();
        let answer = "node.id=1 instance=i-1";
        ask_until(&two, "10.0.0.11:39092", answer).await;
        one.unplug().await.unwrap();
        ask(&two, "10.0.0.11:39092").await.unwrap_err();
        one.plug().await.unwrap();
        ask_until(&two, "10.0.0.11:39092", answer).await;
    });
}

#[test]
fn the_consumers_network_does_not_lead_to_the_vpc() {
    inside!(the_consumers_network_does_not_lead_to_the_vpc, async {
        let network = Network::open(WORLD).await.unwrap();
        let broker = host(&network, "broker", [10, 0, 0, 11], "").await;
        let consumer = host(&network, "consumer", [172, 20, 0, 11], "").await;
        let said = ask(&consumer, "10.0.0.11:39092").await.unwrap_err();
        assert!(said.contains("unreachable"), "{said}");
        let said = ask(&broker, "172.20.0.11:9092").await.unwrap_err();
        assert!(said.contains("unreachable"), "{said}");
        let forwarding = std::fs::read_to_string("/proc/sys/net/ipv4/ip_forward").unwrap();
        assert_eq!(forwarding, "0\n");
    });
}

#[test]
fn twelve_hosts_at_once() {
    inside!(twelve_hosts_at_once, async {
        let network = Network::open(WORLD).await.unwrap();
        let started = Instant::now();
        let mut hosts = Vec::new();
        for n in 11..23 {
            hosts.push(host(&network, &format!("h{n}"), [10, 0, 0, n], "").await);
        }
        println!("twelve hosts took {:?}", started.elapsed());
        for one in &hosts {
            assert_eq!(sh(one, "hostname").await, one.name());
        }
    });
}

#[test]
fn a_machine_has_folders_of_its_own_and_finds_them_again() {
    inside!(
        a_machine_has_folders_of_its_own_and_finds_them_again,
        async {
            let network = Network::open(WORLD).await.unwrap();
            let disk = Disk::mount().unwrap();
            let machine = async |name: &str, place: u8, own: &str| {
                let own = disk.folder().join(own);
                let address = [10, 0, 0, place].into();
                let date = Date::of(&Clock::new(Timestamp::UNIX_EPOCH, 100)).unwrap();
                let own = Own { folder: own, date };
                let made = network.add_machine(name, Bridge::Vpc, address, own).await;
                made.unwrap()
            };
            let write = "mkdir -m 700 /var/lib/own /etc/own /run/own && echo a > /var/lib/own/a";
            let look =
                "cat /var/lib/own/a 2>/dev/null; ls -d /etc/own /run/own 2>/dev/null || true";
            let one = machine("one", 11, "i-1").await;
            let names = sh(&one, "cat /etc/hosts").await;
            assert!(names.ends_with("10.0.0.11 one"), "{names}");
            sh(&one, write).await;
            let other = machine("other", 12, "i-2").await;
            assert_eq!(sh(&other, look).await, "");
            one.kill().await.unwrap();
            let again = machine("one", 11, "i-1").await;
            assert_eq!(sh(&again, look).await, "a\n/etc/own");
            assert!(!std::path::Path::new("/var/lib/own").exists());
        }
    );
}

#[test]
fn date_on_a_machine_tells_the_time_of_the_worlds_clock() {
    inside!(
        date_on_a_machine_tells_the_time_of_the_worlds_clock,
        async {
            let network = Network::open(WORLD).await.unwrap();
            let disk = Disk::mount().unwrap();
            let clock = Clock::new(Timestamp::from_second(2_000_000_000).unwrap(), 1000);
            let folder = disk.folder().join("i-1");
            let date = Date::of(&clock).unwrap();
            let own = Own {
                folder: folder.clone(),
                date,
            };
            let address = [10, 0, 0, 11].into();
            let one = network.add_machine("one", Bridge::Vpc, address, own).await;
            let one = one.unwrap();
            for _ in 0..2 {
                let before = clock.now().as_second();
                let told = sh(&one, "PATH=/usr/sbin:/usr/bin:/sbin:/bin; date +%s").await;
                let told: i64 = told.parse().unwrap();
                // The kernel tells hundredths of a second.
                let known = before - 10..=clock.now().as_second() + 10;
                assert!(known.contains(&told), "{told} is not in {known:?}");
                // From now on it jumped, and goes slower.
                clock.skip(Duration::from_secs(1_000_000));
                clock.set_scale(2);
                Date::of(&clock).unwrap().tell(&folder).unwrap();
            }
            assert_eq!(sh(&one, "date -u -d @0 +%Y").await, "1970");
        }
    );
}

//! Three brokers with INTERNAL and CONTROLLER only: one parameter, and they are rolled one by one, ports before
//! brokers, and no partition that could be written is lost on the way.

use super::*;
use fleet::words::{NodeId, Port};
use tests::PATTERN;
use world::model::{GateFault, KafkaProcess};

struct Three {
    stage: Stage,
    listeners: Listeners,
    brokers: Vec<InstanceId>,
    /// The restarts that were ordered, oldest first, by their brokers.
    edits: Vec<u32>,
    /// What the last run held.
    held: Vec<String>,
}

impl Three {
    /// Their ports are given, and nobody has said that they may restart.
    async fn given() -> Self {
        let stage = Stage::new();
        let (listeners, brokers) = stage.rolled(3).await;
        Self {
            stage,
            listeners,
            brokers,
            edits: Vec::new(),
            held: Vec::new(),
        }
    }

    /// The same, and they may.
    async fn may_restart() -> Self {
        let three = Self::given().await;
        three.stage.put("restarts", "any-time");
        three
    }

    /// They were rolled.
    async fn served() -> Self {
        let mut three = Self::may_restart().await;
        three.run(40).await;
        three.all_have("abc");
        three.edits.clear();
        three
    }

    /// Both functions run each half minute, beside each other; what is seen in between has to be well.
    async fn half_minute(&mut self) {
        for _ in 0..3 {
            self.stage.pass(Duration::from_secs(10)).await;
            self.stage.nothing_is_lost().expect("nothing is lost");
        }
        let (pushed, _) = tokio::join!(self.listeners.run(&self.stage), self.stage.activate());
        let steps = pushed.report.actions.iter().map(|taken| &taken.step);
        let broker = |step: &String| {
            let rest = step.strip_prefix("edit the file of broker ")?;
            rest.split(' ').next()?.parse::<u32>().ok()
        };
        self.edits.extend(steps.filter_map(broker));
        let held = pushed.report.held.iter();
        self.held = held.map(ToString::to_string).collect();
        self.stage.nothing_is_lost().expect("nothing is lost");
    }

    async fn run(&mut self, minutes: u32) {
        for _ in 0..2 * minutes {
            self.half_minute().await;
        }
    }

    /// Until so many restarts have been ordered.
    async fn until_edits(&mut self, count: usize) {
        for _ in 0..80 {
            if self.edits.len() >= count {
                return;
            }
            self.half_minute().await;
        }
        panic!("{:?} {:#?}", self.edits, self.held);
    }

    /// How many processes each broker has had.
    fn processes(&self) -> Vec<u64> {
        let brokers = self.brokers.iter();
        brokers.map(|it| processes(&self.stage, it)).collect()
    }

    /// What each broker's process advertises on EXTERNAL, as the pattern's own part; empty if nothing.
    fn shown(&self) -> Vec<String> {
        let shown = |id: &InstanceId| {
            self.stage.on_host(id, |host, now| {
                let listener = host.living(now)?.open.get("EXTERNAL")?;
                let name = listener.advertised.clone()?;
                name.split('.').nth(2).map(str::to_owned)
            })
        };
        let brokers = self.brokers.iter();
        brokers.map(|it| shown(it).unwrap_or_default()).collect()
    }

    fn all_have(&self, part: &str) {
        assert_eq!(self.shown(), [part; 3], "{:?} {:#?}", self.edits, self.held);
    }

    fn says(&self, told: &str) {
        let says = self.held.iter().any(|it| it.contains(told));
        assert!(says, "{told:?} is not in {:#?}", self.held);
    }

    /// Who was first, and may not be restarted first again.
    fn host_of(&self, node: u32) -> &InstanceId {
        &self.brokers[usize::try_from(node - 1).expect("a place")]
    }
}

fn other_pattern() -> String {
    PATTERN.replace(".abc.", ".def.")
}

#[tokio::test(start_paused = true)]
async fn without_consent_nobody_is_restarted() {
    let mut three = Three::given().await;
    three.run(10).await;
    assert_eq!((three.edits.len(), three.processes()), (0, vec![1, 1, 1]));
}

#[tokio::test(start_paused = true)]
async fn three_brokers_are_rolled_one_by_one_the_active_controller_last() {
    let mut three = Three::may_restart().await;
    let begin = three.stage.now();
    three.until_edits(3).await;
    println!(
        "three restarts in {:#}",
        three.stage.now().duration_since(begin)
    );
    three.run(10).await;
    assert_eq!(three.edits, [2, 3, 1]);
    assert_eq!(three.processes(), [2, 2, 2]);
    three.all_have("abc");
    assert_eq!(three.held, Vec::<String>::new());
    for (port, instance) in (9093..).zip(&three.brokers) {
        assert_eq!(three.stage.behind(port), [instance.clone()].into());
    }
    assert_eq!(three.stage.behind(9092).len(), 3, "bootstrap");
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_moves_in_the_middle_is_last_all_the_same() {
    let mut three = Three::may_restart().await;
    three.until_edits(1).await;
    assert_eq!(three.edits, [2]);
    three.run(1).await;
    let id = KafkaProcess::cluster_of(tests::CLUSTER);
    let third = NodeId::new(3).expect("a node");
    assert!(three.stage.model().move_controller(&id, third));
    three.run(30).await;
    assert_eq!(three.edits, [2, 1, 3]);
    three.all_have("abc");
}

#[tokio::test(start_paused = true)]
async fn when_the_window_closes_the_broker_in_hand_is_finished_and_no_other_begun() {
    let mut three = Three::may_restart().await;
    three.until_edits(1).await;
    three.stage.put("restarts", "daily 00:00-11:00 UTC");
    three.run(30).await;
    assert_eq!(
        (&*three.edits, three.processes()),
        (&[2][..], vec![1, 2, 1])
    );
    assert_eq!(three.shown(), ["", "abc", ""]);
    three.stage.put("restarts", "any-time");
    three.run(30).await;
    assert_eq!(three.edits, [2, 3, 1]);
    three.all_have("abc");
}

#[tokio::test(start_paused = true)]
async fn a_pattern_that_changes_in_the_middle_takes_who_was_done_last() {
    let mut three = Three::may_restart().await;
    three.until_edits(1).await;
    three.stage.put("listeners/EXTERNAL", &other_pattern());
    three.run(60).await;
    assert_eq!(three.edits, [2, 3, 1, 2]);
    three.all_have("def");
}

#[tokio::test(start_paused = true)]
async fn a_pattern_that_goes_back_in_the_middle_takes_back_who_was_done_and_no_other() {
    let mut three = Three::served().await;
    let before = three.processes();
    three.stage.put("listeners/EXTERNAL", &other_pattern());
    three.until_edits(1).await;
    three.stage.put("listeners/EXTERNAL", PATTERN);
    three.run(40).await;
    three.all_have("abc");
    let first = three.edits[0];
    assert_eq!(three.edits, [first, first]);
    let restarted: u64 = three.processes().iter().sum();
    assert_eq!(restarted, before.iter().sum::<u64>() + 2);
}

#[tokio::test(start_paused = true)]
async fn a_parameter_that_is_deleted_in_the_middle_stops_the_roll_and_changes_nothing() {
    let mut three = Three::may_restart().await;
    three.until_edits(1).await;
    three.stage.delete("listeners/EXTERNAL");
    three.run(30).await;
    assert_eq!(three.edits, [2]);
    assert_eq!(three.shown(), ["", "abc", ""]);
    three.says("is gone, and brokers keep EXTERNAL as it is");
}

#[tokio::test(start_paused = true)]
async fn a_pattern_that_flips_every_ten_seconds_harms_nobody_and_settles_when_it_does() {
    let mut three = Three::served().await;
    for turn in 0..120 {
        let pattern = match turn % 2 {
            0 => other_pattern(),
            _ => PATTERN.to_owned(),
        };
        three.stage.put("listeners/EXTERNAL", &pattern);
        three.stage.pass(Duration::from_secs(10)).await;
        three.stage.nothing_is_lost().expect("nothing is lost");
        if turn % 3 == 2 {
            let runs = tokio::join!(three.listeners.run(&three.stage), three.stage.activate());
            assert!(runs.0.report.actions.len() <= 1);
        }
    }
    three.run(60).await;
    three.all_have("abc");
    let before = three.processes();
    three.run(10).await;
    assert_eq!(three.processes(), before);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_never_comes_back_after_its_broker_was_restarted_keeps_the_others_as_they_are()
 {
    let mut three = Three::may_restart().await;
    three.until_edits(1).await;
    three.stage.pass(Duration::from_secs(5)).await;
    let host = three.host_of(three.edits[0]).clone();
    let gone = three.stage.edit(|model, now| model.agent_goes(now, &host));
    gone.expect("gone");
    three.run(60).await;
    assert_eq!(three.shown()[1], "abc");
    assert!(three.processes().iter().all(|it| *it <= 2));
    assert_eq!(three.stage.down(), []);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_gone_before_its_broker_s_turn_holds_the_roll() {
    let mut three = Three::given().await;
    let host = three.brokers[2].clone();
    let gone = three.stage.edit(|model, now| model.agent_goes(now, &host));
    gone.expect("gone");
    three.run(10).await;
    three.stage.put("restarts", "any-time");
    three.run(30).await;
    assert_eq!((three.edits.len(), three.processes()), (0, vec![1, 1, 1]));
    three.says("broker 3 on i-");
}

#[tokio::test(start_paused = true)]
async fn a_port_that_is_taken_on_the_second_host_is_seen_before_anything_is_stopped() {
    let mut three = Three::given().await;
    let host = three.brokers[2].clone();
    let port = Port::new(39092).expect("a port");
    three
        .stage
        .on_host(&host, |it, _| it.others.insert(port, "nginx".to_owned()));
    three.stage.put("restarts", "any-time");
    three.run(20).await;
    assert_eq!((three.edits.len(), three.processes()), (0, vec![1, 1, 1]));
    three.says("process 77 (nginx) listens there");
}

#[tokio::test(start_paused = true)]
async fn a_new_process_that_exits_is_taken_back_and_the_roll_stops_there() {
    let mut three = Three::may_restart().await;
    let host = three.brokers[2].clone();
    let port = Port::new(39092).expect("a port");
    three
        .stage
        .on_host(&host, |it, _| _ = it.races.insert(port));
    three.run(60).await;
    assert_eq!(three.edits, [2, 3]);
    assert_eq!(three.shown(), ["", "abc", ""]);
    assert_eq!(three.processes(), [1, 2, 3]);
    three.says("Kafka said: ERROR Socket server failed to bind to 0.0.0.0:39092");
    // The same text again is enough, once the port is free.
    three.stage.on_host(&host, |it, _| it.races.clear());
    three.stage.put("listeners/EXTERNAL", PATTERN);
    three.run(40).await;
    three.all_have("abc");
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_dies_in_the_middle_is_waited_for_while_it_recovers_its_log() {
    let mut three = Three::may_restart().await;
    three.until_edits(1).await;
    three.run(1).await;
    let died = three.brokers[2].clone();
    three.stage.on_host(&died, |host, now| {
        host.recovers_for = MINUTE * 40;
        tests::listeners::kafka::kill(host);
        tests::listeners::kafka::start(host, now);
    });
    three.stage.pass(Duration::from_secs(10)).await;
    let before = three.processes();
    for _ in 0..60 {
        three.half_minute().await;
        assert_eq!(three.edits, [2]);
    }
    assert_eq!(three.processes(), before);
    three.run(40).await;
    three.all_have("abc");
    // What was ordered for the process that died was refused by its host.
    assert_eq!(three.processes(), [2, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_fails_is_late_or_is_denied_restarts_nobody_in_that_run() {
    for fault in [GateFault::Fails, GateFault::Late(MINUTE), GateFault::Denied] {
        let mut three = Three::may_restart().await;
        for _ in 0..40 {
            three.stage.model().spoil_gate(fault);
            three.half_minute().await;
        }
        assert_eq!(three.edits, [] as [u32; 0], "{fault:?}");
        assert_eq!(three.processes(), [1, 1, 1], "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn partitions_that_no_gate_can_save_need_a_word() {
    let mut three = Three::given().await;
    three.stage.edit_cluster(|cluster| {
        let first = [NodeId::new(2).expect("a node")];
        let lone = world::model::KafkaTopic::spread(1, 1, &first);
        cluster.topics.insert("lone".to_owned(), lone);
    });
    three.stage.put("restarts", "any-time");
    three.run(20).await;
    assert_eq!(three.edits, [] as [u32; 0]);
    three.says("lone-0");
}

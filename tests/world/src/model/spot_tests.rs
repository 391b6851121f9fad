//! Spot Instances: what AWS tells of them before it takes them back.

use super::world::{at, world};
use super::{Launch, Model, TakenBack};
use fleet::observed::SpotRequest;
use fleet::words::InstanceId;

fn running() -> (Model, InstanceId) {
    let mut model = world();
    let id = model.run_instance(at(0), Launch::in_zone("usw2-az2"));
    let id = id.expect("an instance");
    assert_eq!(model.make_spot(&id), Ok(()));
    model.advance(at(30));
    (model, id)
}

fn request(model: &mut Model, now: i64, id: &InstanceId) -> SpotRequest {
    let spot = model.instance(id).and_then(|it| it.spot.clone());
    let request = spot.expect("a Spot Instance").request;
    let page = model.describe_spot_instance_requests(at(now), &[request, "sir-other".into()], None);
    page.expect("a page").items.remove(0)
}

fn seen(model: &mut Model, now: i64, id: &InstanceId) -> (String, String) {
    let code = request(model, now, id).status.as_str().to_owned();
    let state = model.instance(id).map(|it| it.state.as_str().to_owned());
    (code, state.unwrap_or_default())
}

#[test]
fn it_runs_for_two_minutes_after_the_notice_and_its_request_tells_the_end_f62() {
    for (how, action, marked, ended, state) in [
        (
            TakenBack::ForCapacity,
            "terminate",
            "instance-terminated-no-capacity",
            "instance-terminated-no-capacity",
            "shutting-down",
        ),
        (
            TakenBack::ForPrice,
            "terminate",
            "marked-for-termination",
            "instance-terminated-by-price",
            "shutting-down",
        ),
        (
            TakenBack::Stopped,
            "stop",
            "marked-for-stop",
            "marked-for-stop",
            "stopping",
        ),
    ] {
        let (mut model, id) = running();
        let told = |code: &str, state: &str| (code.to_owned(), state.to_owned());
        assert_eq!(seen(&mut model, 60, &id), told("fulfilled", "running"));
        model.take_events();
        model.take_back(at(60), &id, how).expect("it is Spot");
        let events = model.take_events();
        let [event] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(
            event["detail-type"],
            "EC2 Spot Instance Interruption Warning"
        );
        assert_eq!(event["detail"]["instance-action"], action);
        assert_eq!(event["detail"]["instance-id"], id.as_str());
        assert_eq!(seen(&mut model, 179, &id), told(marked, "running"));
        assert_eq!(request(&mut model, 179, &id).updated_at, Some(at(60)));
        assert_eq!(seen(&mut model, 180, &id), told(ended, state));
    }
}

#[test]
fn one_that_was_stopped_is_marked_no_more_once_it_is_started_again() {
    let (mut model, id) = running();
    let stopped = model.take_back(at(60), &id, TakenBack::Stopped);
    assert_eq!(stopped, Ok(()));
    let (code, state) = seen(&mut model, 300, &id);
    assert_eq!(
        (code.as_str(), state.as_str()),
        ("instance-stopped-no-capacity", "stopped")
    );
    assert_eq!(model.start_instance(at(300), &id), Ok(()));
    let (code, state) = seen(&mut model, 400, &id);
    assert_eq!((code.as_str(), state.as_str()), ("fulfilled", "running"));
    assert_eq!(model.stop_instance(at(400), &id), Ok(()));
    let (code, _) = seen(&mut model, 500, &id);
    assert_eq!(code, "instance-stopped-by-user");
}

#[test]
fn nothing_follows_a_recommendation_and_no_other_instance_is_taken_back() {
    let (mut model, id) = running();
    assert_eq!(model.recommend_rebalance(at(60), &id), Ok(()));
    let (code, state) = seen(&mut model, 600, &id);
    assert_eq!((code.as_str(), state.as_str()), ("fulfilled", "running"));
    let on_demand = model.run_instance(at(600), Launch::in_zone("usw2-az2"));
    let on_demand = on_demand.expect("an instance");
    let refused = model.take_back(at(700), &on_demand, TakenBack::ForPrice);
    assert!(refused.is_err());
}

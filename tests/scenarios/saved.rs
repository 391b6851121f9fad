//! Saved observations: the worlds of `tests/replay/worlds` are played here, so that their files are never
//! older than what functions observe. With `SAVE=1` the files are written.

mod worlds;

use activation::duty::Duty;
use activation::saved::SavedOf;
use cloud::call::Call;
use cloud::fake::Fake;
use serde_json::Value;
use std::path::{Path, PathBuf};
use worlds::{Looks, PASSWORD, WORLDS, World};

fn file(world: &World, ending: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.join(format!("replay/worlds/{}.{ending}", world.name))
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn the_files_are_what_is_observed_in_these_worlds() {
    let saves = std::env::var_os("SAVE").is_some();
    for world in WORLDS {
        let saved = world.observed(false).await;
        let json = serde_json::to_string_pretty(&saved).expect("JSON") + "\n";
        let planned = replay::replay(&json).expect(world.name);
        if saves {
            std::fs::write(file(world, "json"), &json).expect("written");
            std::fs::write(file(world, "txt"), &planned.text).expect("written");
        }
        let told = "run it again with SAVE=1 and look at what changes";
        assert!(
            read(&file(world, "json")) == json,
            "{}.json: {told}",
            world.name
        );
        assert!(
            read(&file(world, "txt")) == planned.text,
            "{}.txt: {told}",
            world.name
        );
    }
}

#[tokio::test(start_paused = true)]
async fn no_file_is_of_a_world_that_nobody_plays() {
    let folder = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("replay/worlds"));
    for entry in folder.expect("a folder") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str());
        let name = name.expect("a name");
        assert!(WORLDS.iter().any(|world| world.name == name), "{name}");
    }
}

/// As far as the two looks are at one moment.
#[tokio::test(start_paused = true)]
async fn the_replay_prints_what_the_plan_by_hand_shows() {
    for world in WORLDS {
        let (text, plan) = world.planned().await;
        let saved = world.observed(false).await;
        let again = replay::replay(&saved.to_string()).expect(world.name);
        assert_eq!(again.text, text, "{}", world.name);
        assert_eq!(again.plan, plan, "{}", world.name);
    }
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_in_an_observation_nor_what_takes_its_place() {
    let world = WORLDS
        .iter()
        .find(|world| world.name == "users-and-passwords");
    let stage = (world.expect("the world").play)().await;
    for masked in [false, true] {
        let saved = stage.observe(masked).await;
        let text = saved.to_string();
        assert!(!text.contains(PASSWORD), "{text}");
        let parameters = saved["observed"]["parameters"]["seen"].as_array();
        let mut secure = parameters.expect("parameters").iter();
        let secure = secure.find(|parameter| parameter["kind"] == "SecureString");
        assert_eq!(secure.expect("a secret")["value"], "", "not even encrypted");
    }
    // It was there to be read, and it was read.
    let calls = stage.model().calls().clone();
    assert!(calls.contains_key(&Call::GetParameter), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_read_back_is_what_was_observed() {
    for world in WORLDS {
        let saved = world.observed(false).await;
        let again = match world.looks {
            Looks::HealBrokers => again::<heal_brokers::HealBrokers<'_, Fake>>(&saved),
            Looks::PushListeners => again::<push_listeners::PushListeners<'_, Fake>>(&saved),
            Looks::RegisterBrokers => again::<register_brokers::RegisterBrokers<'_, Fake>>(&saved),
            Looks::SyncPrincipals => again::<sync_principals::SyncPrincipals<'_, Fake>>(&saved),
        };
        assert_eq!(again, saved, "{}", world.name);
    }
}

fn again<D: Duty>(saved: &Value) -> Value {
    let read: SavedOf<D> = serde_json::from_value(saved.clone()).expect("an observation");
    serde_json::to_value(&read).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn a_masked_observation_is_the_mask_of_the_other_one() {
    for world in WORLDS {
        let saved = world.observed(false).await;
        let masked = world.observed(true).await;
        let mask = activation::mask::Mask::of(&saved);
        assert!(masked == mask.value(&saved), "{}: {masked}", world.name);
    }
}

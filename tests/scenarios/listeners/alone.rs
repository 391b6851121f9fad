//! One broker is given EXTERNAL by parameters alone, and loses it again.

use super::*;

#[tokio::test(start_paused = true)]
async fn one_parameter_gives_the_broker_its_listener_and_retired_gives_the_first_file_back() {
    let (stage, listeners, broker) = with_external().await;
    let file = stage.file_of(&broker);
    let advertised = "advertised.listeners=INTERNAL://b1.internal:9092,EXTERNAL://b1.usw2-az1.abc";
    assert!(file.contains(advertised), "{file}");
    assert!(file.contains("hunter2"), "{file}");
    let resting = listeners.run(&stage).await;
    assert_eq!(kinds(&resting), Vec::<&str>::new(), "{}", held(&resting));
    stage.put("listeners/EXTERNAL", r#"{"retired": true}"#);
    let (retired, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect", "edit"]);
    assert_eq!(kinds(&retired), Vec::<&str>::new(), "{}", held(&retired));
    assert!(is_first(&stage, &broker));
    assert!(!has_external(&stage, &broker));
    assert_eq!(processes(&stage, &broker), 3);
}

//! The dashboard's widget: the real binary of show-mapping draws what the real functions have printed.

use serde_json::json;
use tests::built::binary;
use tests::handler::Handler;
use world::model::Settings;

#[tokio::test]
async fn the_widget_draws_what_the_functions_have_printed_under_a_role_that_can_write_nothing() {
    let handler = Handler::start(Settings::default()).await;
    handler.drained().await;
    let widget = handler
        .aws
        .load_asked("show-mapping", &binary("show-mapping"));
    let widget = widget.expect("the function");
    let described = widget.invoke(json!({ "describe": true })).await;
    let described = described.expect("a description");
    let text = described.as_str().expect("Markdown");
    assert!(text.starts_with("## "), "{text}");
    let asked = json!({ "widgetContext": { "theme": "dark", "width": 588, "height": 369 } });
    let drawn = widget.invoke(asked).await.expect("a picture");
    let html = drawn.as_str().expect("HTML");
    for part in [
        "All 3 ports are proven.",
        "class=\"kpl kpl-dark\"",
        "broker 2",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(handler.aws.surprises(), Vec::<String>::new());
    assert_eq!(handler.aws.model().calls_of()["show-mapping"].len(), 1);
}

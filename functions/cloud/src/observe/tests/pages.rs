//! Pages that do not come, and pages without end.

use crate::call::Call;
use crate::calls::{Page, PageToken};
use crate::eyes::Eyes;
use crate::fake::{Fake, scope, soon};
use crate::observe::observe;
use crate::pacing::Pace;
use fleet::observed::Gap;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn a_second_page_that_fails_is_a_gap_and_not_half_a_list() {
    let mut aws = Fake::of(0);
    aws.instance("i-1", "orders");
    aws.instance("i-2", "orders");
    aws.page_size = Some(1);
    // The first page passes, being asked for first.
    let (pace, scope) = (Pace::default(), scope());
    let eyes = Eyes {
        aws: &aws,
        pace: &pace,
        scope: &scope,
        until: soon(),
    };
    let pages = eyes.pages(
        Call::DescribeInstances,
        async |page: Option<PageToken>| match page {
            None => Ok(Page {
                items: vec![1],
                next: Some(PageToken("2".to_owned())),
            }),
            Some(_) => Err(crate::error::CallError::unanswered(
                Call::DescribeInstances,
                "closed",
            )),
        },
    );
    assert_eq!(
        pages.await.expect_err("a gap").to_string(),
        "DescribeInstances: DescribeInstances got no answer: closed"
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_page_token_twice_is_an_end_and_a_gap() {
    let (aws, pace, scope) = (Fake::of(0), Pace::default(), scope());
    let eyes = Eyes {
        aws: &aws,
        pace: &pace,
        scope: &scope,
        until: soon(),
    };
    let endless = eyes.pages(Call::DescribeTargetGroups, async |_| {
        Ok(Page {
            items: vec![1],
            next: Some(PageToken("again".to_owned())),
        })
    });
    assert_eq!(
        endless.await,
        Err(Gap {
            read: "DescribeTargetGroups".to_owned(),
            reason: "AWS answered the same page token twice".to_owned(),
        })
    );
}

#[tokio::test(start_paused = true)]
async fn pages_without_end_are_a_gap() {
    let mut aws = Fake::of(1);
    aws.is_endless = true;
    aws.date = None;
    let far = Instant::now() + Duration::from_secs(3600);
    let seen = observe(&aws, &Pace::default(), &scope(), None, far).await;
    for gap in [
        seen.listeners.expect_err("a gap"),
        seen.target_groups.expect_err("a gap"),
        seen.instances.expect_err("a gap"),
        seen.auto_scaling_groups.expect_err("a gap"),
        seen.nodes.expect_err("a gap"),
        seen.endpoint_services.expect_err("a gap"),
    ] {
        assert_eq!(gap.reason, "AWS answered more than 200 pages", "{gap}");
    }
    assert_eq!(aws.asked_of(Call::DescribeInstances).len(), 200);
}

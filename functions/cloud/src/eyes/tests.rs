//! Pages that do not come, and a look that takes too long.

use super::*;
use crate::calls::Ec2Reads;
use crate::fake::{Fake, soon};
use crate::pacing::Pace;

#[tokio::test(start_paused = true)]
async fn a_second_page_that_fails_is_a_gap_and_not_half_a_list() {
    let mut aws = Fake::of(0);
    aws.instance("i-1", "orders");
    aws.instance("i-2", "orders");
    aws.page_size = Some(1);
    // The first page passes, being asked for first.
    let (aws, pace) = (&aws, &Pace::default());
    let eyes = Eyes::of_run(Paced { aws, pace }, soon());
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
    let (aws, pace) = (&Fake::of(0), &Pace::default());
    let eyes = Eyes::of_run(Paced { aws, pace }, soon());
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
async fn a_look_ends_in_time_and_no_later_than_its_run() {
    let mut aws = Fake::of(0);
    aws.latency = Duration::from_secs(1_000_000);
    let (aws, pace) = (&aws, &Pace::default());
    for (run, look) in [(47, 30), (12, 12)] {
        let begin = Instant::now();
        let eyes = Eyes::of_run(Paced { aws, pace }, begin + Duration::from_secs(run));
        let seen = eyes.pages(Call::DescribeInstances, |page| {
            let filter = crate::calls::InstanceFilter::Ids(Vec::new());
            async move { aws.describe_instances(&filter, page).await }
        });
        let gap = seen.await.expect_err("a gap").to_string();
        assert!(gap.contains("no time was left"), "{gap}");
        assert_eq!(begin.elapsed().as_secs(), look);
    }
}

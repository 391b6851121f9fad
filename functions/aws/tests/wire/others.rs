//! Target groups of an account that are none of ours, whatever they are like.

use crate::canned::answering;
use crate::wire::config;
use aws::Aws;
use cloud::calls::Elbv2Reads;

/// A group of Lambda functions, which has neither port nor VPC; one that a newer AWS may make; and ours.
const ANSWER: &str = "<DescribeTargetGroupsResponse><DescribeTargetGroupsResult><TargetGroups>\
    <member><TargetGroupArn>arn:a</TargetGroupArn><TargetGroupName>kpl-0a0a0a0a-f</TargetGroupName><TargetType>lambda</TargetType></member>\
    <member><TargetGroupArn>arn:b</TargetGroupArn><TargetGroupName>web</TargetGroupName><TargetType>something</TargetType></member>\
    <member><TargetGroupArn>arn:c</TargetGroupArn><TargetGroupName>kpl-0a0a0a0a-1</TargetGroupName><TargetType>instance</TargetType>\
    <Protocol>TCP</Protocol><Port>39092</Port><VpcId>vpc-1</VpcId><HealthCheckProtocol>TCP</HealthCheckProtocol>\
    <HealthCheckPort>traffic-port</HealthCheckPort><HealthCheckIntervalSeconds>10</HealthCheckIntervalSeconds>\
    <HealthCheckTimeoutSeconds>10</HealthCheckTimeoutSeconds><HealthyThresholdCount>2</HealthyThresholdCount>\
    <UnhealthyThresholdCount>2</UnhealthyThresholdCount></member>\
    </TargetGroups></DescribeTargetGroupsResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
    </DescribeTargetGroupsResponse>";

#[tokio::test]
async fn groups_of_others_do_not_spoil_the_list_of_ours() {
    let sdk = Aws::from_config(config(&answering("200 OK", ANSWER).await)).await;
    let page = sdk.describe_target_groups("kpl-0a0a0a0a-", None).await;
    let names = page.map(|page| {
        let names = page.items.into_iter().map(|group| group.name.to_string());
        names.collect::<Vec<_>>()
    });
    assert_eq!(names, Ok(vec!["kpl-0a0a0a0a-1".to_owned()]));
}

//! What AWS takes as a text: its characters and its length, for each property that is a text, with
//! where AWS says so. API references stand for the service's own; the same limits are in the
//! resource schemas of CloudFormation.

/// What one text may be.
pub struct Limit {
    /// The type of the resource; `*` is every one that is taggable.
    pub kind: &'static str,
    /// The path of the text, without the places in lists.
    pub path: &'static str,
    /// Whether AWS takes a text of these characters.
    pub fits: fn(&str) -> bool,
    /// The most characters that it may have.
    pub most: usize,
    /// Where AWS says so.
    pub source: &'static str,
}

const fn limit(
    kind: &'static str,
    path: &'static str,
    fits: fn(&str) -> bool,
    most: usize,
    source: &'static str,
) -> Limit {
    Limit {
        kind,
        path,
        fits,
        most,
        source,
    }
}

const ALARM: &str = "AWS::CloudWatch::Alarm";
const FUNCTION: &str = "AWS::Serverless::Function";
const GROUP: &str = "AWS::EC2::SecurityGroup";
const POLICY: &str = "AWS::IAM::Policy";
const POLICY_OF_OURS: &str = "AWS::IAM::ManagedPolicy";
const LAUNCH: &str = "AWS::EC2::LaunchTemplate";
const SCALING: &str = "AWS::AutoScaling::AutoScalingGroup";
const ROLE: &str = "AWS::IAM::Role";
const RULE: &str = "AWS::Events::Rule";
const SCHEDULE: &str = "AWS::Scheduler::Schedule";
const QUEUE_POLICY: &str = "AWS::SQS::QueuePolicy";

/// Every text of the templates.
#[rustfmt::skip]
pub const LIMITS: &[Limit] = &[
    limit("*", "Tags.Key", is_tag_key, 128, "General Reference, Tagging AWS resources; ELBv2, SQS, IAM API: Tag"),
    limit("*", "Tags.Value", is_tag, 256, "General Reference, Tagging AWS resources; ELBv2, SQS, IAM API: Tag"),
    limit(GROUP, "GroupDescription", is_of_ec2, 255, "EC2 API, CreateSecurityGroup: GroupDescription"),
    limit(GROUP, "SecurityGroupIngress.Description", is_of_ec2, 255, "EC2 API, IpRange: Description"),
    limit(GROUP, "SecurityGroupEgress.Description", is_of_ec2, 255, "EC2 API, IpRange and UserIdGroupPair: Description"),
    limit("AWS::EC2::SecurityGroupIngress", "Description", is_of_ec2, 255, "EC2 API, UserIdGroupPair: Description"),
    limit(FUNCTION, "Description", is_printable, 256, "Lambda API, CreateFunction: Description"),
    limit(FUNCTION, "Handler", has_no_space, 128, "Lambda API, CreateFunction: Handler"),
    limit("AWS::Logs::LogGroup", "LogGroupName", is_log_group, 512, "CloudWatch Logs API, CreateLogGroup: logGroupName"),
    limit("AWS::SQS::Queue", "QueueName", is_queue, 80, "SQS API, CreateQueue: QueueName, with .fifo"),
    limit(QUEUE_POLICY, "PolicyDocument.Statement.Sid", is_alphanumeric, 100, "IAM user guide, JSON policy elements: Sid"),
    limit(RULE, "Name", is_name, 64, "EventBridge API, PutRule: Name"),
    limit(RULE, "Description", is_printable, 512, "EventBridge API, PutRule: Description"),
    limit(RULE, "Targets.Id", is_name, 64, "EventBridge API, Target: Id"),
    limit(RULE, "Targets.SqsParameters.MessageGroupId", is_printable, 100, "EventBridge API, SqsParameters: MessageGroupId"),
    limit(RULE, "EventPattern.detail.alarmName", is_printable, 255, "CloudWatch API, PutMetricAlarm: AlarmName"),
    limit(SCHEDULE, "Description", is_printable, 512, "EventBridge Scheduler API, CreateSchedule: Description"),
    limit(SCHEDULE, "ScheduleExpression", is_printable, 256, "EventBridge Scheduler API, CreateSchedule: ScheduleExpression"),
    limit(SCHEDULE, "Target.SqsParameters.MessageGroupId", is_printable, 128, "EventBridge Scheduler API, SqsParameters: MessageGroupId"),
    limit(ROLE, "Description", is_of_iam, 1000, "IAM API, CreateRole: Description"),
    limit(ROLE, "AssumeRolePolicyDocument.Statement.Sid", is_alphanumeric, 100, "IAM user guide, JSON policy elements: Sid"),
    limit(ROLE, "Policies.PolicyName", is_policy_name, 128, "IAM API, PutRolePolicy: PolicyName"),
    limit(ROLE, "Policies.PolicyDocument.Statement.Sid", is_alphanumeric, 100, "IAM user guide, JSON policy elements: Sid"),
    limit(POLICY, "PolicyName", is_policy_name, 128, "IAM API, PutRolePolicy: PolicyName"),
    limit(POLICY, "PolicyDocument.Statement.Sid", is_alphanumeric, 100, "IAM user guide, JSON policy elements: Sid"),
    limit(ALARM, "AlarmName", is_printable, 255, "CloudWatch API, PutMetricAlarm: AlarmName"),
    limit(ALARM, "AlarmDescription", is_printable, 1024, "CloudWatch API, PutMetricAlarm: AlarmDescription"),
    limit(ALARM, "Namespace", is_of_a_metric, 255, "CloudWatch API, PutMetricAlarm: Namespace"),
    limit(ALARM, "MetricName", is_of_a_metric, 255, "CloudWatch API, PutMetricAlarm: MetricName"),
    limit(ALARM, "Dimensions.Name", is_of_a_metric, 255, "CloudWatch API, Dimension: Name"),
    limit(ALARM, "Dimensions.Value", is_of_a_metric, 1024, "CloudWatch API, Dimension: Value"),
    limit(ALARM, "Metrics.Id", is_metric_id, 255, "CloudWatch API, MetricDataQuery: Id"),
    limit(ALARM, "Metrics.Label", is_printable, 255, "CloudWatch API, MetricDataQuery: Label, whose length is not said"),
    limit(ALARM, "Metrics.Expression", is_printable, 2048, "CloudWatch API, MetricDataQuery: Expression"),
    limit(ALARM, "Metrics.MetricStat.Metric.Namespace", is_of_a_metric, 255, "CloudWatch API, Metric: Namespace"),
    limit(ALARM, "Metrics.MetricStat.Metric.MetricName", is_of_a_metric, 255, "CloudWatch API, Metric: MetricName"),
    limit(ALARM, "Metrics.MetricStat.Metric.Dimensions.Name", is_of_a_metric, 255, "CloudWatch API, Dimension: Name"),
    limit(ALARM, "Metrics.MetricStat.Metric.Dimensions.Value", is_of_a_metric, 1024, "CloudWatch API, Dimension: Value"),
    limit(POLICY_OF_OURS, "Description", is_of_iam, 1000, "IAM API, CreatePolicy: Description"),
    limit(POLICY_OF_OURS, "PolicyDocument.Statement.Sid", is_alphanumeric, 100, "IAM user guide, JSON policy elements: Sid"),
    limit("AWS::EC2::NetworkInterface", "Description", is_of_ec2, 255, "EC2 API, CreateNetworkInterface: Description"),
    limit("AWS::EC2::VPCEndpoint", "ServiceName", is_name, 255, "EC2 API, CreateVpcEndpoint: ServiceName, whose length is not said"),
    limit(LAUNCH, "LaunchTemplateData.KeyName", is_printable, 255, "EC2 API, CreateKeyPair: KeyName"),
    limit(LAUNCH, "LaunchTemplateData.BlockDeviceMappings.DeviceName", has_no_space, 255, "EC2 API, BlockDeviceMapping: DeviceName, whose length is not said"),
    limit(SCALING, "LifecycleHookSpecificationList.LifecycleHookName", is_name, 255, "EC2 Auto Scaling API, LifecycleHookSpecification: LifecycleHookName"),
    limit("AWS::SSM::Parameter", "Description", is_printable, 1024, "SSM API, PutParameter: Description"),
    limit("AWS::SSM::Parameter", "Value", is_printable, 4096, "SSM API, PutParameter: Value"),
    limit("AWS::SSM::Document", "Name", is_name, 128, "SSM API, CreateDocument: Name"),
    limit("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerAttributes.Key", is_name, 256, "ELBv2 API, LoadBalancerAttribute: Key"),
    limit("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerAttributes.Value", is_printable, 1024, "ELBv2 API, LoadBalancerAttribute: Value"),
];

/// Of group and rule, the smaller set: `&` is allowed for one of them only.
fn is_of_ec2(text: &str) -> bool {
    let others = " ._-:/()#,@[]+=;{}!$*";
    all(text, |c| c.is_ascii_alphanumeric() || others.contains(c))
}

fn is_tag(text: &str) -> bool {
    let is_one = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    !text.to_lowercase().starts_with("aws:") && all(text, is_one)
}

fn is_tag_key(text: &str) -> bool {
    !text.is_empty() && is_tag(text)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && all(text, |c| c.is_ascii_alphanumeric() || ".-_".contains(c))
}

fn is_queue(text: &str) -> bool {
    let text = text.strip_suffix(".fifo").unwrap_or(text);
    is_name(text) && !text.contains('.')
}

fn is_log_group(text: &str) -> bool {
    let is_one = |c: char| c.is_ascii_alphanumeric() || ".-_/#".contains(c);
    !text.is_empty() && all(text, is_one)
}

fn is_policy_name(text: &str) -> bool {
    let is_one = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    !text.is_empty() && all(text, is_one)
}

fn is_of_iam(text: &str) -> bool {
    let is_one = |c| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}');
    all(text, is_one)
}

fn is_alphanumeric(text: &str) -> bool {
    !text.is_empty() && all(text, |c| c.is_ascii_alphanumeric())
}

/// "Only ASCII characters, at least one that is no blank, and no colon at the beginning."
fn is_of_a_metric(text: &str) -> bool {
    !text.trim().is_empty() && !text.starts_with(':') && all(text, |c| matches!(c, ' '..='~'))
}

fn is_metric_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && all(text, |c| c.is_ascii_alphanumeric() || c == '_')
}

fn has_no_space(text: &str) -> bool {
    !text.is_empty() && all(text, |c| !c.is_whitespace() && !c.is_control())
}

fn is_printable(text: &str) -> bool {
    all(text, |c| !c.is_control())
}

fn all(text: &str, is_one: impl Fn(char) -> bool) -> bool {
    text.chars().all(is_one)
}

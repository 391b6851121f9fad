"""What the questions are about: the stack of one cluster, its functions and their roles, its load balancer."""

import re

from aws import Refused, Stop, clean, need, rows, tags_of

FUNCTIONS = {
    "register-brokers": "RegisterBrokers",
    "sync-principals": "SyncPrincipals",
    "push-listeners": "PushListeners",
    "heal-brokers": "HealBrokers",
}
CLUSTER_TAG = "kafka-privatelink:cluster"


class Function:
    """A function of the stack: its name, its role's ARN and its environment."""

    def __init__(self, name, role, environment):
        self.name, self.role, self.environment = name, role, environment


class Account:
    """Everything that is read before the first question. Raises Stop with the way out."""

    def __init__(self, aws, cluster, stack=None):
        self.aws, self.cluster = aws, cluster
        who = self._must(lambda: aws.call("sts", "get-caller-identity"), "sts:GetCallerIdentity")
        self.caller, self.account = need(who, "Arn"), need(who, "Account")
        found = self._stack(stack)
        self.stack, self.stack_id = need(found, "StackName"), need(found, "StackId")
        # arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>
        parts = self.stack_id.split(":")
        if len(parts) < 6:
            raise Stop("the stack's id is no ARN: %s" % clean(self.stack_id))
        self.partition, self.region = parts[1], parts[3]
        self.parameters = {p["ParameterKey"]: p.get("ParameterValue", "") for p in found.get("Parameters", [])}
        self.outputs = {o["OutputKey"]: o.get("OutputValue", "") for o in found.get("Outputs", [])}
        self.functions = {name: self._function(name) for name in FUNCTIONS}
        self.load_balancer = self._load_balancer()
        self.vpc = need(self.load_balancer, "VpcId")

    @property
    def load_balancer_arn(self):
        return self.load_balancer["LoadBalancerArn"]

    @property
    def load_balancer_path(self):
        """`net/<name>/<id>`, the end of its ARN."""
        return self.load_balancer_arn.split(":loadbalancer/", 1)[1]

    def arn(self, service, resource):
        """The ARN of something of this account and Region."""
        return "arn:%s:%s:%s:%s:%s" % (self.partition, service, self.region, self.account, resource)

    def about(self):
        """What a state file is about."""
        return {
            "account": self.account, "cluster": self.cluster, "region": self.region,
            "load_balancer": self.load_balancer_arn,
        }

    def listeners(self):
        """All listeners of the load balancer."""
        return rows(self.aws.call("elbv2", "describe-listeners", "--load-balancer-arn", self.load_balancer_arn), "Listeners")

    def brokers(self):
        """The instances with the cluster's tag that run."""
        filters = ["Name=tag:%s,Values=%s" % (CLUSTER_TAG, self.cluster), "Name=instance-state-name,Values=running"]
        answer = self.aws.call("ec2", "describe-instances", "--filters", *filters)
        return [one for group in rows(answer, "Reservations") for one in rows(group, "Instances")]

    def services(self):
        """The endpoint services that stand on the load balancer."""
        answer = self.aws.call("ec2", "describe-vpc-endpoint-service-configurations")
        every = rows(answer, "ServiceConfigurations")
        return [one for one in every if self.load_balancer_arn in one.get("NetworkLoadBalancerArns", [])]

    def tags(self, arns):
        """The tags of listeners, or of target groups: 20 in one call, of one kind."""
        found = {}
        for at in range(0, len(arns), 20):
            answer = self.aws.call("elbv2", "describe-tags", "--resource-arns", *arns[at:at + 20])
            found.update({need(d, "ResourceArn"): tags_of(d.get("Tags")) for d in rows(answer, "TagDescriptions")})
        return found

    def _must(self, call, action):
        try:
            return call()
        except Refused as refusal:
            if refusal.is_denied():
                raise Stop("%s. Without %s nothing can be asked: allow it to who runs this" % (refusal, action)) from None
            raise Stop("%s. Nothing was asked" % refusal) from None

    def _stack(self, name):
        words = ["--stack-name", name] if name else []
        try:
            answer = self.aws.call("cloudformation", "describe-stacks", *words)
        except Refused as refusal:
            if refusal.code == "ValidationError" and name:
                raise Stop("there is no stack %r in Region %s: look at the name and at --region" % (name, self._where())) from None
            raise Stop("%s. Allow cloudformation:DescribeStacks to who runs this, or name the stack with --stack" % refusal) from None
        ours = {}
        for stack in rows(answer, "Stacks"):
            keys = [o.get("OutputKey") for o in stack.get("Outputs", [])]
            serves = [p.get("ParameterValue") for p in stack.get("Parameters", []) if p.get("ParameterKey") == "ClusterName"]
            if "RegisterBrokersFunctionName" in keys and serves:
                ours.setdefault(serves[0], []).append(stack)
        found = ours.get(self.cluster, [])
        if len(found) > 1:
            names = ", ".join(sorted(clean(need(stack, "StackName")) for stack in found))
            raise Stop("several stacks serve the cluster %r: %s. Name one of them with --stack" % (self.cluster, names))
        if not found and name:
            raise Stop("the stack %r is none of infra/template.yaml for the cluster %r" % (name, self.cluster))
        if not found:
            there = ", ".join(sorted(clean(cluster) for cluster in ours)) or "none"
            raise Stop(
                "no stack in Region %s serves the cluster %r. Clusters that are served there: %s. "
                "Look at the name, at the Region (--region) and at the account (%s)" % (self._where(), self.cluster, there, self.account)
            )
        return found[0]

    def _where(self):
        return self.aws.configured_region() or "that the AWS CLI takes by itself"

    def _function(self, name):
        output = FUNCTIONS[name] + "FunctionName"
        if not self.outputs.get(output):
            raise Stop("the stack %s has no output %s: deploy this release first (infra/upgrading.md)" % (clean(self.stack), output))
        ask = lambda: self.aws.call("lambda", "get-function-configuration", "--function-name", self.outputs[output])
        answer = self._must(ask, "lambda:GetFunctionConfiguration")
        variables = answer.get("Environment", {}).get("Variables", {})
        return Function(self.outputs[output], need(answer, "Role"), variables)

    def _load_balancer(self):
        arn = self.functions["register-brokers"].environment.get("LOAD_BALANCER_ARN", "")
        if not re.match(r"^arn:[a-z-]+:elasticloadbalancing:[^:]+:\d+:loadbalancer/net/", arn):
            raise Stop("LOAD_BALANCER_ARN of %s is no Network Load Balancer: %r" % (self.outputs["RegisterBrokersFunctionName"], arn))
        ask = lambda: self.aws.call("elbv2", "describe-load-balancers", "--load-balancer-arns", arn)
        found = rows(self._must(ask, "elasticloadbalancing:DescribeLoadBalancers"), "LoadBalancers")
        if len(found) != 1 or found[0].get("LoadBalancerArn") != arn:
            raise Stop("DescribeLoadBalancers does not answer %s, which the stack names" % arn)
        return found[0]

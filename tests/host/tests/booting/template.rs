//! What boots lean on in the template itself.

const TEMPLATE: &str = include_str!("../../../../infra/example-cluster.yaml");

/// The texts of all resources of a type, each up to the blank line after it.
fn all(kind: &str) -> Vec<&'static str> {
    let begin = format!("    Type: {kind}\n");
    let parts = TEMPLATE.split(&begin).skip(1);
    let parts = parts.map(|part| part.split("\n\n").next().unwrap_or_default());
    parts.collect()
}

/// CloudFormation writes its value again when anything of it changes (F84).
#[test]
fn a_record_has_nothing_that_a_parameter_changes() {
    let records = all("AWS::SSM::Parameter");
    assert_eq!(records.len(), 3);
    for record in records {
        assert!(
            !record.contains("!Ref") && !record.contains("!Sub"),
            "{record}"
        );
    }
}

/// A broker may not use the account's default key, which may be a customer managed one (F85).
#[test]
fn each_disk_has_the_key_that_a_broker_may_use() {
    let volumes = all("AWS::EC2::Volume");
    assert_eq!(volumes.len(), 3);
    let root = |line: &&str| line.contains("Ebs: {");
    let roots: Vec<&str> = TEMPLATE.lines().filter(root).collect();
    assert_eq!(roots.len(), 3);
    for disk in volumes.into_iter().chain(roots) {
        assert!(disk.contains("Encrypted: true"), "{disk}");
        assert!(disk.contains("KmsKeyId: alias/aws/ebs"), "{disk}");
    }
}

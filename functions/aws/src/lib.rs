//! The traits of `cloud` by the AWS SDK: one function per call, one page per call, error codes.
//! Nothing is decided here, nothing is retried (cloud does that), and what AWS leaves out of an
//! answer is an error that names the field, never a default.

mod alarms;
mod auto_scaling;
mod clients;
mod connector;
mod date;
mod ec2;
mod elbv2_reads;
mod elbv2_records;
mod error;
mod fields;
mod healing;
mod lambda;
mod logs;
mod mapping;
mod plain;
mod principals;
mod ssm;
mod whole;

pub use clients::Aws;

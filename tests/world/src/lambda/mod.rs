//! Lambda: the Runtime API, the process of the real binary behind it, and the event source mapping
//! from a FIFO queue. Function time-outs are real time, because the function measures with the real
//! clock; waits of the queue are AWS time. Between invocations a process is not frozen, as AWS
//! would.

pub mod environment;
pub mod function;
pub mod function_error;
pub mod mapping;
pub mod process;
pub mod runtime_api;
pub mod sqs_event;

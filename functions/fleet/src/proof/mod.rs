//! Proof that a port reaches its broker: what is asked ([`Inquiry`]), what came back from the
//! sockets ([`Evidence`]), and what it proves ([`judge`]). A healthy TCP target is not a broker, and
//! the right broker at the wrong port sends a client's writes nowhere ("What is proven" in `probe-brokers/README.md`).

mod awaited;
mod evidence;
mod inquiry;
mod judge;
mod secret;
mod verdict;

pub use awaited::Awaited;
pub use evidence::{Evidence, Miss, Reached, Who};
pub use inquiry::{Inquiry, Path, Question, Way};
pub use judge::judge;
pub use secret::{ClientCertificate, Credentials, Mechanism, Secret, SecretError};
pub use verdict::{LOST, Row, Verdict, brokers, row};

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod secret_tests;
#[cfg(test)]
mod tests;

//! Salted passwords of SCRAM (RFC 5802): thousands of rounds of hashing for each, and the same on
//! every broker, since users are those of the cluster.

use crate::{Credentials, Mechanism};
use aws_lc_rs::pbkdf2;
use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OnceCell, Semaphore};

/// Salted passwords that were computed already. Connections that share one compute each of them
/// once; those that need it meanwhile wait. It is kept as long as somebody has it, and nowhere else.
#[derive(Clone)]
pub struct SaltedPasswords {
    known: Arc<Mutex<HashMap<Salting, Known>>>,
    /// One at a time, first come, first served: hashing needs a core, not company.
    turn: Arc<Semaphore>,
}

type Known = Arc<OnceCell<Arc<[u8]>>>;

/// What a salted password is made of, but for the user, who is not.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Salting {
    mechanism: Mechanism,
    password: String,
    salt: Vec<u8>,
    rounds: NonZeroU32,
}

impl SaltedPasswords {
    /// How many were computed so far.
    pub fn computed(&self) -> usize {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().filter(|known| known.initialized()).count()
    }

    /// The salted password; None if it cannot be computed.
    pub(crate) async fn of(
        &self,
        who: &Credentials,
        salt: &[u8],
        rounds: NonZeroU32,
    ) -> Option<Arc<[u8]>> {
        let salting = Salting {
            mechanism: who.mechanism,
            password: who.password.clone(),
            salt: salt.to_owned(),
            rounds,
        };
        let known = {
            // Nobody can stop halfway through what is done under this lock.
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(salting.clone()).or_default())
        };
        let salted = known.get_or_try_init(|| self.compute(salting)).await;
        salted.ok().cloned()
    }

    /// On another thread, so that nobody's packets wait for it.
    async fn compute(&self, salting: Salting) -> Result<Arc<[u8]>, ()> {
        let _turn = self.turn.acquire().await.map_err(drop)?;
        let computed = tokio::task::spawn_blocking(move || salting.compute());
        computed.await.map_err(drop)
    }
}

impl Default for SaltedPasswords {
    fn default() -> Self {
        Self {
            known: Arc::default(),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

impl fmt::Debug for SaltedPasswords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Salting {
    /// Like Kafka's own client it takes the password's bytes as they are.
    fn compute(&self) -> Arc<[u8]> {
        let (algorithm, length) = match self.mechanism {
            Mechanism::ScramSha256 => (pbkdf2::PBKDF2_HMAC_SHA256, 32),
            Mechanism::Plain | Mechanism::ScramSha512 => (pbkdf2::PBKDF2_HMAC_SHA512, 64),
        };
        let mut salted = vec![0; length];
        let password = self.password.as_bytes();
        pbkdf2::derive(algorithm, self.rounds, &self.salt, password, &mut salted);
        salted.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsasl::mechanisms::scram::tools::hash_password;
    use sha2::{Sha256, Sha512};

    fn kim(mechanism: Mechanism, password: &str) -> Credentials {
        Credentials {
            mechanism,
            username: "kim".to_owned(),
            password: password.to_owned(),
        }
    }

    fn rounds(rounds: u32) -> NonZeroU32 {
        NonZeroU32::new(rounds).expect("some rounds")
    }

    #[tokio::test]
    async fn it_is_what_rsasl_computes() {
        let passwords = SaltedPasswords::default();
        for (password, salt) in [
            ("secret", &b"a salt"[..]),
            ("", b""),
            ("p\u{e4}ss,=w\u{f6}rd", &[0, 255, 7]),
        ] {
            let (mut of_256, mut of_512) = (Default::default(), Default::default());
            hash_password::<Sha256>(password.as_bytes(), 4096, salt, &mut of_256);
            hash_password::<Sha512>(password.as_bytes(), 4096, salt, &mut of_512);
            for (mechanism, expected) in [
                (Mechanism::ScramSha256, of_256.as_slice()),
                (Mechanism::ScramSha512, of_512.as_slice()),
            ] {
                let salted = passwords
                    .of(&kim(mechanism, password), salt, rounds(4096))
                    .await;
                assert_eq!(salted.as_deref(), Some(expected));
            }
        }
    }

    #[tokio::test]
    async fn those_who_need_the_same_one_wait_for_one_computation() {
        let passwords = SaltedPasswords::default();
        let who = kim(Mechanism::ScramSha512, "secret");
        let same = || passwords.of(&who, b"a salt", rounds(65536));
        let (first, second, third) = tokio::join!(same(), same(), same());
        let first = first.expect("a salted password");
        for other in [second, third] {
            assert!(Arc::ptr_eq(&first, &other.expect("a salted password")));
        }
        assert_eq!(passwords.computed(), 1);
    }

    #[tokio::test]
    async fn another_password_salt_count_or_mechanism_is_another_one() {
        let passwords = SaltedPasswords::default();
        let who = kim(Mechanism::ScramSha256, "secret");
        let first = passwords.of(&who, b"a salt", rounds(4096)).await;
        for (who, salt, count) in [
            (kim(Mechanism::ScramSha256, "another"), &b"a salt"[..], 4096),
            (who.clone(), b"another", 4096),
            (who.clone(), b"a salt", 4097),
            (kim(Mechanism::ScramSha512, "secret"), b"a salt", 4096),
        ] {
            assert_ne!(passwords.of(&who, salt, rounds(count)).await, first);
        }
        assert_eq!(passwords.computed(), 5);
    }

    #[tokio::test]
    async fn packets_do_not_wait_for_it() {
        let passwords = SaltedPasswords::default();
        let who = kim(Mechanism::ScramSha512, "secret");
        let hashing = passwords.of(&who, b"a salt", rounds(1_000_000));
        let packet = async { tokio::task::yield_now().await };
        tokio::select! {
            biased;
            _ = hashing => panic!("nobody else had a turn"),
            () = packet => {}
        }
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let passwords = SaltedPasswords::default();
        assert_eq!(format!("{passwords:?}"), "***");
    }
}

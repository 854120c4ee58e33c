//! Passwords: argon2id, and only so many at once as the machine bears.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        PasswordVerifier,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};
use zeroize::Zeroizing;

use crate::{
    crypto::random,
    error::{Code, Error, Result},
    types::{FromText, Invalid},
};

/// Memory of one hash in KiB, passes and lanes: OWASP's first choice for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes that run at once; each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// Hashes that may wait for their turn; whoever comes after them is asked to come back.
const WAITING: usize = 16;

/// What somebody typed as a password. It shows nowhere.
#[derive(Clone)]
pub struct Password(SecretString);

impl Password {
    /// Takes what was typed. Keyboards write one letter in two ways: ğ, or g and its mark; both are the same password.
    pub fn new(typed: impl Into<String>) -> Self {
        let typed = Zeroizing::new(typed.into());
        Self(typed.nfc().collect::<String>().into())
    }

    /// The typed text, for the policy's checks.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(***)")
    }
}

impl FromText for Password {
    fn from_text(text: &str) -> std::result::Result<Self, Invalid> {
        if text.is_empty() || text.chars().count() > 1_024 {
            return Err(Invalid::new(
                "INVALID_LENGTH",
                "1–1.024 karakterlik bir parola yazın.",
                "Write a password of 1 to 1,024 characters.",
            ));
        }
        Ok(Self::new(text))
    }

    fn describe() -> RefOr<Schema> {
        Self::schema()
    }
}

impl PartialSchema for Password {
    fn schema() -> RefOr<Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .min_length(Some(1))
            .max_length(Some(1_024))
            .into()
    }
}

impl ToSchema for Password {}

/// Hashes and checks passwords, a bounded number at once.
#[derive(Debug, Clone)]
pub struct Hasher {
    running: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    memory: Memory,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            memory: Memory::default(),
        }
    }
}

/// The memory of hashes, kept from one to the next: what an allocator gets back in blocks of 19 MiB it does not give
/// back to the system, and a process that signs people in grew to ten of them.
#[derive(Debug, Clone, Default)]
struct Memory(Arc<Mutex<Vec<Vec<Block>>>>);

impl Memory {
    /// The raw hash of a password by today's parameters.
    fn digest(&self, password: &[u8], salt: &[u8]) -> Result<Output> {
        let argon = argon()?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut blocks = kept.unwrap_or_else(|| vec![Block::new(); argon.params().block_count()]);
        let mut digest = [0; Params::DEFAULT_OUTPUT_LEN];
        let done = argon.hash_password_into_with_memory(password, salt, &mut digest, &mut blocks);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
        done.map_err(|e| Error::internal(e.to_string()))?;
        Output::new(&digest).map_err(|e| Error::internal(e.to_string()))
    }
}

fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A hash of nothing that anybody types: checked when the e-mail is unknown, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl Hasher {
    /// The hash to be stored, as a PHC string.
    pub async fn hash(&self, password: &Password) -> Result<String> {
        let typed = Zeroizing::new(password.expose().to_owned());
        let memory = self.memory.clone();
        self.run(move || {
            let salt = random::bytes::<{ Salt::RECOMMENDED_LENGTH }>();
            let hash = memory.digest(typed.as_bytes(), &salt)?;
            let params = ParamsString::try_from(argon()?.params()).map_err(|e| Error::internal(e.to_string()))?;
            let salt = Salt::new(&salt).map_err(|e| Error::internal(e.to_string()))?;
            let hash = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params,
                salt: Some(salt),
                hash: Some(hash),
            };
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password belongs to the stored hash. Without one it takes as long and is false.
    pub async fn verify(&self, password: &Password, stored: Option<&str>) -> Result<bool> {
        let typed = Zeroizing::new(password.expose().to_owned());
        let known = stored.is_some();
        let stored = stored.unwrap_or(NOBODY).to_owned();
        let memory = self.memory.clone();
        self.run(move || {
            let hash = PasswordHash::new(&stored).map_err(|e| Error::internal(e.to_string()))?;
            let fits = match (&hash.salt, &hash.hash) {
                // Outputs compare in constant time.
                (Some(salt), Some(kept)) if !Self::is_outdated(&stored) => {
                    memory.digest(typed.as_bytes(), salt)? == *kept
                }
                _ => argon()?.verify_password(typed.as_bytes(), &hash).is_ok(),
            };
            Ok(fits && known)
        })
        .await
    }

    /// Whether a stored hash was made with other parameters than today's, so that it should be made anew.
    pub fn is_outdated(stored: &str) -> bool {
        !stored.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"))
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let busy = || Error::new(Code::RateLimited).retry_after(Duration::from_secs(2));
        let _place = self.queue.try_acquire().map_err(|_| busy())?;
        let _turn = self.running.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash(&Password::new("doğru at pil zımba")).await.unwrap();
        assert!(!Hasher::is_outdated(&hash), "{hash}");
        assert!(hasher.verify(&Password::new("doğru at pil zımba"), Some(&hash)).await.unwrap());
        assert!(!hasher.verify(&Password::new("dogru at pil zimba"), Some(&hash)).await.unwrap());
        assert!(!hasher.verify(&Password::new(""), None).await.unwrap());
        assert!(Hasher::is_outdated("$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$aGFzaA"));
    }

    #[tokio::test]
    async fn hashes_of_the_library_and_of_other_parameters_are_still_known() {
        use argon2::password_hash::PasswordHasher as _;
        let hasher = Hasher::default();
        for (memory, passes) in [(MEMORY_KIB, PASSES), (8 * 1024, 1)] {
            let params = Params::new(memory, passes, LANES, None).unwrap();
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let stored = argon.hash_password("eski parola".as_bytes()).unwrap().to_string();
            assert!(hasher.verify(&Password::new("eski parola"), Some(&stored)).await.unwrap(), "{stored}");
            assert!(!hasher.verify(&Password::new("yeni parola"), Some(&stored)).await.unwrap(), "{stored}");
        }
        let ours = hasher.hash(&Password::new("yeni parola")).await.unwrap();
        let read = PasswordHash::new(&ours).unwrap();
        assert!(argon().unwrap().verify_password("yeni parola".as_bytes(), &read).is_ok(), "{ours}");
    }

    #[tokio::test]
    async fn the_memory_of_a_hash_serves_the_next() {
        let hasher = Hasher::default();
        let password = Password::new("x");
        for _ in 0..3 {
            futures_util::future::join_all((0..4).map(|_| hasher.verify(&password, None))).await;
        }
        assert!((1..=AT_ONCE).contains(&hasher.memory.0.lock().unwrap().len()));
    }

    #[tokio::test]
    async fn more_than_fit_are_sent_away_and_not_queued_without_end() {
        let hasher = Hasher::default();
        let password = Password::new("x");
        let tries = (0..64).map(|_| hasher.verify(&password, None));
        let answers = futures_util::future::join_all(tries).await;
        let refused = answers.iter().filter(|a| a.as_ref().is_err_and(|e| e.code() == Code::RateLimited)).count();
        assert_eq!(refused, 64 - AT_ONCE - WAITING);
    }

    #[test]
    fn one_password_typed_on_two_keyboards_is_the_same() {
        assert_eq!(Password::new("dag\u{306}").expose(), Password::new("dağ").expose());
    }

    #[test]
    fn a_password_does_not_show() {
        assert_eq!(format!("{:?}", Password::new("gizli")), "Password(***)");
    }
}

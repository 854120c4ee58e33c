//! Tokens: a signed name of a session. Nothing is granted by the token alone; the session decides.

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AccountId, CompanyId, Role, SessionId, TenantId, UserId};
use crate::{
    crypto::Signer,
    error::{Code, Error, Result},
};

/// How long a mobile client's access token lives.
pub const ACCESS_LIFE: Duration = Duration::minutes(15);

/// What a token says. The role is a hint for the limits; the session's role counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The session.
    pub sid: SessionId,
    /// The tenant.
    pub tid: TenantId,
    /// The user.
    pub uid: UserId,
    /// The account.
    pub aid: AccountId,
    /// The company of a customer's user.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cid: Option<CompanyId>,
    /// The role at sign-in.
    pub role: Role,
    /// Until when, in seconds since 1970.
    pub exp: i64,
}

/// Makes and checks session tokens and refresh tokens.
#[derive(Clone)]
pub struct Tokens {
    keys: Vec<(String, EncodingKey, DecodingKey)>,
    signer: Signer,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    /// Tokens signed by the current key and accepted from all keys of the ring.
    pub fn new(signer: &Signer) -> Self {
        let keys = signer
            .purpose_keys("session-token")
            .into_iter()
            .map(|key| {
                (key.id().to_owned(), EncodingKey::from_secret(key.expose()), DecodingKey::from_secret(key.expose()))
            })
            .collect();
        Self { keys, signer: signer.clone() }
    }

    /// A token for these claims.
    pub fn sign(&self, claims: &Claims) -> Result<String> {
        let (id, key, _) = self.keys.first().ok_or_else(|| Error::internal("no signing key"))?;
        let header = Header { kid: Some(id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, key).map_err(Error::internal)
    }

    /// The claims of a token that we signed and that is still good at `now`.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims> {
        let unauthorized = || Error::new(Code::Unauthorized);
        let kid = jsonwebtoken::decode_header(token).map_err(|_| unauthorized())?.kid;
        let (_, _, key) = self.keys.iter().find(|(id, ..)| Some(id) == kid.as_ref()).ok_or_else(unauthorized)?;
        let mut validation = Validation::new(Algorithm::HS256);
        // The application's clock decides, not the library's.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).map_err(|_| unauthorized())?.claims;
        if claims.exp <= now.timestamp() {
            return Err(Error::new(Code::TokenExpired));
        }
        Ok(claims)
    }

    /// The refresh token for a session's present nonce. The row holds the nonce and the key is ours,
    /// so neither alone makes a token; and the same nonce always makes the same token, so that a
    /// refresh which is repeated at once can be answered again.
    pub fn refresh_token(&self, session: SessionId, account: AccountId, nonce: &[u8; 32]) -> String {
        let payload = [session.as_uuid().as_bytes().as_slice(), account.as_uuid().as_bytes(), nonce].concat();
        self.signer.seal("refresh-token", &payload)
    }

    /// What a refresh token names, if it is one of ours. Whether it is still good, the session knows.
    pub fn read_refresh(&self, token: &str) -> Option<RefreshClaim> {
        let payload = self.signer.open("refresh-token", token)?;
        let (session, rest) = payload.split_first_chunk::<16>()?;
        let (account, nonce) = rest.split_first_chunk::<16>()?;
        Some(RefreshClaim {
            session: SessionId::from_uuid(Uuid::from_bytes(*session)),
            account: AccountId::from_uuid(Uuid::from_bytes(*account)),
            nonce: nonce.try_into().ok()?,
        })
    }
}

/// What a refresh token names.
#[derive(Debug, Clone)]
pub struct RefreshClaim {
    /// The session.
    pub session: SessionId,
    /// The session's account.
    pub account: AccountId,
    /// The session's nonce when the token was made.
    pub nonce: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str = "b:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,a:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
    const OLD: &str = "a:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn tokens(keys: &str) -> Tokens {
        Tokens::new(&Signer::new(crate::crypto::Keyring::parse(keys).unwrap()))
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn claims() -> Claims {
        Claims {
            sid: SessionId::new_at(now()),
            tid: TenantId::new_at(now()),
            uid: UserId::new_at(now()),
            aid: AccountId::new_at(now()),
            cid: None,
            role: Role::Office,
            exp: now().timestamp() + 60,
        }
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let ours = tokens(KEYS);
        let token = ours.sign(&claims()).unwrap();
        assert!(ours.verify(&token, now()).is_ok());
        assert_eq!(ours.verify(&token, now() + Duration::seconds(60)).unwrap_err().code(), Code::TokenExpired);
    }

    #[test]
    fn an_older_key_of_the_ring_is_still_accepted_and_a_foreign_one_never() {
        let ours = tokens(KEYS);
        let old = tokens(OLD).sign(&claims()).unwrap();
        assert!(ours.verify(&old, now()).is_ok());
        let foreign = tokens("b:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=");
        assert!(ours.verify(&foreign.sign(&claims()).unwrap(), now()).is_err());
    }

    #[test]
    fn a_changed_or_unsigned_token_is_refused() {
        let ours = tokens(KEYS);
        let token = ours.sign(&claims()).unwrap();
        let other = ours.sign(&Claims { role: Role::Admin, ..claims() }).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let forged = format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2]);
        for bad in [forged.as_str(), "", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
            assert_eq!(ours.verify(bad, now()).unwrap_err().code(), Code::Unauthorized, "{bad}");
        }
    }

    #[test]
    fn a_refresh_token_names_one_nonce_of_one_session() {
        let ours = tokens(KEYS);
        let (session, account) = (SessionId::new_at(now()), AccountId::new_at(now()));
        let token = ours.refresh_token(session, account, &[7; 32]);
        assert_eq!(token, ours.refresh_token(session, account, &[7; 32]));
        let claim = ours.read_refresh(&token).unwrap();
        assert_eq!((claim.session, claim.account, claim.nonce), (session, account, [7; 32]));
        let other = ours.refresh_token(session, account, &[8; 32]);
        // The end of one token on the beginning of another.
        let forged = format!("{}{}", &token[..80], &other[80..]);
        for bad in [forged.as_str(), "x.y.z", "", &format!("{token}x")] {
            assert!(ours.read_refresh(bad).is_none(), "{bad}");
        }
    }
}

//! Proof that we made something: links, cursors, and keys for every other signature.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretBox};
use uuid::Uuid;

use super::keyring::{Key, Keyring, is_key_id};
use super::{digest, mac};
use crate::types::macros::parsed_value;
use crate::types::{Email, FromText, Invalid, schema};

const MAC: usize = 32;

/// A key that serves one purpose, derived from a key of the ring and named like it.
pub struct PurposeKey {
    id: String,
    secret: SecretBox<[u8; 32]>,
}

impl PurposeKey {
    fn derive(key: &Key, purpose: &str) -> Self {
        let secret = mac::derive(key.expose(), purpose.as_bytes());
        Self { id: key.id().to_owned(), secret: SecretBox::new(Box::new(*secret)) }
    }

    /// The ring's name of the key, such as a token's `kid`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key itself.
    pub fn expose(&self) -> &[u8; 32] {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for PurposeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PurposeKey({}, redacted)", self.id)
    }
}

/// Signs and verifies under SIGNING_KEYS: the current key signs, every key of the ring verifies.
#[derive(Clone, Debug)]
pub struct Signer(Keyring);

impl Signer {
    /// A signer with these keys.
    pub const fn new(keys: Keyring) -> Self {
        Self(keys)
    }

    /// The current key for a purpose.
    pub fn purpose_key(&self, purpose: &str) -> PurposeKey {
        PurposeKey::derive(self.0.current(), purpose)
    }

    /// Every key for a purpose, the current one first; deriving costs microseconds, so keep them.
    pub fn purpose_keys(&self, purpose: &str) -> Vec<PurposeKey> {
        self.0.iter().map(|key| PurposeKey::derive(key, purpose)).collect()
    }

    /// The token of a link in a mail: an id and the proof that whoever shows it was sent it. The nonce stands in the
    /// row, so that a new nonce makes earlier links void.
    pub fn link(&self, purpose: &'static str, id: Uuid, nonce: &[u8]) -> LinkToken {
        let key = self.purpose_key("links");
        LinkToken { id, mac: mac::sign(key.expose(), &[purpose.as_bytes(), id.as_bytes(), nonce]), key: key.id }
    }

    /// Whether the token was made by us for this purpose and the row's nonce.
    pub fn verify_link(&self, purpose: &'static str, token: &LinkToken, nonce: &[u8]) -> bool {
        self.0.find(&token.key).is_some_and(|key| {
            let key = PurposeKey::derive(key, "links");
            mac::verify(key.expose(), &[purpose.as_bytes(), token.id.as_bytes(), nonce], &token.mac)
        })
    }

    /// A payload that a caller may keep and bring back but not read with ease nor change, such as a cursor.
    pub fn seal(&self, purpose: &'static str, payload: &[u8]) -> String {
        let key = self.purpose_key(purpose);
        let proof = mac::sign(key.expose(), &[payload]);
        let mut sealed = Vec::with_capacity(1 + key.id.len() + MAC + payload.len());
        // A key id has at most eight bytes.
        sealed.push(u8::try_from(key.id.len()).unwrap_or(u8::MAX));
        sealed.extend_from_slice(key.id.as_bytes());
        sealed.extend_from_slice(&proof);
        sealed.extend_from_slice(payload);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The payload, if we sealed it for this purpose.
    pub fn open(&self, purpose: &'static str, sealed: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (id_length, rest) = sealed.split_first()?;
        let (id, rest) = rest.split_at_checked(usize::from(*id_length))?;
        let (proof, payload) = rest.split_first_chunk::<MAC>()?;
        let key = PurposeKey::derive(self.0.find(str::from_utf8(id).ok()?)?, purpose);
        mac::verify(key.expose(), &[payload], proof).then(|| payload.to_vec())
    }

    /// A name for something personal in logs, lock-outs and limits: 32 digits that nobody can turn round or try out
    /// without the key. It changes when the key rotates, so it is good for hours, not for records.
    pub fn pseudonym(&self, purpose: &'static str, value: &[u8]) -> String {
        digest::hex(&mac::sign(self.purpose_key(purpose).expose(), &[value])[..16])
    }

    /// The pseudonym of an e-mail address.
    pub fn email_hash(&self, email: &Email) -> String {
        self.pseudonym("e-mail", email.as_str().as_bytes())
    }
}

/// What a link in a mail carries: `id.key.mac`. `Debug` shows the id only, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken {
    id: Uuid,
    key: String,
    mac: [u8; MAC],
}

impl LinkToken {
    /// Reads a token; `Signer::verify_link` says whether it is true.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        read_token(text).ok_or(Invalid::new(
            "INVALID_LINK",
            "Bağlantı eksik ya da hatalı; e-postadaki bağlantıyı olduğu gibi açın.",
            "The link is incomplete or wrong; open the link of the e-mail as it is.",
        ))
    }

    /// Whose row to look up.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The token itself, for the mail.
    pub fn expose(&self) -> String {
        format!("{}.{}.{}", self.id, self.key, URL_SAFE_NO_PAD.encode(self.mac))
    }
}

fn read_token(text: &str) -> Option<LinkToken> {
    let mut parts = text.split('.');
    let (id, key, mac) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !is_key_id(key) {
        return None;
    }
    let mac = URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?;
    Some(LinkToken { id: Uuid::from_text(id).ok()?, key: key.to_owned(), mac })
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkToken({}, redacted)", self.id)
    }
}

parsed_value!(
    LinkToken,
    schema::string(
        "The token of a link in an e-mail",
        "01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f.k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    )
    .pattern(Some(
        r"^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\.[a-z0-9]{1,8}\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
    ))
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::keyring::tests::rotation;
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0193_8f2e_6b1a_7c44_8d55_0a1b_2c3d_4e5f);

    #[test]
    fn a_link_is_true_for_its_purpose_row_and_nonce() {
        let signer = Signer::new(rotation()[0].clone());
        let token = LinkToken::parse(&signer.link("reset", ID, b"nonce").expose()).unwrap();
        assert_eq!(token.id(), ID);
        assert!(signer.verify_link("reset", &token, b"nonce"));
        assert!(!signer.verify_link("invite", &token, b"nonce"));
        assert!(!signer.verify_link("reset", &token, b"other"));
        let moved = LinkToken { id: Uuid::nil(), ..token };
        assert!(!signer.verify_link("reset", &moved, b"nonce"));
    }

    #[test]
    fn links_survive_a_rotation() {
        let [before, during, after] = rotation().map(Signer::new);
        let old = before.link("reset", ID, b"nonce");
        assert!(during.verify_link("reset", &old, b"nonce"));
        assert!(!after.verify_link("reset", &old, b"nonce"));
        assert!(before.seal("cursors", b"x") != during.seal("cursors", b"x"));
        assert_eq!(during.open("cursors", &before.seal("cursors", b"x")).unwrap(), b"x");
        assert_eq!(after.open("cursors", &before.seal("cursors", b"x")), None);
        assert_eq!(during.purpose_key("sessions").id(), "k2");
        assert_eq!(during.purpose_keys("sessions").len(), 2);
        assert_ne!(during.purpose_key("a").expose(), during.purpose_key("b").expose());
    }

    #[test]
    fn a_token_has_one_spelling_and_hides_its_proof() {
        let token = Signer::new(rotation()[0].clone()).link("reset", ID, b"nonce");
        let text = token.expose();
        let shown = format!("{token:?}");
        assert!(shown.contains(&ID.to_string()) && !shown.contains(&text[40..]));
        for wrong in ["", "x", &text[1..], &text[..text.len() - 1], &format!("{text}."), &format!("{text}=")] {
            assert_eq!(LinkToken::parse(wrong).unwrap_err().code, "INVALID_LINK", "{wrong:?}");
        }
    }

    #[test]
    fn a_pseudonym_needs_the_key() {
        let [one, other, _] = rotation().map(Signer::new);
        let email = Email::parse("ada@firma.com").unwrap();
        assert_eq!(one.email_hash(&email), one.email_hash(&Email::parse("ADA@Firma.com").unwrap()));
        assert_ne!(one.email_hash(&email), other.email_hash(&email));
        assert_ne!(one.email_hash(&email), one.pseudonym("address", b"ada@firma.com"));
        assert_eq!(one.email_hash(&email).len(), 32);
    }

    proptest! {
        #[test]
        fn a_sealed_payload_cannot_be_changed(payload: Vec<u8>, at: prop::sample::Index, flip in 1_u8..) {
            let signer = Signer::new(rotation()[1].clone());
            let sealed = signer.seal("cursors", &payload);
            prop_assert_eq!(signer.open("cursors", &sealed), Some(payload));
            prop_assert_eq!(signer.open("links", &sealed), None);
            let mut bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            prop_assert_eq!(signer.open("cursors", &URL_SAFE_NO_PAD.encode(&bytes)), None);
            prop_assert_eq!(signer.open("cursors", &sealed[..sealed.len() - 1]), None);
        }

        #[test]
        fn opening_anything_is_safe(text: String) {
            let signer = Signer::new(rotation()[1].clone());
            prop_assert_eq!(signer.open("cursors", &text), None);
            prop_assert!(LinkToken::parse(&text).is_err());
        }
    }
}

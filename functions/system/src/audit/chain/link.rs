//! One link of the chain; pure, so that anybody can compute it again from a backup.

use chrono::NaiveDateTime;
use shared::crypto::digest::sha256;
use uuid::Uuid;

/// What a link or a day is known by.
pub(in crate::audit) type Hash = [u8; 32];

/// What stands before the first link.
pub(in crate::audit) const NOTHING: Hash = [0; 32];

/// An entry of the trail, as it is stored.
#[derive(Debug, Clone)]
pub(in crate::audit) struct Entry {
    pub(in crate::audit) id: Uuid,
    pub(in crate::audit) created_at: NaiveDateTime,
    /// Everything else that it says, column by column, as bytes.
    pub(in crate::audit) said: Vec<Option<Vec<u8>>>,
    /// The link that was written, if it was: the hash before, and its own.
    pub(in crate::audit) written: (Option<Vec<u8>>, Option<Vec<u8>>),
}

/// The hash of an entry behind `previous`: SHA-256 over the hash before it, the tenant, the id, the instant in
/// microseconds and each column, with its length before it, so that no two entries are written alike.
pub(in crate::audit) fn hash(previous: &Hash, tenant: Uuid, entry: &Entry) -> Hash {
    let mut text = Vec::with_capacity(1024);
    text.extend_from_slice(previous);
    text.extend_from_slice(tenant.as_bytes());
    text.extend_from_slice(entry.id.as_bytes());
    text.extend_from_slice(&entry.created_at.and_utc().timestamp_micros().to_be_bytes());
    for column in &entry.said {
        match column {
            None => text.push(0),
            Some(bytes) => {
                text.push(1);
                text.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
                text.extend_from_slice(bytes);
            }
        }
    }
    sha256(&text)
}

/// Whether the link that was written is the one that the entry has.
pub(in crate::audit) fn holds(previous: &Hash, own: &Hash, entry: &Entry) -> bool {
    let (before, after) = &entry.written;
    before.as_deref() == Some(previous.as_slice()) && after.as_deref() == Some(own.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(said: &[Option<&str>]) -> Entry {
        Entry {
            id: Uuid::from_u128(7),
            created_at: NaiveDateTime::default(),
            said: said.iter().map(|text| text.map(|text| text.as_bytes().to_vec())).collect(),
            written: (None, None),
        }
    }

    #[test]
    fn whatever_differs_differs_in_the_hash() {
        let tenant = Uuid::from_u128(1);
        let plain = entry(&[Some("UPDATE"), None, Some("company")]);
        let first = hash(&NOTHING, tenant, &plain);
        assert_eq!(first, hash(&NOTHING, tenant, &plain));
        let others = [
            hash(&first, tenant, &plain),
            hash(&NOTHING, Uuid::from_u128(2), &plain),
            hash(&NOTHING, tenant, &Entry { id: Uuid::from_u128(8), ..plain.clone() }),
            hash(&NOTHING, tenant, &Entry { created_at: NaiveDateTime::MAX, ..plain.clone() }),
            hash(&NOTHING, tenant, &entry(&[Some("UPDATE"), Some(""), Some("company")])),
            hash(&NOTHING, tenant, &entry(&[Some("UPDATEc"), None, Some("ompany")])),
            hash(&NOTHING, tenant, &entry(&[None, Some("UPDATE"), Some("company")])),
        ];
        assert!(others.iter().all(|other| *other != first));
    }

    #[test]
    fn a_link_holds_only_with_both_of_its_ends() {
        let own = [1; 32];
        let written = |before: Option<Hash>, after: Option<Hash>| Entry {
            written: (before.map(Vec::from), after.map(Vec::from)),
            ..entry(&[])
        };
        assert!(holds(&NOTHING, &own, &written(Some(NOTHING), Some(own))));
        assert!(!holds(&NOTHING, &own, &written(Some(own), Some(own))));
        assert!(!holds(&NOTHING, &own, &written(None, None)));
    }
}

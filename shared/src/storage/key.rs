//! Names of objects. Each begins with its tenant: there is no way to make one without.

use std::fmt;

use chrono::NaiveDate;
use uuid::Uuid;

/// The name of one object in the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// `tenants/{tenant}/{purpose}/{id}`. The purpose is a word of ours (`imports`, `exports`), never
    /// a person's; nor is the file's own name part of it.
    pub fn new(tenant: Uuid, purpose: &'static str, id: Uuid) -> Self {
        Self(format!("tenants/{tenant}/{purpose}/{id}"))
    }

    /// `tenants/{tenant}/{purpose}/{day}.{extension}`, for what there is one of a day.
    pub fn of_day(tenant: Uuid, purpose: &'static str, day: NaiveDate, extension: &'static str) -> Self {
        Self(format!("tenants/{tenant}/{purpose}/{day}.{extension}"))
    }

    /// A name that a row of this tenant has kept; none when it is another tenant's or no name of ours.
    pub fn kept(tenant: Uuid, name: &str) -> Option<Self> {
        let rest = name.strip_prefix(&format!("tenants/{tenant}/"))?;
        let (purpose, id) = rest.split_once('/')?;
        let plain = !purpose.is_empty() && purpose.bytes().all(|byte| byte.is_ascii_lowercase());
        (plain && Uuid::try_parse(id).is_ok()).then(|| Self(name.to_owned()))
    }

    /// The tag by which the bucket's rules know how long to keep it: a rule cannot look past the tenant in the name.
    pub(super) fn tag(&self) -> String {
        format!("purpose={}", self.0.split('/').nth(2).unwrap_or_default())
    }

    /// As it stands in the bucket.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A `Content-Disposition` under which a browser saves the file by this name, in any language.
pub(super) fn attachment(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(150).collect();
    let plain: String =
        name.chars().map(|c| if c.is_ascii() && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    // RFC 8187: everything but letters, digits and a few signs is escaped.
    let escaped = name.bytes().fold(String::new(), |mut text, byte| {
        use fmt::Write as _;
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_begins_with_its_tenant() {
        let key = ObjectKey::new(Uuid::from_u128(1), "imports", Uuid::from_u128(2));
        assert_eq!(
            key.as_str(),
            "tenants/00000000-0000-0000-0000-000000000001/imports/00000000-0000-0000-0000-000000000002"
        );
        assert_eq!(key.tag(), "purpose=imports");
    }

    #[test]
    fn a_kept_key_is_one_of_the_same_tenant() {
        let (tenant, other) = (Uuid::from_u128(1), Uuid::from_u128(3));
        let key = ObjectKey::new(tenant, "exports", Uuid::from_u128(2));
        assert_eq!(ObjectKey::kept(tenant, key.as_str()), Some(key.clone()));
        assert_eq!(ObjectKey::kept(other, key.as_str()), None);
        for bad in ["", "exports/1", "/exports/00000000-0000-0000-0000-000000000002", "exports/../x"] {
            assert_eq!(ObjectKey::kept(tenant, &format!("tenants/{tenant}/{bad}")), None, "{bad}");
        }
    }

    #[test]
    fn a_file_is_saved_by_its_own_name_and_by_nothing_else() {
        assert_eq!(
            attachment("Çalışan listesi.csv"),
            "attachment; filename=\"_al__an listesi.csv\"; filename*=UTF-8''%C3%87al%C4%B1%C5%9Fan%20listesi.csv"
        );
        assert_eq!(
            attachment("../../etc/a\"b\r\nSet-Cookie: x;.pdf"),
            "attachment; filename=\"a_bSet-Cookie: x;.pdf\"; filename*=UTF-8''a%22bSet-Cookie%3A%20x%3B.pdf"
        );
    }
}

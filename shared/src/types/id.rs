//! Ids: UUIDv7, one type for each kind of thing.

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

use crate::crypto::random;

/// A new UUIDv7: the milliseconds of `time`, then 74 random bits.
pub fn new_uuid(time: DateTime<Utc>) -> Uuid {
    // Ids are for our own times; an instant before 1970 only happens in tests.
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random::bytes()).into_uuid()
}

/// New UUIDv7s of one instant, each greater than the one before: the twelve bits behind the milliseconds count
/// (RFC 9562, 6.2, method 1), the others are random.
pub fn new_uuids(time: DateTime<Utc>) -> impl Iterator<Item = Uuid> {
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    // What twelve bits cannot count runs over into the milliseconds.
    (millis << 12..).map(|count| {
        let mut random: [u8; 10] = random::bytes();
        random[..2].copy_from_slice(&((count & 0xFFF) as u16).to_be_bytes());
        Builder::from_unix_timestamp_millis(count >> 12, &random).into_uuid()
    })
}

/// Makes an id type: `id! { /// A customer company. CompanyId }`.
///
/// It is a UUID in JSON and in OpenAPI, `BINARY(16)` in the database, and `CompanyId::new_at(app.now())` makes one.
#[macro_export]
macro_rules! id {
    ($($(#[$meta:meta])* $name:ident)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(unreachable_pub, reason = "an id may serve one module only")]
        pub struct $name($crate::types::macro_support::uuid::Uuid);

        #[allow(dead_code, unreachable_pub, reason = "an id may serve one module only")]
        impl $name {
            /// A new id; it sorts by the given time.
            pub fn new_at(
                time: $crate::types::macro_support::chrono::DateTime<$crate::types::macro_support::chrono::Utc>,
            ) -> Self {
                Self($crate::types::new_uuid(time))
            }

            /// The id that a UUID stands for.
            pub const fn from_uuid(uuid: $crate::types::macro_support::uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            pub const fn as_uuid(self) -> $crate::types::macro_support::uuid::Uuid {
                self.0
            }

            /// Reads the hyphenated form.
            pub fn parse(text: &str) -> ::core::result::Result<Self, $crate::types::Invalid> {
                $crate::types::FromText::from_text(text).map(Self)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "{}({})", ::core::stringify!($name), self.0.hyphenated())
            }
        }

        impl $crate::types::FromText for $name {
            fn from_text(text: &str) -> ::core::result::Result<Self, $crate::types::Invalid> {
                Self::parse(text)
            }

            fn describe() -> $crate::types::macro_support::utoipa::openapi::RefOr<
                $crate::types::macro_support::utoipa::openapi::schema::Schema,
            > {
                <Self as $crate::types::macro_support::utoipa::PartialSchema>::schema()
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::types::Invalid;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl $crate::types::macro_support::serde::Serialize for $name {
            fn serialize<S: $crate::types::macro_support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> $crate::types::macro_support::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::types::macro_support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let text =
                    <::std::string::String as $crate::types::macro_support::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err($crate::types::macro_support::serde::de::Error::custom)
            }
        }

        impl $crate::types::macro_support::sqlx::Type<$crate::types::macro_support::sqlx::MySql> for $name {
            fn type_info() -> $crate::types::macro_support::sqlx::mysql::MySqlTypeInfo {
                <$crate::types::macro_support::uuid::Uuid as $crate::types::macro_support::sqlx::Type<
                    $crate::types::macro_support::sqlx::MySql,
                >>::type_info()
            }

            fn compatible(column: &$crate::types::macro_support::sqlx::mysql::MySqlTypeInfo) -> bool {
                <$crate::types::macro_support::uuid::Uuid as $crate::types::macro_support::sqlx::Type<
                    $crate::types::macro_support::sqlx::MySql,
                >>::compatible(column)
            }
        }

        impl $crate::types::macro_support::sqlx::Encode<'_, $crate::types::macro_support::sqlx::MySql> for $name {
            fn encode_by_ref(
                &self,
                buffer: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<
                $crate::types::macro_support::sqlx::encode::IsNull,
                $crate::types::macro_support::sqlx::error::BoxDynError,
            > {
                $crate::types::macro_support::sqlx::Encode::encode_by_ref(&self.0, buffer)
            }
        }

        impl<'r> $crate::types::macro_support::sqlx::Decode<'r, $crate::types::macro_support::sqlx::MySql> for $name {
            fn decode(
                value: $crate::types::macro_support::sqlx::mysql::MySqlValueRef<'r>,
            ) -> ::core::result::Result<Self, $crate::types::macro_support::sqlx::error::BoxDynError> {
                $crate::types::macro_support::sqlx::Decode::decode(value).map(Self)
            }
        }

        impl $crate::types::macro_support::utoipa::PartialSchema for $name {
            fn schema() -> $crate::types::macro_support::utoipa::openapi::RefOr<
                $crate::types::macro_support::utoipa::openapi::schema::Schema,
            > {
                $crate::types::schema::uuid().into()
            }
        }

        impl $crate::types::macro_support::utoipa::ToSchema for $name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($name))
            }
        }
    )+};
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use crate::types::FromText;

    crate::id! {
        /// A thing of the test.
        ThingId
    }

    #[test]
    fn an_id_carries_its_time_and_sorts_by_it() {
        let time = DateTime::from_timestamp(1_795_370_400, 123_456_789).unwrap();
        let (first, second) = (ThingId::new_at(time), ThingId::new_at(time + TimeDelta::milliseconds(1)));
        assert!(first < second);
        assert_ne!(first, ThingId::new_at(time));
        assert_eq!(first.as_uuid().get_version_num(), 7);
        assert_eq!(first.as_uuid().get_timestamp().unwrap().to_unix(), (1_795_370_400, 123_000_000));
    }

    #[test]
    fn ids_of_one_instant_keep_their_order_however_many() {
        let time = DateTime::from_timestamp(1_795_370_400, 123_456_789).unwrap();
        let ids: Vec<_> = super::new_uuids(time).take(5_000).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert_eq!(ids[4095].get_timestamp().unwrap().to_unix(), (1_795_370_400, 123_000_000));
        assert_eq!(ids[4096].get_timestamp().unwrap().to_unix(), (1_795_370_400, 124_000_000));
        assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
        assert_ne!(super::new_uuids(time).next(), super::new_uuids(time).next());
    }

    #[test]
    fn an_id_is_a_hyphenated_string() {
        let text = "01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f";
        let id: ThingId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(format!("{id:?}"), format!("ThingId({text})"));
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<ThingId>(&format!("\"{text}\"")).unwrap(), id);
        assert_eq!(ThingId::from_text("x").unwrap_err().code, "INVALID_ID");
        assert_eq!(ThingId::from_uuid(id.as_uuid()), id);
    }
}

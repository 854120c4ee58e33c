//! The declaration of an input.

/// Declares a structure that a caller may send: as JSON body, form or query string.
///
/// The field types say what is accepted: `T` is required, `Option<T>` may be left out or null,
/// `Patch<T>` is kept when left out, `Patch<Option<T>>` may be cleared by null, `Vec<T>` is a list.
/// ```
/// shared::input! {
///     /// A contact person.
///     pub struct NewContact {
///         /// The person's name.
///         pub name: shared::types::Text<2, 255>,
///         /// Where the person is reached.
///         pub email: Option<shared::types::Email>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! input {
    (
        $(#[doc = $about:literal])*
        $vis:vis struct $name:ident {
            $( $(#[doc = $doc:literal])* $fvis:vis $field:ident : $ty:ty ),* $(,)?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone)]
        $vis struct $name { $( $(#[doc = $doc])* $fvis $field: $ty ),* }

        impl $crate::http::input::Input for $name {
            fn read_fields(fields: &mut $crate::http::input::Fields) -> Option<Self> {
                $( let $field = fields.take::<$ty>(stringify!($field)); )*
                Some(Self { $( $field: $field? ),* })
            }
        }

        impl $crate::http::input::Field for $name {
            const REQUIRED: bool = true;

            fn read(
                value: Option<$crate::http::input::JsonValue>,
                name: &str,
                fields: &mut $crate::http::input::Fields,
            ) -> Option<Self> {
                $crate::http::input::read_nested(value, name, fields)
            }

            fn describe() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> {
                <Self as $crate::utoipa::PartialSchema>::schema()
            }
        }

        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> {
                use $crate::http::input::{Field, camel, described};
                let about: &[&str] = &[$($about),*];
                let mut object = $crate::utoipa::openapi::schema::ObjectBuilder::new()
                    .description(Some($crate::http::input::sentence(about)))
                    .additional_properties(Some(
                        $crate::utoipa::openapi::schema::AdditionalProperties::<
                            $crate::utoipa::openapi::schema::Schema,
                        >::FreeForm(false),
                    ));
                $(
                    let doc: &[&str] = &[$($doc),*];
                    object = object.property(camel(stringify!($field)), described(<$ty as Field>::describe(), doc));
                    if <$ty as Field>::REQUIRED {
                        object = object.required(camel(stringify!($field)));
                    }
                )*
                object.into()
            }
        }

        impl $crate::utoipa::ToSchema for $name {}

        impl $crate::utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<$crate::utoipa::openapi::path::ParameterIn>,
            ) -> Vec<$crate::utoipa::openapi::path::Parameter> {
                use $crate::http::input::{Field, camel, query_parameter};
                vec![$({
                    let doc: &[&str] = &[$($doc),*];
                    query_parameter(camel(stringify!($field)), <$ty as Field>::describe(), <$ty as Field>::REQUIRED, doc)
                }),*]
            }
        }
    };
}

//! Extractors: what a handler's signature says is proven before its first line.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, header, request::Parts},
};
use http_body_util::LengthLimitError;
use serde_json::Value;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Schema, Type},
    },
};

use super::{
    input::{Fields, Input},
    page::{PageFields, Paging},
};
use crate::{
    app::App,
    db::Key,
    error::{Code, Error, Result, Text},
    types::FromText,
};

/// A body that is what it should be: JSON, or a form of a page.
#[derive(Debug, Clone)]
pub struct Valid<T>(pub T);

impl<T: Input> FromRequest<App> for Valid<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let mut fields = body_fields(request).await?;
        let value = T::read_fields(&mut fields);
        fields.finish(value).map(Self)
    }
}

/// A body that changes a record, with the version that the caller saw: by `If-Match` or by the field `version`.
#[derive(Debug, Clone)]
pub struct Change<T> {
    /// The version that the caller saw.
    pub version: i64,
    /// The change.
    pub input: T,
}

impl<T: Input> FromRequest<App> for Change<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let header = if_match(request.headers())?;
        let mut fields = body_fields(request).await?;
        let version = expected(header, &mut fields);
        let input = T::read_fields(&mut fields);
        fields.finish(version.zip(input)).map(|(version, input)| Self { version, input })
    }
}

// What `request_body = Change<…>` asks of a type with parameters; `PartialSchema` follows from it.
impl<T: PartialSchema> utoipa::__dev::ComposeSchema for Change<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        match T::schema() {
            RefOr::T(Schema::Object(mut object)) => {
                object.properties.insert("version".into(), version_schema().into());
                RefOr::T(Schema::Object(object))
            }
            other => other,
        }
    }
}

impl<T: ToSchema> ToSchema for Change<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        T::name()
    }
}

fn version_schema() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .description(Some("The version that was seen; may be sent as If-Match instead."))
}

/// A body that does something to a record. It may name the version that the caller saw in its field
/// `version`, or the header `If-Match` names it: whoever sends either is promised that it counts.
#[derive(Debug, Clone)]
pub struct Step<T>(pub T);

impl<T: Input> FromRequest<App> for Step<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let header = if_match(request.headers())?;
        let mut fields = body_fields(request).await?;
        if let Some(version) = header {
            fields.say_version(version);
        }
        let value = T::read_fields(&mut fields);
        fields.finish(value).map(Self)
    }
}

/// The version that the caller saw, of a request whose body says nothing about it and that needs none.
#[derive(Debug, Clone, Copy)]
pub struct Seen(pub Option<i64>);

impl FromRequestParts<App> for Seen {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        if_match(&parts.headers).map(Self)
    }
}

impl IntoParams for Seen {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![version_parameter(Required::False)]
    }
}

/// The version that the caller saw, of a request without a body of its own.
#[derive(Debug, Clone, Copy)]
pub struct Expected(pub i64);

impl FromRequest<App> for Expected {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let header = if_match(request.headers())?;
        let bytes = body(request).await?;
        let mut fields = if bytes.is_empty() { Fields::json(serde_json::Map::new()) } else { parse(&bytes)? };
        let version = expected(header, &mut fields);
        fields.finish(version).map(Self)
    }
}

impl IntoParams for Expected {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![version_parameter(Required::True)]
    }
}

fn version_parameter(required: Required) -> Parameter {
    ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some("The version that was seen, as in the record's ETag."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some("^\"?[0-9]{1,18}\"?$"))))
        .build()
}

fn expected(header: Option<i64>, fields: &mut Fields) -> Option<i64> {
    let body = fields.take::<Option<i64>>("version")?;
    match (header, body) {
        (Some(a), Some(b)) if a != b => {
            fields.contradict_version();
            None
        }
        (Some(version), _) | (None, Some(version)) => Some(version),
        (None, None) => {
            fields.refuse(
                "version",
                "REQUIRED",
                Text::new(
                    "Kaydın gördüğünüz sürümünü If-Match başlığıyla ya da version alanıyla gönderin.",
                    "Send the version that you saw, as If-Match header or as field version.",
                ),
            );
            None
        }
    }
}

fn if_match(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let version = value.to_str().ok().map(|text| text.trim().trim_matches('"')).and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| {
        Error::field(
            "version",
            "INVALID_VERSION",
            "If-Match başlığında kaydın sürüm numarasını gönderin.",
            "Send the record's version number in If-Match.",
        )
    })
}

/// The parameters of the query string.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: Input> FromRequestParts<App> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let mut fields = query_fields(parts)?;
        let value = T::read_fields(&mut fields);
        fields.finish(value).map(Self)
    }
}

/// The parameters of a list by page: which rows, and the list's own filters.
#[derive(Debug, Clone)]
pub struct List<T> {
    /// Which part of the list.
    pub paging: Paging,
    /// The list's own filters.
    pub filter: T,
}

impl<T: Input> List<T> {
    fn read(mut fields: Fields) -> Result<Self> {
        let paging = Paging::read(&mut fields);
        let filter = T::read_fields(&mut fields);
        fields.finish(paging.zip(filter)).map(|(paging, filter)| Self { paging, filter })
    }
}

impl<T: Input> FromRequestParts<App> for List<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        Self::read(query_fields(parts)?)
    }
}

impl<T: IntoParams> IntoParams for List<T> {
    fn into_params(provider: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = PageFields::into_params(&provider);
        parameters.extend(T::into_params(provider));
        parameters
    }
}

/// The parameters of a list that is searched and has no deleted rows to show.
#[derive(Debug, Clone)]
pub struct SearchList<T>(pub List<T>);

/// The parameters of a list that is neither searched nor has deleted rows to show.
#[derive(Debug, Clone)]
pub struct PlainList<T>(pub List<T>);

/// A list that says to know a parameter and ignores it shows other rows than were asked for, so it is unknown there.
macro_rules! lists_without {
    ($($list:ident: $($name:literal)*;)*) => {$(
        impl<T: Input> FromRequestParts<App> for $list<T> {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
                let mut fields = query_fields(parts)?;
                $(fields.refuse_if_there($name);)*
                List::read(fields).map(Self)
            }
        }

        impl<T: IntoParams> IntoParams for $list<T> {
            fn into_params(provider: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                let mut parameters = List::<T>::into_params(provider);
                parameters.retain(|parameter| ![$($name),*].contains(&parameter.name.as_str()));
                parameters
            }
        }
    )*};
}

lists_without! {
    SearchList: "includeDeleted";
    PlainList: "includeDeleted" "q";
}

/// The one id in the path. What is no id names nothing: 404.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: FromText> FromRequestParts<App> for Id<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<Self> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Error::not_found())?;
        T::from_text(&text).map(Self).map_err(|_| Error::not_found())
    }
}

/// The caller's Idempotency-Key, if there is one.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub Option<Key>);

impl FromRequestParts<App> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| {
            (8..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
        });
        let Some(key) = key else {
            return Err(Error::field(
                "Idempotency-Key",
                "INVALID_KEY",
                "8–128 harf, rakam ya da . _ : - içeren bir anahtar gönderin.",
                "Send a key of 8 to 128 letters, digits or . _ : -",
            ));
        };
        let body = parts.extensions.get::<Received>().map(|received| received.0.clone()).unwrap_or_default();
        Ok(Self(Some(Key::new(key, parts.method.as_str(), parts.uri.path(), &body))))
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![key_parameter()]
    }
}

fn key_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A key of the caller's; the same request with the same key has one effect and one answer for 24 hours.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(8))
                .max_length(Some(128))
                .pattern(Some("^[A-Za-z0-9._:-]+$")),
        ))
        .build()
}

/// The body as it was received, kept beside the request by the outer layers.
#[derive(Debug, Clone)]
pub(crate) struct Received(pub(crate) Bytes);

/// In the place of a form with a file that is too large: its page says so where the file is chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TooLarge;

pub(crate) async fn body(request: Request) -> Result<Bytes> {
    if let Some(received) = request.extensions().get::<Received>() {
        return Ok(received.0.clone());
    }
    axum::body::to_bytes(request.into_body(), super::MAX_BODY).await.map_err(|error| no_body(&error))
}

/// Whether a body could not be read because there is more of it than may be.
pub(crate) fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}

/// Why there is no body: it is too large, or it broke off on its way.
pub(crate) fn no_body(error: &axum::Error) -> Error {
    if is_too_large(error) {
        return Error::new(Code::PayloadTooLarge);
    }
    Error::field(
        "",
        "BODY_INCOMPLETE",
        "İsteğin gövdesi yarıda kesildi; yeniden gönderin.",
        "The request's body broke off; send it again.",
    )
}

async fn body_fields(request: Request) -> Result<Fields> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => parse(&body(request).await?),
        "application/x-www-form-urlencoded" => {
            let bytes = body(request).await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| not_text())?;
            Ok(Fields::text(pairs(text)?))
        }
        _ => Err(Error::new(Code::UnsupportedMediaType)),
    }
}

/// A JSON object without duplicate keys.
fn parse(bytes: &[u8]) -> Result<Fields> {
    match super::input::strict_json(bytes)? {
        Value::Object(map) => Ok(Fields::json(map)),
        _ => Err(Error::field("", "WRONG_TYPE", "Bir JSON nesnesi gönderin.", "Send a JSON object.")),
    }
}

fn query_fields(parts: &Parts) -> Result<Fields> {
    Ok(Fields::text(pairs(parts.uri.query().unwrap_or_default())?))
}

/// What came, in the address or in a form, is no text.
pub(crate) fn not_text() -> Error {
    Error::field(
        "",
        "INVALID_ENCODING",
        "Gönderilen veri ya da adres geçersiz karakterler içeriyor.",
        "The data or the address holds invalid characters.",
    )
}

/// Decodes `a=b&c=d`. Text that is not UTF-8 is refused and not replaced by question marks.
pub(crate) fn pairs(text: &str) -> Result<Vec<(String, String)>> {
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| not_text())
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_string_is_decoded_or_refused() {
        let read = pairs("q=%C5%9Fi%C5%9Fli+a&page=2&empty=").unwrap();
        assert_eq!(
            read,
            [("q".into(), "şişli a".into()), ("page".into(), "2".into()), ("empty".into(), String::new())]
        );
        assert!(pairs("q=%ff%fe").is_err());
    }

    #[test]
    fn the_header_says_what_the_field_may_say() {
        let read = |json: Value, header: i64| {
            let mut fields = Fields::json(json.as_object().unwrap().clone());
            fields.say_version(header);
            let version = fields.take::<Option<i64>>("version");
            fields.finish(version).map_err(|error| error.list()[0].code.to_string())
        };
        assert_eq!(read(serde_json::json!({}), 3), Ok(Some(3)));
        assert_eq!(read(serde_json::json!({"version": null}), 3), Ok(Some(3)));
        assert_eq!(read(serde_json::json!({"version": 3}), 3), Ok(Some(3)));
        assert_eq!(read(serde_json::json!({"version": 4}), 3), Err("CONTRADICTION".into()));
        assert_eq!(read(serde_json::json!({"version": "x"}), 3), Err("WRONG_TYPE".into()));
    }

    #[test]
    fn a_version_comes_by_header_or_body_and_must_agree() {
        let fields = |json: Value| Fields::json(json.as_object().unwrap().clone());
        assert_eq!(expected(Some(3), &mut fields(serde_json::json!({}))), Some(3));
        assert_eq!(expected(None, &mut fields(serde_json::json!({"version": 4}))), Some(4));
        assert_eq!(expected(Some(4), &mut fields(serde_json::json!({"version": 4}))), Some(4));
        assert_eq!(expected(Some(3), &mut fields(serde_json::json!({"version": 4}))), None);
        assert_eq!(expected(None, &mut fields(serde_json::json!({}))), None);
    }
}

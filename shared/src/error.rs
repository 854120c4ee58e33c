//! Errors as values: a code, a status, a Turkish and an English text, and what to do next.

use std::{borrow::Cow, time::Duration};

use axum::http::StatusCode;
use serde::Serialize;

use crate::{http::reply::Reply, types::Invalid};

/// The result of everything that can fail on the way to an answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A text in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Turkish, the language of the product.
    pub tr: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A fixed text.
    pub const fn new(tr: &'static str, en: &'static str) -> Self {
        Self { tr: Cow::Borrowed(tr), en: Cow::Borrowed(en) }
    }

    /// The text in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Tr => &self.tr,
            Language::En => &self.en,
        }
    }
}

/// The languages that the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Turkish, when the caller names no other.
    #[default]
    Tr,
    /// English.
    En,
}

impl Language {
    /// The tag of BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Tr => "tr",
            Self::En => "en",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $tr:literal, $en:literal;)*) => {
        /// Every code that an answer can carry. A code belongs to exactly one status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name),* }

        impl Code {
            /// All codes, for documents and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The HTTP status that goes with the code.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),* }
            }

            /// The text that is shown when the error brings no better one.
            pub const fn text(self) -> Text {
                match self { $(Self::$name => Text::new($tr, $en)),* }
            }
        }
    };
}

codes! {
    /// The input is not acceptable; `details` name the fields.
    Validation = "VALIDATION_ERROR", BAD_REQUEST,
        "Gönderilen bilgilerde hata var. İşaretli alanları düzeltip yeniden deneyin.",
        "Some of the information is not valid. Correct the marked fields and try again.";
    /// The operation needs an Idempotency-Key.
    KeyRequired = "IDEMPOTENCY_KEY_REQUIRED", BAD_REQUEST,
        "Bu işlem için Idempotency-Key başlığı zorunludur.",
        "This operation needs an Idempotency-Key header.";
    /// The cursor was not made by this list with these filters.
    InvalidCursor = "INVALID_CURSOR", BAD_REQUEST,
        "Sayfa işareti bu listeye ait değil. Listeyi baştan açın.",
        "The cursor does not belong to this list. Start the list again.";
    /// The body is not JSON.
    MalformedJson = "MALFORMED_JSON", BAD_REQUEST,
        "İstek gövdesi geçerli bir JSON değil.",
        "The request body is not valid JSON.";
    /// Nobody is signed in, or the credentials are wrong.
    Unauthorized = "UNAUTHORIZED", UNAUTHORIZED,
        "Oturum açmanız gerekiyor.",
        "You need to sign in.";
    /// The session was ended elsewhere.
    SessionRevoked = "SESSION_REVOKED", UNAUTHORIZED,
        "Oturumunuz sonlandırılmış. Yeniden oturum açın.",
        "Your session has been ended. Sign in again.";
    /// The token's time is over.
    TokenExpired = "TOKEN_EXPIRED", UNAUTHORIZED,
        "Oturumunuzun süresi doldu. Yeniden oturum açın.",
        "Your session has expired. Sign in again.";
    /// The account needs its second factor.
    MfaRequired = "MFA_REQUIRED", UNAUTHORIZED,
        "İkinci doğrulama adımı gerekiyor.",
        "A second factor is required.";
    /// The role may not do this.
    Forbidden = "FORBIDDEN", FORBIDDEN,
        "Bu işlem için yetkiniz yok.",
        "You are not allowed to do this.";
    /// The request comes from another site.
    InvalidOrigin = "INVALID_ORIGIN", FORBIDDEN,
        "İstek bu siteden gelmedi; sayfayı yenileyip yeniden deneyin.",
        "The request did not come from this site; reload the page and try again.";
    /// It does not exist, or not for this caller.
    NotFound = "NOT_FOUND", NOT_FOUND,
        "Aradığınız kayıt bulunamadı.",
        "The record was not found.";
    /// The address exists, the method does not.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED,
        "Bu adres bu yöntemi desteklemiyor.",
        "This address does not support this method.";
    /// Nothing that the caller accepts can be produced.
    NotAcceptable = "NOT_ACCEPTABLE", NOT_ACCEPTABLE,
        "İstenen biçimde yanıt verilemiyor.",
        "No answer in the requested format is available.";
    /// A unique value is taken.
    Duplicate = "DUPLICATE_RECORD", CONFLICT,
        "Bu kayıt zaten var.",
        "This record exists already.";
    /// Somebody else changed it meanwhile.
    VersionConflict = "VERSION_CONFLICT", CONFLICT,
        "Kayıt bu arada değiştirilmiş. Güncel hâlini açıp değişikliğinizi yeniden yapın.",
        "The record was changed meanwhile. Open the current version and make your change again.";
    /// The record's state does not allow it.
    InvalidState = "INVALID_STATE", CONFLICT,
        "Kaydın durumu bu işleme uygun değil.",
        "The record's state does not allow this.";
    /// Other records still depend on it.
    DependencyExists = "DEPENDENCY_EXISTS", CONFLICT,
        "Bağlı kayıtlar olduğu için işlem yapılamadı.",
        "Other records still depend on this one.";
    /// The same key is being worked on.
    KeyInProgress = "IDEMPOTENCY_IN_PROGRESS", CONFLICT,
        "Aynı istek şu anda işleniyor. Biraz sonra yeniden deneyin.",
        "The same request is being processed. Try again in a moment.";
    /// A link that was good once.
    Gone = "GONE", GONE,
        "Bu bağlantının süresi dolmuş ya da bağlantı kullanılmış.",
        "This link has expired or was used already.";
    /// The body is too large.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", PAYLOAD_TOO_LARGE,
        "Gönderilen veri çok büyük.",
        "The data sent is too large.";
    /// The address is too long.
    UriTooLong = "URI_TOO_LONG", URI_TOO_LONG,
        "İstek adresi çok uzun.",
        "The request's address is too long.";
    /// The body's type is not understood.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE,
        "Bu içerik türü desteklenmiyor; application/json gönderin.",
        "This content type is not supported; send application/json.";
    /// The key was used for another request.
    KeyReused = "IDEMPOTENCY_KEY_REUSED", UNPROCESSABLE_ENTITY,
        "Bu Idempotency-Key başka bir istek için kullanılmış. Yeni bir anahtar kullanın.",
        "This Idempotency-Key was used for another request. Use a new one.";
    /// A rule of the business forbids it; `details` name the rule.
    BusinessRule = "BUSINESS_RULE", UNPROCESSABLE_ENTITY,
        "İşlem bir iş kuralına aykırı.",
        "A business rule does not allow this.";
    /// Too many wrong passwords.
    AccountLocked = "ACCOUNT_LOCKED", LOCKED,
        "Çok sayıda hatalı deneme nedeniyle hesap geçici olarak kilitlendi. Daha sonra deneyin ya da parolanızı sıfırlayın.",
        "The account is locked for a while after too many failed attempts. Try again later or reset your password.";
    /// Too many requests.
    RateLimited = "RATE_LIMIT_EXCEEDED", TOO_MANY_REQUESTS,
        "Çok fazla istek gönderildi. Biraz bekleyip yeniden deneyin.",
        "Too many requests. Wait a little and try again.";
    /// The headers are too large.
    HeadersTooLarge = "HEADERS_TOO_LARGE", REQUEST_HEADER_FIELDS_TOO_LARGE,
        "İstek başlıkları çok büyük.",
        "The request's headers are too large.";
    /// A fault of ours.
    Internal = "INTERNAL_ERROR", INTERNAL_SERVER_ERROR,
        "Beklenmeyen bir hata oluştu. Yineliyorsa istek numarasıyla destek ekibine bildirin.",
        "Something went wrong. If it happens again, tell support the request id.";
    /// A service that we call answered wrongly.
    Upstream = "UPSTREAM_ERROR", BAD_GATEWAY,
        "Dış hizmet beklenmeyen bir yanıt verdi. Daha sonra yeniden deneyin.",
        "An outside service gave an unexpected answer. Try again later.";
    /// A part of the system is away for the moment.
    Unavailable = "SERVICE_UNAVAILABLE", SERVICE_UNAVAILABLE,
        "Hizmet geçici olarak kullanılamıyor. Biraz sonra yeniden deneyin.",
        "The service is not available at the moment. Try again shortly.";
    /// A service that we call did not answer in time.
    UpstreamTimeout = "UPSTREAM_TIMEOUT", GATEWAY_TIMEOUT,
        "Dış hizmet zamanında yanıt vermedi. Daha sonra yeniden deneyin.",
        "An outside service did not answer in time. Try again later.";
}

/// What is wrong with one field, or which rule was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The field's name on the wire, with a path for nested ones (`lines[2].quantity`).
    pub field: String,
    /// A code for machines, such as `INVALID_TCKN` or `REQUIRED`.
    pub code: Cow<'static, str>,
    /// What is wrong and what to do.
    pub text: Text,
}

impl Detail {
    /// A detail for one field.
    pub fn new(field: impl Into<String>, code: impl Into<Cow<'static, str>>, text: Text) -> Self {
        Self { field: field.into(), code: code.into(), text }
    }

    /// A value that its type refused.
    pub fn invalid(field: impl Into<String>, invalid: Invalid) -> Self {
        Self::new(field, invalid.code, Text { tr: invalid.tr, en: invalid.en })
    }
}

/// What went wrong, ready to become an answer.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    text: Option<Text>,
    details: Vec<Detail>,
    retry_after: Option<Duration>,
    current_version: Option<i64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    replay: Option<Reply>,
}

impl Error {
    /// An error of this code with its usual text.
    pub fn new(code: Code) -> Self {
        Self(Box::new(Inner {
            code,
            text: None,
            details: Vec::new(),
            retry_after: None,
            current_version: None,
            source: None,
            replay: None,
        }))
    }

    /// A fault of ours: the cause goes to the log, never to the caller.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal).caused_by(source)
    }

    /// A dependency is away; the caller may try again after `seconds`.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>, seconds: u64) -> Self {
        Self::new(Code::Unavailable).caused_by(source).retry_after(Duration::from_secs(seconds))
    }

    /// A validation error on one field.
    pub fn field(
        field: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        tr: &'static str,
        en: &'static str,
    ) -> Self {
        Self::new(Code::Validation).detail(Detail::new(field, code, Text::new(tr, en)))
    }

    /// A broken business rule, with its name.
    pub fn rule(field: impl Into<String>, rule: &'static str, tr: &'static str, en: &'static str) -> Self {
        Self::new(Code::BusinessRule).detail(Detail::new(field, rule, Text::new(tr, en)))
    }

    /// The record or the one that a body's field names does not exist for this caller.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// An id in the body names nothing that this caller can see.
    pub fn not_found_in(field: impl Into<String>) -> Self {
        Self::new(Code::NotFound).detail(Detail::new(
            field,
            "NOT_FOUND",
            Text::new("Seçilen kayıt bulunamadı.", "The selected record was not found."),
        ))
    }

    /// The record has moved on to `current`.
    pub fn version_conflict(current: i64) -> Self {
        let mut error = Self::new(Code::VersionConflict).detail(Detail::new(
            "version",
            "VERSION_CONFLICT",
            Text {
                tr: format!("Kaydın güncel sürümü {current}.").into(),
                en: format!("The record's current version is {current}.").into(),
            },
        ));
        error.0.current_version = Some(current);
        error
    }

    /// The answer that was given to this Idempotency-Key before; travels as an error so that
    /// the handler that asks for the key does no work twice.
    pub(crate) fn replay(reply: Reply) -> Self {
        let mut error = Self::new(Code::Internal);
        error.0.replay = Some(reply);
        error
    }

    /// Adds what is wrong with one field.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.0.details.push(detail);
        self
    }

    /// Adds what is wrong with several fields.
    #[must_use]
    pub fn details(mut self, details: impl IntoIterator<Item = Detail>) -> Self {
        self.0.details.extend(details);
        self
    }

    /// Replaces the code's usual text.
    #[must_use]
    pub fn text(mut self, text: Text) -> Self {
        self.0.text = Some(text);
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The code of the answer.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What is wrong, field by field.
    pub fn list(&self) -> &[Detail] {
        &self.0.details
    }

    /// When to try again, if that is known.
    pub fn retry(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The version that the record has now, in a version conflict.
    pub fn current_version(&self) -> Option<i64> {
        self.0.current_version
    }

    /// Whether trying the same again later can succeed without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.0.code,
            Code::Unavailable | Code::Upstream | Code::UpstreamTimeout | Code::Internal | Code::RateLimited
        )
    }

    /// Whether the database ended the transaction because another one waited for it as well.
    pub(crate) fn lost_deadlock(&self) -> bool {
        let source = self.0.source.as_deref().and_then(|source| source.downcast_ref::<sqlx::Error>());
        source.is_some_and(crate::db::is_deadlock)
    }

    /// The text for a person.
    pub fn message(&self, language: Language) -> String {
        self.0.text.clone().unwrap_or_else(|| self.0.code.text()).in_language(language).to_owned()
    }

    pub(crate) fn take_replay(&mut self) -> Option<Reply> {
        self.0.replay.take()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.code.as_str())?;
        for detail in &self.0.details {
            write!(f, " {}:{}", detail.field, detail.code)?;
        }
        if let Some(source) = &self.0.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// A lost or refused database is a fault that passes; anything else is ours.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if crate::db::is_outage(&error) { Self::unavailable(error, 5) } else { Self::internal(error) }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

/// A detail on the wire.
#[derive(Debug, Serialize)]
pub(crate) struct WireDetail<'a> {
    pub(crate) field: &'a str,
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
}

impl Detail {
    pub(crate) fn wire(&self, language: Language) -> WireDetail<'_> {
        WireDetail { field: &self.field, code: &self.code, message: self.text.in_language(language) }
    }
}

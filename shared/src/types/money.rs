//! Money: decimal, to the kuruş, never a float, never two currencies in one sum.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use sqlx::mysql::{MySql, MySqlTypeInfo, MySqlValueRef};

use super::macros::parsed_value;
use super::{FromText, Invalid, schema, typed};

crate::text_enum! {
    /// The currencies of this product.
    pub enum Currency {
        /// Turkish lira.
        Try = "TRY",
        /// US dollar.
        Usd = "USD",
        /// Euro.
        Eur = "EUR",
    }
}

impl Currency {
    /// The sign that stands behind an amount.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Try => "₺",
            Self::Usd => "$",
            Self::Eur => "€",
        }
    }
}

/// A half goes away from zero, so that a credit note mirrors its invoice (never the banker's half to even).
pub fn round_half_up(value: Decimal) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    if rounded.is_zero() { Decimal::new(0, 2) } else { rounded }
}

/// An amount with two decimals that fits DECIMAL(15,2); its currency stands beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(Decimal);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::from_parts(0, 0, 0, false, 2));

    /// Reads `1199.99`: at most 13 digits before the point and two behind it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        if whole.len() > 13 || fraction.len() > 2 {
            return Err(invalid());
        }
        Decimal::from_text(text).map_err(|_| invalid()).and_then(Self::rounded)
    }

    /// Reads `1.199,99`, as people type it.
    fn parse_typed(text: &str) -> Result<Self, Invalid> {
        Self::parse(&typed::number(text)).map_err(|_| {
            Invalid::new(
                "INVALID_AMOUNT",
                "Tutarı en çok iki kuruş hanesiyle yazın, örneğin 1.199,99.",
                "Write the amount with at most two decimals, such as 1.199,99.",
            )
        })
    }

    /// The amount nearest to a result, a half away from zero.
    pub fn rounded(value: Decimal) -> Result<Self, Invalid> {
        let rounded = round_half_up(value);
        // 15 digits, two of them behind the point.
        if rounded.mantissa().unsigned_abs() < 1_000_000_000_000_000 {
            Ok(Self(rounded))
        } else {
            Err(Invalid::new(
                "AMOUNT_TOO_LARGE",
                "Tutar en çok 9.999.999.999.999,99 olabilir.",
                "The amount must be at most 9,999,999,999,999.99.",
            ))
        }
    }

    /// The amount of so many kuruş or cents.
    pub fn from_minor(minor: i64) -> Result<Self, Invalid> {
        Self::rounded(Decimal::new(minor, 2))
    }

    /// The number, with two decimals.
    pub const fn as_decimal(self) -> Decimal {
        self.0
    }

    /// Whether it is 0.00.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.0.is_sign_negative()
    }

    /// The sum, if it fits.
    pub fn checked_add(self, other: Self) -> Result<Self, Invalid> {
        Self::rounded(self.0 + other.0)
    }

    /// The difference, if it fits.
    pub fn checked_sub(self, other: Self) -> Result<Self, Invalid> {
        Self::rounded(self.0 - other.0)
    }

    /// The sum of many, if it fits.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, Invalid> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// As people in Turkey write it: `1.199,99`.
    pub fn tr(self) -> String {
        let text = self.0.abs().to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "00"));
        let mut grouped = String::from(if self.is_negative() { "-" } else { "" });
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        format!("{grouped},{fraction}")
    }
}

const fn invalid() -> Invalid {
    Invalid::new(
        "INVALID_AMOUNT",
        "Tutarı ondalık nokta ve en çok iki kuruş hanesiyle yazın, örneğin 1199.99.",
        "Write the amount with a decimal point and at most two decimals, such as 1199.99.",
    )
}

impl fmt::Display for Amount {
    /// As programs write it: `1199.99`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

parsed_value!(
    Amount,
    schema::string("Amount as a decimal string; its currency stands beside it", "1199.99")
        .pattern(Some(r"^-?[0-9]{1,13}(?:\.[0-9]{1,2})?$")),
    typed = Amount::parse_typed
);

impl sqlx::Type<MySql> for Amount {
    fn type_info() -> MySqlTypeInfo {
        <Decimal as sqlx::Type<MySql>>::type_info()
    }

    fn compatible(column: &MySqlTypeInfo) -> bool {
        <Decimal as sqlx::Type<MySql>>::compatible(column)
    }
}

impl sqlx::Encode<'_, MySql> for Amount {
    fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        sqlx::Encode::<MySql>::encode_by_ref(&self.0, buffer)
    }
}

impl<'r> sqlx::Decode<'r, MySql> for Amount {
    fn decode(value: MySqlValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        let value = <Decimal as sqlx::Decode<'r, MySql>>::decode(value)?;
        if value.normalize().scale() > 2 {
            return Err(invalid().into());
        }
        Ok(Self::rounded(value)?)
    }
}

/// An amount of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// An amount of a currency.
    pub const fn new(amount: Amount, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The sum; of one currency only.
    pub fn checked_add(self, other: Self) -> Result<Self, Invalid> {
        Ok(Self { amount: self.amount.checked_add(self.same_currency(other)?)?, ..self })
    }

    /// The difference; of one currency only.
    pub fn checked_sub(self, other: Self) -> Result<Self, Invalid> {
        Ok(Self { amount: self.amount.checked_sub(self.same_currency(other)?)?, ..self })
    }

    /// As people in Turkey write it: `1.199,99 ₺`.
    pub fn tr(self) -> String {
        format!("{} {}", self.amount.tr(), self.currency.sign())
    }

    fn same_currency(self, other: Self) -> Result<Amount, Invalid> {
        if self.currency == other.currency {
            return Ok(other.amount);
        }
        Err(Invalid::new(
            "CURRENCY_MISMATCH",
            "Farklı para birimleri toplanamaz; aynı para birimini kullanın.",
            "Different currencies cannot be summed; use one currency.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn amounts_are_read_strictly() {
        for (text, stored) in [
            ("1199.99", "1199.99"),
            ("1", "1.00"),
            ("-0.5", "-0.50"),
            ("-0", "0.00"),
            ("0000000000001", "1.00"),
            ("9999999999999.99", "9999999999999.99"),
        ] {
            assert_eq!(amount(text).to_string(), stored, "{text:?}");
        }
        for text in
            ["", "-", ".5", "5.", "1,5", "1.199,99", "1e3", "+1", " 1", "1.005", "1.000", "10000000000000", "₺1", "NaN"]
        {
            assert_eq!(Amount::parse(text).unwrap_err().code, "INVALID_AMOUNT", "{text:?}");
        }
    }

    #[test]
    fn a_half_goes_away_from_zero() {
        for (value, rounded) in
            [("0.025", "0.03"), ("0.024999", "0.02"), ("-0.025", "-0.03"), ("-0.004", "0.00"), ("7", "7.00")]
        {
            assert_eq!(round_half_up(Decimal::from_text(value).unwrap()).to_string(), rounded);
        }
    }

    #[test]
    fn sums_fit_the_column_or_fail() {
        let most = amount("9999999999999.99");
        assert_eq!(most.checked_add(amount("0.01")).unwrap_err().code, "AMOUNT_TOO_LARGE");
        assert_eq!(most.checked_sub(most), Ok(Amount::ZERO));
        assert_eq!(
            Amount::ZERO.checked_sub(most).unwrap().checked_sub(amount("0.01")).unwrap_err().code,
            "AMOUNT_TOO_LARGE"
        );
        assert_eq!(Amount::from_minor(119_999), Ok(amount("1199.99")));
        assert_eq!(Amount::sum([amount("0.10"), amount("0.20")]), Ok(amount("0.30")));
        // Over the limit of the earlier product's column.
        assert!(Amount::parse("100000000.00").is_ok());
    }

    #[test]
    fn currencies_are_never_mixed() {
        let lira = Money::new(amount("1"), Currency::Try);
        let dollars = Money::new(amount("1"), Currency::Usd);
        assert_eq!(lira.checked_add(lira).unwrap().amount, amount("2"));
        assert_eq!(lira.checked_add(dollars).unwrap_err().code, "CURRENCY_MISMATCH");
        assert_eq!(dollars.checked_sub(lira).unwrap_err().code, "CURRENCY_MISMATCH");
    }

    #[test]
    fn people_read_commas_and_programs_points() {
        for (text, shown) in [
            ("1199.99", "1.199,99 ₺"),
            ("0", "0,00 ₺"),
            ("-1234567.8", "-1.234.567,80 ₺"),
            ("999", "999,00 ₺"),
            ("1000", "1.000,00 ₺"),
        ] {
            assert_eq!(Money::new(amount(text), Currency::Try).tr(), shown);
        }
        let money = Money::new(amount("1199.99"), Currency::Eur);
        let json = r#"{"amount":"1199.99","currency":"EUR"}"#;
        assert_eq!(serde_json::to_string(&money).unwrap(), json);
        assert_eq!(serde_json::from_str::<Money>(json).unwrap(), money);
        assert!(serde_json::from_str::<Money>(r#"{"amount":1199.99,"currency":"EUR"}"#).is_err());
    }

    proptest! {
        #[test]
        fn text_and_amount_are_one(minor in -999_999_999_999_999_i64..=999_999_999_999_999) {
            let amount = Amount::from_minor(minor).unwrap();
            prop_assert_eq!(Amount::parse(&amount.to_string()), Ok(amount));
            let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
            prop_assert_eq!(digits(amount.tr()), digits(amount.to_string()));
        }

        #[test]
        fn what_is_added_can_be_taken_away(a in -99_999_999_i64..99_999_999, b in -99_999_999_i64..99_999_999) {
            let (a, b) = (Amount::from_minor(a).unwrap(), Amount::from_minor(b).unwrap());
            prop_assert_eq!(a.checked_add(b).unwrap().checked_sub(b), Ok(a));
            prop_assert_eq!(a.checked_add(b), b.checked_add(a));
        }
    }
}

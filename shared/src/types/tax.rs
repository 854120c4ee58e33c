//! The arithmetic of an invoice: line nets, KDV by rate, withholding (tevkifat), totals.
//!
//! Which rates and limits hold on a date is data of the feature; this is only how they are applied.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Amount, Invalid};

/// quantity × unit price × (1 − discount %), rounded once. The discount is 0 to 100.
pub fn line_net(quantity: Decimal, unit_price: Amount, discount_percent: Decimal) -> Result<Amount, Invalid> {
    if discount_percent < Decimal::ZERO || discount_percent > Decimal::ONE_HUNDRED {
        return Err(Invalid::new(
            "INVALID_DISCOUNT",
            "İndirim oranını 0 ile 100 arasında yazın.",
            "Write a discount between 0 and 100 per cent.",
        ));
    }
    let kept = (Decimal::ONE_HUNDRED - discount_percent) / Decimal::ONE_HUNDRED;
    quantity
        .checked_mul(unit_price.as_decimal())
        .and_then(|gross| gross.checked_mul(kept))
        .map_or_else(|| Amount::rounded(Decimal::MAX), Amount::rounded)
}

/// All lines of one KDV rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateGroup {
    /// The rate in per cent.
    pub rate: u8,
    /// The sum of the lines' nets.
    pub net: Amount,
    /// The tax on that sum, rounded once.
    pub tax: Amount,
}

/// The tax of lines `(rate in per cent, net)`, by rate, ascending. Tax is rounded on the group, not on each line.
pub fn tax_by_rate(lines: impl IntoIterator<Item = (u8, Amount)>) -> Result<Vec<RateGroup>, Invalid> {
    let mut nets = BTreeMap::new();
    for (rate, net) in lines {
        let sum = nets.entry(rate).or_insert(Amount::ZERO);
        *sum = sum.checked_add(net)?;
    }
    nets.into_iter()
        .map(|(rate, net)| Ok(RateGroup { rate, net, tax: share(net, rate, Decimal::ONE_HUNDRED)? }))
        .collect()
}

/// The part of the tax, in tenths (0 to 10), that the buyer withholds and pays to the tax office himself.
pub fn withheld(tax: Amount, tenths: u8) -> Result<Amount, Invalid> {
    if tenths > 10 {
        return Err(Invalid::new(
            "INVALID_WITHHOLDING",
            "Tevkifat oranını 0/10 ile 10/10 arasında seçin.",
            "Choose a withholding rate between 0/10 and 10/10.",
        ));
    }
    share(tax, tenths, Decimal::TEN)
}

fn share(amount: Amount, parts: u8, of: Decimal) -> Result<Amount, Invalid> {
    Amount::rounded(amount.as_decimal() * Decimal::from(parts) / of)
}

/// What stands at the foot of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Net and tax by rate.
    pub groups: Vec<RateGroup>,
    /// The sum of all nets.
    pub net: Amount,
    /// The sum of all taxes.
    pub tax: Amount,
    /// Net and tax.
    pub total: Amount,
    /// What the buyer withholds.
    pub withheld: Amount,
    /// What the buyer pays us.
    pub payable: Amount,
}

/// The totals of lines `(rate in per cent, net)` with a withholding of so many tenths.
pub fn totals(lines: impl IntoIterator<Item = (u8, Amount)>, withholding_tenths: u8) -> Result<Totals, Invalid> {
    let groups = tax_by_rate(lines)?;
    let net = Amount::sum(groups.iter().map(|group| group.net))?;
    let tax = Amount::sum(groups.iter().map(|group| group.tax))?;
    let total = net.checked_add(tax)?;
    let withheld = withheld(tax, withholding_tenths)?;
    let payable = total.checked_sub(withheld)?;
    Ok(Totals { groups, net, tax, total, withheld, payable })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::types::FromText;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    fn net(quantity: &str, price: &str, discount: &str) -> Result<Amount, Invalid> {
        let decimal = |text| Decimal::from_text(text).unwrap();
        line_net(decimal(quantity), amount(price), decimal(discount))
    }

    #[test]
    fn a_line_is_rounded_once() {
        for (quantity, price, discount, expected) in [
            ("3", "333.33", "0", "999.99"),
            ("1", "100", "100", "0.00"),
            ("1", "100", "33.33", "66.67"),
            ("0.005", "1", "0", "0.01"),
            ("2.5", "0.01", "0", "0.03"),
            ("999999999.999", "9999.99", "0", "9999989999990.00"),
        ] {
            assert_eq!(net(quantity, price, discount), Ok(amount(expected)), "{quantity} × {price} − {discount} %");
        }
        assert_eq!(net("999999999.999", "9999999999999.99", "0").unwrap_err().code, "AMOUNT_TOO_LARGE");
        assert_eq!(net("1", "1", "100.01").unwrap_err().code, "INVALID_DISCOUNT");
        assert_eq!(net("1", "1", "-1").unwrap_err().code, "INVALID_DISCOUNT");
    }

    #[test]
    fn the_worked_examples() {
        let line = net("3", "333.33", "0").unwrap();
        let plain = totals([(20, line)], 0).unwrap();
        assert_eq!((plain.net, plain.tax, plain.total), (amount("999.99"), amount("200.00"), amount("1199.99")));
        assert_eq!(plain.payable, plain.total);
        let nine_tenths = totals([(20, line)], 9).unwrap();
        assert_eq!((nine_tenths.withheld, nine_tenths.payable), (amount("180.00"), amount("1019.99")));
        // Half up, not the banker's 0.02.
        assert_eq!(totals([(10, amount("0.25"))], 0).unwrap().tax, amount("0.03"));
        // On the group of 0.06, not 0.01 on each line.
        assert_eq!(totals([(18, amount("0.03")), (18, amount("0.03"))], 0).unwrap().tax, amount("0.01"));
    }

    #[test]
    fn rates_are_kept_apart() {
        let totals =
            totals([(20, amount("0.03")), (10, amount("1.00")), (20, amount("0.04")), (0, amount("5"))], 5).unwrap();
        let groups: Vec<_> = totals.groups.iter().map(|group| (group.rate, group.net, group.tax)).collect();
        assert_eq!(
            groups,
            [
                (0, amount("5.00"), amount("0.00")),
                (10, amount("1.00"), amount("0.10")),
                (20, amount("0.07"), amount("0.01")),
            ]
        );
        assert_eq!((totals.total, totals.withheld), (amount("6.18"), amount("0.06")));
        assert_eq!(withheld(amount("1"), 11).unwrap_err().code, "INVALID_WITHHOLDING");
    }

    #[test]
    fn an_invoice_without_lines_is_nothing() {
        let none = totals([], 9).unwrap();
        assert_eq!((none.total, none.payable), (Amount::ZERO, Amount::ZERO));
    }

    proptest! {
        #[test]
        fn sums_can_be_reproduced(
            lines in prop::collection::vec((prop::sample::select(vec![0_u8, 1, 10, 20]), -9_999_999_i64..99_999_999), 0..20),
            tenths in 0_u8..=10,
        ) {
            let lines: Vec<_> = lines.into_iter().map(|(rate, minor)| (rate, Amount::from_minor(minor).unwrap())).collect();
            let result = totals(lines.clone(), tenths).unwrap();
            let reversed = totals(lines.iter().rev().copied(), tenths).unwrap();
            prop_assert_eq!(&reversed, &result);
            prop_assert_eq!(result.net, Amount::sum(lines.iter().map(|(_, net)| *net)).unwrap());
            prop_assert_eq!(result.payable.checked_add(result.withheld).unwrap(), result.net.checked_add(result.tax).unwrap());
            for group in &result.groups {
                // The rounded tax is within half a kuruş of the exact one.
                let exact = group.net.as_decimal() * Decimal::new(i64::from(group.rate), 2);
                prop_assert!((group.tax.as_decimal() - exact).abs() <= Decimal::new(5, 3));
            }
        }

        #[test]
        fn a_credit_note_mirrors_its_invoice(minor in 0_i64..99_999_999, tenths in 0_u8..=10) {
            let (invoice, credit) = (Amount::from_minor(minor).unwrap(), Amount::from_minor(-minor).unwrap());
            let (invoice, credit) = (totals([(20, invoice)], tenths).unwrap(), totals([(20, credit)], tenths).unwrap());
            prop_assert_eq!(invoice.payable.checked_add(credit.payable), Ok(Amount::ZERO));
        }
    }
}

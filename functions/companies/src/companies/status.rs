//! Where a company stands on its way to being a customer.

use shared::{
    Code, Detail, Error,
    error::{Language, Text},
};

use crate::TEXTS;

shared::text_enum! {
    /// Where a company stands.
    pub enum CompanyStatus {
        /// Heard of.
        Lead = "LEAD",
        /// Interested.
        Prospect = "PROSPECT",
        /// Talking about terms.
        Negotiation = "NEGOTIATION",
        /// Served.
        Customer = "CUSTOMER",
        /// Lost.
        Churned = "CHURNED",
    }
}

impl CompanyStatus {
    /// Where a company can go from here.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Lead => &[Self::Prospect, Self::Churned],
            Self::Prospect => &[Self::Negotiation, Self::Customer, Self::Churned],
            Self::Negotiation => &[Self::Prospect, Self::Customer, Self::Churned],
            Self::Customer => &[Self::Churned],
            Self::Churned => &[Self::Lead, Self::Prospect, Self::Customer],
        }
    }

    /// Whether the company may go there, and with this reason; the refusal names the ways that are open.
    pub fn check(self, to: Self, has_reason: bool) -> Result<(), Error> {
        if !self.next().contains(&to) {
            let word = |language, status: &Self| {
                TEXTS.find(language, &format!("companyStatus.{status}")).unwrap_or(status.as_str())
            };
            let open = |language| self.next().iter().map(|to| word(language, to)).collect::<Vec<_>>().join(", ");
            return Err(Error::new(Code::InvalidState).detail(Detail::new(
                "to",
                "INVALID_TRANSITION",
                Text {
                    tr: format!(
                        "“{}” durumundan yalnız şunlara geçilebilir: {}.",
                        word(Language::Tr, &self),
                        open(Language::Tr)
                    )
                    .into(),
                    en: format!("From “{}” a company can go to: {}.", word(Language::En, &self), open(Language::En))
                        .into(),
                },
            )));
        }
        if to == Self::Churned && !has_reason {
            return Err(Error::field(
                "reason",
                "REQUIRED",
                "Müşterinin neden kaybedildiğini yazın.",
                "Write why the customer was lost.",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CompanyStatus::{Churned, Customer, Lead, Negotiation, Prospect};

    #[test]
    fn a_company_goes_only_where_the_table_says() {
        let open = [
            (Lead, Prospect),
            (Lead, Churned),
            (Prospect, Negotiation),
            (Prospect, Customer),
            (Prospect, Churned),
            (Negotiation, Prospect),
            (Negotiation, Customer),
            (Negotiation, Churned),
            (Customer, Churned),
            (Churned, Lead),
            (Churned, Prospect),
            (Churned, Customer),
        ];
        for from in CompanyStatus::ALL {
            for to in CompanyStatus::ALL {
                assert_eq!(from.check(*to, true).is_ok(), open.contains(&(*from, *to)), "{from} to {to}");
            }
        }
    }

    #[test]
    fn a_refusal_names_the_open_ways_and_a_loss_needs_a_reason() {
        let refused = Lead.check(Customer, true).unwrap_err();
        assert_eq!(refused.code(), Code::InvalidState);
        assert_eq!(refused.list()[0].text.en, "From “Heard of” a company can go to: Interested, Lost.");
        let unexplained = Customer.check(Churned, false).unwrap_err();
        assert_eq!((unexplained.code(), unexplained.list()[0].field.as_str()), (Code::Validation, "reason"));
    }
}

//! What a company is found by, and what its trail says of a masked number.

use super::*;

fn company(tax_id: &str) -> Company {
    Company {
        id: CompanyId::new_at(DateTime::UNIX_EPOCH),
        kind: CompanyKind::Employer,
        name: Text::parse("Esnaf Ali").unwrap(),
        trade_title: None,
        tax_id: Some(TaxId::parse(tax_id).unwrap()),
        tax_office: None,
        email: None,
        kep: None,
        mersis: None,
        phone: None,
        address: None,
        city_code: None,
        district_code: None,
        currency: Currency::Try,
        e_invoice_registered: false,
        withholding_buyer: false,
        source: None,
        nace_code: None,
        danger_class: None,
        status: CompanyStatus::Lead,
        is_active: true,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        deleted_at: None,
    }
}

#[test]
fn a_companys_number_is_a_word_and_a_persons_is_none() {
    assert_eq!(company("4830123451").search_texts(), ["Esnaf Ali", "4830123451", "", ""]);
    assert_eq!(company("19090909018").search_texts(), ["Esnaf Ali", "", "", ""]);
}

#[test]
fn a_number_that_changes_behind_its_mask_is_told() {
    let of = |before: &str, after: &str| company(before).unseen_tax_id(&company(after));
    assert_eq!(of("19090909018", "19000002518").as_deref(), Some("190******18"));
    assert_eq!(of("19090909018", "19090909018"), None);
    assert_eq!(of("19090909018", "10000000146"), None, "the masks tell it");
    assert_eq!(of("4830123451", "1234567890"), None);
}

//! What is done to companies, and the rules of doing it.

use serde_json::json;
use shared::{
    Error, Result,
    auth::CompanyId,
    db::{Action, Audit, Event, Work, search},
    types::Currency,
};

use super::{
    Company, CompanyError, CompanyKind, CompanyStatus, CompanyView, Dependents, NewCompany, PatchCompany, StatusChange,
    store,
};
use crate::{danger, warnings::Warning};

/// The table in the audit trail's words.
const ENTITY: &str = "company";

/// Adds a company.
pub async fn create(work: &mut Work, new: NewCompany) -> Result<CompanyView> {
    let asked = new.danger_class;
    let mut company = draft(work, new);
    check_place(&company)?;
    if company.status == CompanyStatus::Churned {
        return Err(Error::rule(
            "status",
            "NEW_COMPANY_CHURNED",
            "Yeni bir şirket kaybedilmiş müşteri olarak eklenemez.",
            "A new company cannot be a lost customer.",
        ));
    }
    let mut warnings = derive_class(work, &mut company).await?;
    if let Err(error) = store::insert(work, &company).await {
        return Err(tax_id_taken(work, error.into(), &company).await?);
    }
    search::index_new(work, store::WORDS, company.id.as_uuid(), Some(company.id), &company.search_texts()).await?;
    store::add_status(work, company.id, None, company.status, None).await?;
    work.audit(Audit::created(ENTITY, company.id.as_uuid(), &company).of_company(company.id));
    announce(work, "company.created", &company);
    warnings.extend(company.warnings(asked));
    Ok(CompanyView::new(company, Vec::new(), warnings))
}

/// Changes a company's fields.
pub async fn update(work: &mut Work, id: CompanyId, version: i64, patch: PatchCompany) -> Result<CompanyView> {
    let before = lock(work, id, Some(version)).await?;
    let asked = patch.danger_class.as_set().copied().flatten();
    let class_matters = patch.nace_code.as_set().is_some() || patch.danger_class.as_set().is_some();
    let mut after = before.clone();
    patch.apply(&mut after);
    check_place(&after)?;
    // A code that left the list stays with whom it was given; only a change is looked up.
    let mut warnings = if class_matters { derive_class(work, &mut after).await? } else { Vec::new() };
    let unseen_tax_id = before.unseen_tax_id(&after);
    if unseen_tax_id.is_none() && Audit::is_same(&before, &after) {
        work.leave_as_is();
        let facts = store::facts(work, id).await?;
        warnings.extend(before.warnings(asked));
        return Ok(CompanyView::new(before, facts, warnings));
    }
    after.version += 1;
    after.updated_at = work.now();
    if let Err(error) = store::update(work, &after).await {
        return Err(tax_id_taken(work, error.into(), &after).await?);
    }
    if before.search_texts() != after.search_texts() {
        search::index(work, store::WORDS, id.as_uuid(), Some(id), &after.search_texts()).await?;
    }
    let audit = Audit::updated(ENTITY, id.as_uuid(), &before, &after).of_company(id);
    work.audit(match unseen_tax_id {
        Some(mask) => audit.note("taxId", json!({"before": mask, "after": mask})),
        None => audit,
    });
    announce(work, "company.updated", &after);
    let facts = store::facts(work, id).await?;
    warnings.extend(after.warnings(asked));
    Ok(CompanyView::new(after, facts, warnings))
}

/// Takes a company one step further, or back.
pub async fn change_status(work: &mut Work, id: CompanyId, change: StatusChange) -> Result<CompanyView> {
    let before = lock(work, id, change.version).await?;
    before.status.check(change.to, change.reason.is_some())?;
    let after = Company { status: change.to, version: before.version + 1, updated_at: work.now(), ..before.clone() };
    store::update(work, &after).await.map_err(CompanyError::from)?;
    let reason = change.reason.as_ref().map(AsRef::as_ref);
    store::add_status(work, id, Some(before.status), after.status, reason).await?;
    let audit = Audit::updated(ENTITY, id.as_uuid(), &before, &after).of_company(id);
    work.audit(match reason {
        Some(reason) => audit.note("reason", reason),
        None => audit,
    });
    let event = Event::new("company.status_changed", id.as_uuid(), after.version).of_company(id);
    work.emit(event.with(json!({"from": before.status, "to": after.status})));
    invalidate(work, id);
    let facts = store::facts(work, id).await?;
    Ok(CompanyView::new(after, facts, Vec::new()))
}

/// Deletes a company, softly, when nothing lives in it any more.
pub async fn delete(work: &mut Work, id: CompanyId, version: i64) -> Result<()> {
    let company = lock(work, id, Some(version)).await?;
    let now = work.now();
    let dependents = store::dependents(work, id, now).await?;
    if dependents != Dependents::NONE {
        return Err(CompanyError::InUse(dependents).into());
    }
    store::set_deleted(work, id, Some(now), now).await.map_err(CompanyError::from)?;
    work.audit(Audit::new(Action::Delete, ENTITY, id.as_uuid()).of_company(id));
    announce(work, "company.deleted", &Company { version: company.version + 1, ..company });
    Ok(())
}

/// Brings a deleted company back.
pub async fn restore(work: &mut Work, id: CompanyId, version: Option<i64>) -> Result<CompanyView> {
    let deleted = store::lock_any(work, id).await?.ok_or(CompanyError::NotFound)?;
    if deleted.deleted_at.is_none() {
        return Err(CompanyError::NotDeleted.into());
    }
    if version.is_some_and(|version| version != deleted.version) {
        return Err(CompanyError::Stale(deleted.version).into());
    }
    let now = work.now();
    if let Err(error) = store::set_deleted(work, id, None, now).await {
        return Err(tax_id_taken(work, error.into(), &deleted).await?);
    }
    let company = Company { deleted_at: None, version: deleted.version + 1, updated_at: now, ..deleted };
    work.audit(Audit::new(Action::Restore, ENTITY, id.as_uuid()).of_company(id));
    announce(work, "company.restored", &company);
    let facts = store::facts(work, id).await?;
    Ok(CompanyView::new(company, facts, Vec::new()))
}

fn draft(work: &Work, new: NewCompany) -> Company {
    Company {
        id: CompanyId::new_at(work.now()),
        kind: new.kind.unwrap_or(CompanyKind::Employer),
        name: new.name,
        trade_title: new.trade_title,
        tax_id: new.tax_id,
        tax_office: new.tax_office,
        email: new.email,
        kep: new.kep,
        mersis: new.mersis,
        phone: new.phone,
        address: new.address,
        city_code: new.city_code,
        district_code: new.district_code,
        currency: new.currency.unwrap_or(Currency::Try),
        e_invoice_registered: new.e_invoice_registered.unwrap_or(false),
        withholding_buyer: new.withholding_buyer.unwrap_or(false),
        source: new.source,
        nace_code: new.nace_code,
        danger_class: new.danger_class,
        status: new.status.unwrap_or(CompanyStatus::Lead),
        is_active: new.is_active.unwrap_or(true),
        version: 1,
        created_at: work.now(),
        updated_at: work.now(),
        deleted_at: None,
    }
}

/// A district means nothing without its province; the key that checks the pair lets a lone one pass.
fn check_place(company: &Company) -> Result<()> {
    if company.district_code.is_some() && company.city_code.is_none() {
        return Err(Error::field("cityCode", "REQUIRED", "İlçeyle birlikte ili de seçin.", "Choose the province too."));
    }
    Ok(())
}

/// The activity decides the danger class, so that the two never contradict each other.
async fn derive_class(work: &mut Work, company: &mut Company) -> Result<Vec<Warning>> {
    let Some(code) = &company.nace_code else { return Ok(Vec::new()) };
    let (class, warning) = danger::of_nace(work, code).await?;
    company.danger_class = Some(class);
    Ok(warning.into_iter().collect())
}

/// Locks a live company and checks that the caller saw its present version.
async fn lock(work: &mut Work, id: CompanyId, version: Option<i64>) -> Result<Company, CompanyError> {
    let company = store::lock_any(work, id).await?.filter(|c| c.deleted_at.is_none()).ok_or(CompanyError::NotFound)?;
    match version {
        Some(version) if version != company.version => Err(CompanyError::Stale(company.version)),
        _ => Ok(company),
    }
}

/// Names the company that has the tax number, when the caller may see it.
async fn tax_id_taken(work: &mut Work, error: CompanyError, company: &Company) -> Result<Error> {
    match (error, &company.tax_id) {
        (CompanyError::TaxIdTaken(_), Some(tax_id)) => {
            Ok(CompanyError::TaxIdTaken(store::find_by_tax_id(work, tax_id).await?).into())
        }
        (error, _) => Ok(error.into()),
    }
}

fn announce(work: &mut Work, topic: &'static str, company: &Company) {
    work.emit(Event::new(topic, company.id.as_uuid(), company.version).of_company(company.id));
    invalidate(work, company.id);
}

fn invalidate(work: &mut Work, id: CompanyId) {
    work.invalidate(format!("company:{id}"));
    work.invalidate("dashboard:stats");
}

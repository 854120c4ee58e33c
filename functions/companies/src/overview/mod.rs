//! What the homes of panel and portal say of the register: how many customers there are, which of their workplaces
//! are served less than the law asks, and who serves where.

mod gaps;
mod store;

use std::{collections::HashMap, time::Duration};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    auth::{Caller, CompanyId},
    cache::{CacheKey, Viewer},
    db::Db,
    types::istanbul,
};

pub use gaps::Gap;

use crate::{
    companies::CompanyStatus,
    danger::DangerClass,
    minutes::{ProfessionalKind, ServiceRules},
    workplaces::WorkplaceId,
};

/// How long a tenant's figures are kept; a change of the register drops them at once.
const KEPT: Duration = Duration::from_mins(1);
/// The workplaces that are named, of those with too little service: as many as an office gets through in a week.
const NAMED: usize = 100;

/// The register of a tenant at a glance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Overview {
    /// How many companies stand in each status.
    pub companies: Vec<(CompanyStatus, i64)>,
    /// The customers' workplaces that are served.
    pub workplaces: usize,
    /// Who works there.
    pub employees: i64,
    /// How many of them have too little service.
    pub lacking: usize,
    /// Those that lack most.
    pub worst: Vec<Lacking>,
}

impl Overview {
    /// How many companies stand in this status.
    pub fn count(&self, status: CompanyStatus) -> i64 {
        self.companies.iter().find(|(of, _)| *of == status).map_or(0, |(_, count)| *count)
    }

    /// How many companies are on their way to being customers.
    pub fn open(&self) -> i64 {
        [CompanyStatus::Lead, CompanyStatus::Prospect, CompanyStatus::Negotiation]
            .into_iter()
            .map(|status| self.count(status))
            .sum()
    }
}

/// A workplace with too little service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Lacking {
    /// The workplace.
    pub id: WorkplaceId,
    /// Its name.
    pub title: String,
    /// The company's name.
    pub company: String,
    /// The danger class.
    pub danger_class: DangerClass,
    /// What is missing.
    pub gaps: Vec<Gap>,
}

/// The register of the tenant, for staff who see all of it.
pub async fn of_tenant(app: &App, caller: &Caller) -> Result<Overview> {
    let key = CacheKey::dashboard_stats(caller.tenant.as_uuid(), Viewer::Staff);
    app.cache()
        .get_or_try(&key, &[], KEPT, || async {
            let mut db = app.read(caller).await?;
            let rules = ServiceRules::kept(app, &mut db).await?;
            let companies = store::statuses(&mut db).await?;
            let served = store::served(&mut db).await?;
            let today = istanbul::today(app.now());
            let mut lacking: Vec<Lacking> =
                served.iter().filter_map(|workplace| workplace.lacking(&rules, today)).collect();
            lacking.sort_by_key(|one| std::cmp::Reverse(gaps::weight(&one.gaps)));
            let count = lacking.len();
            lacking.truncate(NAMED);
            Ok(Overview {
                companies,
                workplaces: served.len(),
                employees: served.iter().map(|workplace| i64::from(workplace.headcount)).sum(),
                lacking: count,
                worst: lacking,
            })
        })
        .await
}

/// A workplace that the caller serves today.
#[derive(Debug)]
pub struct Assigned {
    /// The workplace.
    pub id: WorkplaceId,
    /// Its name.
    pub title: String,
    /// The company's name.
    pub company: String,
    /// The danger class.
    pub danger_class: DangerClass,
    /// Who works there.
    pub headcount: u32,
    /// As what the caller serves it.
    pub kind: ProfessionalKind,
    /// The agreed minutes a month.
    pub minutes: Option<u32>,
    /// The last day.
    pub ends_on: Option<NaiveDate>,
}

/// The workplaces that the caller serves today, those with most people first.
pub async fn of_professional(db: &mut Db) -> Result<Vec<Assigned>> {
    Ok(store::assigned(db).await?)
}

/// A customer as its own users see it.
#[derive(Debug)]
pub struct Own {
    /// The company.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its workplaces.
    pub workplaces: Vec<OwnWorkplace>,
}

/// A workplace of the own company.
#[derive(Debug)]
pub struct OwnWorkplace {
    /// The workplace.
    pub id: WorkplaceId,
    /// Its name.
    pub title: String,
    /// The danger class.
    pub danger_class: DangerClass,
    /// Who works there.
    pub headcount: u32,
    /// Who serves it.
    pub professionals: Vec<Professional>,
}

impl OwnWorkplace {
    /// The professions that every workplace with people needs and that nobody serves it as yet.
    pub fn missing(&self) -> Vec<ProfessionalKind> {
        let is_missing = |kind: &ProfessionalKind| !self.professionals.iter().any(|one| one.kind == *kind);
        let needed = [ProfessionalKind::SafetyExpert, ProfessionalKind::Physician];
        needed.into_iter().filter(|kind| self.headcount > 0 && is_missing(kind)).collect()
    }
}

/// Somebody who serves a workplace.
#[derive(Debug)]
pub struct Professional {
    /// The name.
    pub name: String,
    /// As what.
    pub kind: ProfessionalKind,
    /// The agreed minutes a month.
    pub minutes: Option<u32>,
}

/// The own company with its workplaces and who serves them.
pub async fn of_company(db: &mut Db) -> Result<Option<Own>> {
    let Some((id, name)) = store::own_company(db).await? else { return Ok(None) };
    let mut workplaces = store::own_workplaces(db).await?;
    let mut serving: HashMap<WorkplaceId, Vec<Professional>> = HashMap::new();
    for (workplace, professional) in store::professionals(db).await? {
        serving.entry(workplace).or_default().push(professional);
    }
    for workplace in &mut workplaces {
        workplace.professionals = serving.remove(&workplace.id).unwrap_or_default();
    }
    Ok(Some(Own { id, name, workplaces }))
}

//! A workplace as an answer shows it: with its headcount and what the law asks for.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use shared::{App, db::Db, http::Resource, types::istanbul};
use utoipa::ToSchema;

use super::{Workplace, store};
use crate::{
    minutes::{RequiredMinutes, ServiceRules},
    warnings::Warning,
};

/// A workplace as an answer shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkplaceView {
    /// The workplace.
    #[serde(flatten)]
    pub workplace: Workplace,
    /// How many people work there today.
    pub headcount: u32,
    /// The service that the law asks for, in minutes a month.
    pub required_minutes: RequiredMinutes,
    /// What should be looked at.
    pub warnings: Vec<Warning>,
}

impl Resource for WorkplaceView {
    fn version(&self) -> i64 {
        self.workplace.version
    }

    fn location(&self) -> String {
        format!("/api/v1/workplaces/{}", self.workplace.id)
    }
}

/// Shows workplaces with their figures of today.
pub async fn show(app: &App, db: &mut Db, workplaces: Vec<Workplace>) -> sqlx::Result<Vec<WorkplaceView>> {
    if workplaces.is_empty() {
        return Ok(Vec::new());
    }
    let today = istanbul::today(app.now());
    let rules = ServiceRules::kept(app, db).await?;
    let mut headcounts = HashMap::new();
    let mut physicians = HashSet::new();
    for figure in store::figures(db, &workplaces).await? {
        if figure.is_headcount {
            headcounts.insert(figure.workplace_id, figure.count());
        } else {
            physicians.insert(figure.workplace_id);
        }
    }
    let shown = workplaces.into_iter().map(|workplace| {
        let headcount = headcounts.get(&workplace.id).copied().unwrap_or_default();
        let physician = physicians.contains(&workplace.id);
        let required_minutes = rules.required(workplace.danger_class, headcount, today, physician);
        WorkplaceView { headcount, required_minutes, warnings: workplace.warnings(), workplace }
    });
    Ok(shown.collect())
}

/// Shows one workplace, with a warning of what was just done to it.
pub async fn show_one(
    app: &App,
    db: &mut Db,
    (workplace, warning): (Workplace, Option<Warning>),
) -> shared::Result<WorkplaceView> {
    let shown = show(app, db, vec![workplace]).await?.pop();
    let mut shown = shown.ok_or_else(|| shared::Error::internal("a workplace that was not shown"))?;
    shown.warnings.extend(warning);
    Ok(shown)
}

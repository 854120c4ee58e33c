//! Dropping what the caches keep: by hand, and by the events of every change.

use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    App, Error, Result,
    auth::{Allowed, policy},
    db::{Action, Audit, Event},
    http::{IdempotencyKey, Reply, Valid},
    queue::{Message, worker::Failure},
    types::Text,
};
use utoipa::ToSchema;

/// Tags that can be purged at once.
const MAX_TAGS: usize = 100;
/// What sums up a whole tenant, and so changes with everything in it.
const SUMMARY: &str = "dashboard:stats";

shared::input! {
    /// Which cached values to drop.
    pub struct Purge {
        /// The tags, 1 to 100, such as `company:0198c7de-1111-7000-8000-000000000000` or `dashboard:stats`.
        pub tags: Vec<Text<1, 200>>,
    }
}

/// What was dropped.
#[derive(Debug, Serialize, ToSchema)]
pub struct Purged {
    /// The tags.
    #[schema(examples(json!(["dashboard:stats"])))]
    pub tags: Vec<String>,
}

/// Drop cached values of the own tenant by their tags.
///
/// Tags that nothing is kept under are no error. What the functions share is dropped at once; what each of their
/// processes keeps for itself lives up to a minute longer. Reference data are the same for all tenants and are
/// not dropped: they follow a release within ten minutes.
#[utoipa::path(post, path = "/api/v1/admin/cache/purge", tag = "administration", request_body = Purge,
    params(IdempotencyKey), responses((status = 200, description = "Dropped", body = Purged)))]
pub async fn purge_cache(
    State(app): State<App>,
    caller: Allowed<policy::PurgeCache>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(purge): Valid<Purge>,
) -> Result<Reply> {
    if !(1..=MAX_TAGS).contains(&purge.tags.len()) {
        return Err(Error::field("tags", "OUT_OF_RANGE", "1–100 etiket gönderin.", "Send 1 to 100 tags."));
    }
    let tags: Vec<String> = purge.tags.into_iter().map(Text::into_string).collect();
    let tenant = caller.tenant.as_uuid();
    let mut work = app.begin(&caller, key).await?;
    for tag in &tags {
        work.invalidate(tag.as_str());
    }
    work.audit(Audit::new(Action::ConfigChange, "cache", tenant).note("tags", tags.clone()));
    work.emit(Event::new("cache.purged", tenant, 1).with(json!({"tags": tags})));
    work.commit(Reply::ok(&Purged { tags })?).await
}

/// Drops what an event says has changed. Doing it twice is harmless, so it keeps no inbox.
pub async fn follow(app: App, message: Message) -> Result<(), Failure> {
    // The cache itself does not mind a lost Redis; here the message would be spent and the value would stay.
    app.redis().ping().await.map_err(|error| Error::unavailable(error, 5))?;
    app.cache().invalidate(message.tenant_id.as_uuid(), &tags(&message)).await;
    Ok(())
}

/// The tags of an event: its record's, its company's, those that it names, and the summary.
///
/// `company.created` is about `company:{id}`, `user.role_changed` about `user:{id}`: a new aggregate needs nothing here.
fn tags(message: &Message) -> Vec<String> {
    let aggregate = message.topic.split('.').next().unwrap_or_default();
    let mut tags = vec![format!("{aggregate}:{}", message.aggregate_id), SUMMARY.to_owned()];
    if let Some(company) = message.company_id {
        tags.push(format!("company:{company}"));
    }
    let named = message.payload.get("tags").and_then(Value::as_array);
    tags.extend(named.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    tags.sort_unstable();
    tags.dedup();
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_drops_its_record_its_company_and_what_it_names() {
        let id = "0198c7de-1111-7000-8000-000000000000";
        let company = "0198c7de-2222-7000-8000-000000000000";
        let message = json!({
            "id": id, "schema": 1, "topic": "workplace.updated", "tenantId": id, "companyId": company,
            "aggregateId": id, "aggregateVersion": 2, "payload": {"tags": ["dashboard:stats", "workplaces:list", 7]},
        });
        let message = Message::parse(&message.to_string()).unwrap();
        assert_eq!(
            tags(&message),
            [
                format!("company:{company}"),
                "dashboard:stats".into(),
                format!("workplace:{id}"),
                "workplaces:list".into()
            ]
        );
    }
}

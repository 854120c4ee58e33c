//! What was done to an account in one tenant is known in its others too.

use shared::{
    App, Result,
    auth::{AccountId, TenantId},
    db::{Actor, Audit, Event, search},
    types::Email,
};

use super::{Membership, find, store};
use crate::record::record;

/// Tells every other tenant of the account, whose e-mail this is by now: a row of the trail, an event, and the words by
/// which the user is found there. Each tenant's rows are written in its own context, after the deed, which stands.
pub(crate) async fn tell(
    app: &App,
    (account, tenant): (AccountId, TenantId),
    email: &Email,
    topic: &'static str,
    row: impl Fn(&Membership) -> Audit,
) {
    if let Err(error) = try_to_tell(app, (account, tenant), email, topic, row).await {
        tracing::warn!(category = "application", error = %error, topic, "account.not_told_everywhere");
    }
}

async fn try_to_tell(
    app: &App,
    (account, tenant): (AccountId, TenantId),
    email: &Email,
    topic: &'static str,
    row: impl Fn(&Membership) -> Audit,
) -> Result<()> {
    let Some(found) = find(app, email).await?.filter(|found| found.id == account) else { return Ok(()) };
    for place in found.users.iter().filter(|place| place.tenant != tenant) {
        let actor = Actor { user: Some(place.user), name: place.name.clone(), email: Some(email.as_str().to_owned()) };
        let mut work = app.begin_as(found.context(place), actor).await?;
        let user = place.user.as_uuid();
        search::index(&mut work, "USER", user, place.company, &[&place.name, email.as_str()]).await?;
        let version = store::user_version(&mut work, place.user).await?;
        record(&mut work, place.company, row(place), Event::new(topic, user, version));
        work.invalidate(format!("user:{}", place.user));
        work.finish().await?;
    }
    Ok(())
}

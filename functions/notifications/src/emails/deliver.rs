//! One message: find out what to write and to whom, claim the mail, send it, note the outcome.

use std::time::Duration;

use chrono::{DateTime, Utc};
use shared::{
    App, Error, Result,
    db::{Actor, Audit, Context, Db, Work},
    queue::{Message, worker::Failure},
    telemetry::metrics::{self, Unit},
    types::Email,
};
use uuid::Uuid;

use super::{LEASE, Order, Params, Recipient, State, Step, Template, address_hash, next_step, pause_after, store};
use crate::{
    letters::{self, Locale, Subject},
    smtp::{Mail, Outcome, Post},
};

/// The consumer's name in the audit trail.
const MAILER: &str = "mailer";
/// How often the outcome is written before the claim is left to run out.
const NOTES: u32 = 3;

/// A mail as it would be sent now.
#[derive(Debug)]
struct Draft {
    to: Email,
    locale: Locale,
    name: Option<String>,
    subject: Subject,
    link: String,
    /// Why it is not sent after all.
    refusal: Option<&'static str>,
}

/// A mail that is ours to send.
#[derive(Debug)]
struct Claim {
    id: Uuid,
    message_id: String,
}

/// Does what one message asks for. Doing it twice sends one mail.
pub async fn deliver(post: &Post, app: &App, message: &Message) -> Result<(), Failure> {
    let order = Order::read(message).map_err(Failure::GiveUp)?;
    let context = Context::task(message.tenant_id);
    let draft = {
        let mut db = app.read_as(context).await?;
        match draft(&mut db, app, &order, message).await? {
            Some(draft) => draft,
            None => return Ok(()),
        }
    };
    let Some(claim) = claim(post, app, context, &order, &draft).await? else { return Ok(()) };
    let letter =
        letters::write(&draft.subject, draft.locale, draft.name.as_deref(), &draft.link, &app.config().public_url)
            .map_err(Error::internal)?;
    let mail = Mail {
        message_id: &claim.message_id,
        to: &draft.to,
        date: app.now(),
        language: draft.locale.as_str(),
        letter: &letter,
    };
    let outcome = post.send(&mail).await;
    settle(app, context, &order, &draft, &claim, outcome, message.receives).await
}

/// What the mail would be, read afresh at each attempt: a link may have been used by now. None when there is nobody
/// to write to any more.
async fn draft(db: &mut Db, app: &App, order: &Order, message: &Message) -> Result<Option<Draft>, Failure> {
    let at = ordered_at(message.id).unwrap_or_else(|| app.now());
    let draft = match order.to {
        Recipient::Link(id) => match store::find_link(db, id).await? {
            Some(link) => Some(draft_link(app, order.template, id, link)?),
            None => None,
        },
        Recipient::Previous(id) => match store::find_link(db, id).await? {
            Some(link) => Some(draft_previous(app, order, link, at)?),
            None => None,
        },
        Recipient::User(id) => store::find_user(db, id).await?.map(|user| Draft {
            to: user.email,
            locale: user.locale,
            name: Some(user.name),
            subject: notice(order.template, &order.params, at),
            link: format!("{}/{}", app.config().public_url, order.template.page()),
            refusal: None,
        }),
    };
    let Some(mut draft) = draft else {
        // Expired links are cleared away after a while; nobody waits for their mail.
        tracing::warn!(category = "application", template = order.template.as_str(), "mail.recipient_gone");
        return Ok(None);
    };
    let hash = address_hash(app.blind_index(), message.tenant_id, &draft.to);
    if draft.refusal.is_none() && store::is_suppressed(db, &hash).await? {
        draft.refusal = Some("the address is on the suppression list");
    }
    Ok(Some(draft))
}

/// The notice of a change of address: whatever has become of the link, the one who may lose the account hears of it.
fn draft_previous(app: &App, order: &Order, link: store::Link, at: DateTime<Utc>) -> Result<Draft, Failure> {
    let to =
        link.previous.ok_or_else(|| Failure::GiveUp(format!("{} with a link for {}", order.template, link.purpose)))?;
    Ok(Draft {
        to,
        locale: link.locale.unwrap_or(Locale::Tr),
        name: link.name,
        subject: notice(order.template, &order.params, at),
        link: format!("{}/{}", app.config().public_url, order.template.page()),
        refusal: None,
    })
}

fn draft_link(app: &App, template: Template, id: Uuid, link: store::Link) -> Result<Draft, Failure> {
    let purpose = template.purpose().unwrap_or_default();
    if link.purpose != purpose {
        return Err(Failure::GiveUp(format!("{template} with a link for {}", link.purpose)));
    }
    let refusal = if link.used {
        Some("the link has been used")
    } else if link.revoked {
        Some("the link has been revoked")
    } else if link.expires_at <= app.now() {
        Some("the link has expired")
    } else {
        None
    };
    let hours = ((link.expires_at - link.created_at).num_minutes() + 30) / 60;
    let subject = match template {
        Template::Confirm => Subject::Confirm { hours },
        Template::RegisteredAgain => Subject::RegisteredAgain { hours },
        Template::EmailConfirm => Subject::EmailConfirm { hours },
        Template::Invite => Subject::Invite {
            tenant: link.tenant,
            inviter: link.inviter,
            role: link.role.ok_or_else(|| Failure::GiveUp("an invitation without a role".to_owned()))?,
            company: link.company,
            hours,
        },
        _ => Subject::Reset { hours },
    };
    // Whoever caused any other mail may have typed the name himself; it is a stranger's until the tenant is confirmed.
    let name = link.name.filter(|_| template == Template::Reset && link.tenant_is_active);
    let token = app.signer().link(purpose, id, &link.nonce);
    Ok(Draft {
        to: link.email,
        locale: link.invitation_locale.or(link.locale).unwrap_or(Locale::Tr),
        name,
        subject,
        link: format!("{}/{}/{}", app.config().public_url, template.page(), token.expose()),
        refusal,
    })
}

/// The mails without a link of their own.
fn notice(template: Template, params: &Params, at: DateTime<Utc>) -> Subject {
    match template {
        Template::Locked => {
            let until = params.minutes.map(|minutes| at + chrono::TimeDelta::minutes(minutes.into()));
            Subject::Locked { at, until }
        }
        Template::NewDevice => Subject::NewDevice { at, device: params.device.clone() },
        Template::EmailNotice => Subject::EmailNotice { at, new_email: params.new_email.clone() },
        _ => Subject::Changed { at },
    }
}

/// When the mail was ordered: a message's id is a UUIDv7 of that moment.
fn ordered_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

/// Makes the mail ours in a transaction of its own. None when there is nothing left to do.
async fn claim(
    post: &Post,
    app: &App,
    context: Context,
    order: &Order,
    draft: &Draft,
) -> Result<Option<Claim>, Failure> {
    let mut work = begin(app, context).await?;
    let (id, now) = (app.new_uuid(), work.now());
    let message_id = format!("{id}@{}", post.domain());
    let state = if draft.refusal.is_some() { State::Suppressed } else { State::Sending };
    let new = store::NewSend {
        id,
        order,
        locale: draft.locale,
        recipient: &draft.to,
        message_id: &message_id,
        state,
        attempts: u32::from(state == State::Sending),
        reason: draft.refusal,
        now,
    };
    let claim = if store::insert(&mut work, &new).await? {
        Claim { id, message_id }
    } else {
        let held = store::find_for_update(&mut work, &order.dedupe_key).await?;
        match next_step(held.state, held.updated_at, now) {
            Step::Nothing => {
                work.roll_back().await;
                return Ok(None);
            }
            Step::Wait => {
                work.roll_back().await;
                let after = LEASE.to_std().unwrap_or_default();
                return Err(Failure::Later { source: Error::unavailable("another worker has the mail", 60), after });
            }
            Step::Take => store::set_state(&mut work, held.id, state, draft.refusal, now).await?,
        }
        Claim { id: held.id, message_id: held.message_id.unwrap_or(message_id) }
    };
    work.finish().await?;
    if let Some(reason) = draft.refusal {
        tell(order.template, State::Suppressed, reason);
        return Ok(None);
    }
    Ok(Some(claim))
}

/// Notes the outcome, and says whether the message is done.
async fn settle(
    app: &App,
    context: Context,
    order: &Order,
    draft: &Draft,
    claim: &Claim,
    outcome: Outcome,
    receives: u32,
) -> Result<(), Failure> {
    let (state, reason, suppress) = match outcome {
        Outcome::Sent => (State::Sent, None, false),
        Outcome::Bounced { suppress, reason } => (State::Bounced, Some(reason), suppress),
        Outcome::Later { reason } if pause_after(receives).is_some() => (State::Queued, Some(reason), false),
        Outcome::Later { reason } => (State::Failed, Some(reason), false),
    };
    let reason = reason.as_deref();
    tell(order.template, state, reason.unwrap_or_default());
    let dead = suppress.then_some(&draft.to);
    let mut noted = note(app, context, claim.id, state, reason, dead).await;
    for _ in 1..NOTES {
        if noted.is_ok() {
            break;
        }
        // A mail that was sent and not noted would be sent again.
        tokio::time::sleep(Duration::from_millis(300)).await;
        noted = note(app, context, claim.id, state, reason, dead).await;
    }
    noted?;
    let why = || reason.unwrap_or_default().to_owned();
    match (state, pause_after(receives)) {
        (State::Queued, Some(after)) => Err(Failure::Later { source: Error::unavailable(why(), 60), after }),
        (State::Failed, _) => Err(Failure::GiveUp(why())),
        _ => Ok(()),
    }
}

async fn note(
    app: &App,
    context: Context,
    id: Uuid,
    state: State,
    reason: Option<&str>,
    dead: Option<&Email>,
) -> Result<()> {
    let mut work = begin(app, context).await?;
    let now = work.now();
    store::set_state(&mut work, id, state, reason, now).await?;
    if let Some(email) = dead {
        let hash = address_hash(app.blind_index(), context.tenant(), email);
        let suppression = app.new_uuid();
        if store::suppress(&mut work, suppression, &hash, reason.unwrap_or_default(), now).await? {
            let made = serde_json::json!({"reason": "BOUNCE", "emailSendId": id});
            work.audit(Audit::created("suppression", suppression, &made));
        }
    }
    work.finish().await
}

/// Where a mail stands is bookkeeping; only the suppression list is for people.
async fn begin(app: &App, context: Context) -> Result<Work> {
    Ok(app.begin_as(context, Actor::task(MAILER)).await?.bookkeeping())
}

fn tell(template: Template, state: State, reason: &str) {
    let (template, state) = (template.as_str(), state.as_str());
    tracing::info!(category = "application", template, state, reason, "mail.settled");
    metrics::record("Mails", Unit::Count, 1.0, &[("state", state)]);
}

//! How much mail people get that others have ordered for them.

use shared::{Code, Error, Result, db::Work, limits::Take, types::Email};

use super::Purpose;

/// Takes one mail from the limit of its recipient, and from that of whoever invites.
///
/// # Errors
/// 429 when either has had enough, known or not. A forgotten password has a limit of its own, whose answer does not tell
/// whether the e-mail is known.
pub(super) async fn take(work: &Work, purpose: Purpose, email: &Email) -> Result<()> {
    if purpose == Purpose::ResetPassword {
        return Ok(());
    }
    let app = work.app();
    let mut takes = vec![app.limit("MAIL_RECIPIENT").await?.take(&app.signer().email_hash(email))];
    if let (Purpose::Invite, Some(user)) = (purpose, work.actor().user) {
        takes.push(app.limit("INVITE").await?.take(&user.to_string()));
    }
    match app.limits().take(&takes, app.now()).await {
        Ok(decision) => match decision.refused() {
            Some(wait) => Err(Error::new(Code::RateLimited).retry_after(wait)),
            None => Ok(()),
        },
        Err(error) if takes.iter().any(Take::fails_closed) => Err(Error::unavailable(error, 5)),
        Err(error) => {
            tracing::warn!(category = "application", error = %error, "mail.not_counted");
            Ok(())
        }
    }
}

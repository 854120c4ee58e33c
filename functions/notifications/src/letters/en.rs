//! The letters in English.

use super::{Frame, Subject, Words, role, shortened, when};

pub(super) const FRAME: Frame = Frame {
    language: "en",
    hello: "Hello",
    or_copy: "If the button does not work, copy this address into your browser:",
    automatic: "Sent automatically; replies to this address are not read.",
};

const ABOUT_THE_ACCOUNT: &str = "You received this e-mail because it concerns the security of your ProSektor account.";
const RESET: &str = "Reset my password";

#[expect(clippy::too_many_lines, reason = "a list of letters, read from top to bottom")]
pub(super) fn words(subject: &Subject) -> Words {
    match subject {
        Subject::Confirm { hours } => Words {
            subject: "Confirm your ProSektor registration".into(),
            title: "Confirm your e-mail address".into(),
            body: vec![
                "Somebody registered with ProSektor using this e-mail address. Confirm that it is yours to open the account."
                    .into(),
                "You will be asked for the password that you chose when you registered.".into(),
            ],
            facts: vec![],
            button: "Confirm registration",
            notes: vec![
                valid_once(*hours),
                "If you did not register, do not confirm; an account that is not confirmed is not opened.".into(),
            ],
            reason: "You received this e-mail because your address was entered in the ProSektor registration form.",
        },
        Subject::RegisteredAgain { hours } => Words {
            subject: "Confirm a new organisation on ProSektor".into(),
            title: "You already have an account".into(),
            body: vec![
                "Somebody registered a new organisation with ProSektor using this e-mail address. You already have an account, so no second one was opened."
                    .into(),
                "If it was you, confirm it with the password of the account you have; you enter the new organisation with that account as well.".into(),
            ],
            facts: vec![],
            button: "Confirm new organisation",
            notes: vec![
                valid_once(*hours),
                "If it was not you, ignore this e-mail; your account has not changed.".into(),
            ],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::Reset { hours } => Words {
            subject: "Reset your ProSektor password".into(),
            title: "Reset your password".into(),
            body: vec!["A password reset was requested for your account. Continue to set a new password.".into()],
            facts: vec![],
            button: "Set a new password",
            notes: vec![
                format!("{} Asking for another link makes this one void.", valid_once(*hours)),
                "If you did not ask for it, ignore this e-mail; your password stays as it is.".into(),
            ],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::Changed { at } => Words {
            subject: "Your ProSektor password has changed".into(),
            title: "Your password has changed".into(),
            body: vec![
                "The password of your account was changed. For your security, you have been signed out on your other devices."
                    .into(),
                "If it was you, there is nothing to do. If not, reset your password at once and tell your organisation’s administrator."
                    .into(),
            ],
            facts: vec![("Time", when::en(*at))],
            button: RESET,
            notes: vec![],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::Invite { tenant, inviter, role, company, hours } => Words {
            subject: format!("{} invites you to ProSektor", shortened(tenant)),
            title: format!("{tenant} invites you"),
            body: vec![
                "You have been invited to join ProSektor, where occupational health and safety work is managed. When you accept, your account is opened with the role below."
                    .into(),
            ],
            facts: [
                inviter.clone().map(|name| ("Invited by", name)),
                Some(("Organisation", tenant.clone())),
                company.clone().map(|name| ("Company", name)),
                Some(("Your role", role::en(*role).to_owned())),
            ]
            .into_iter()
            .flatten()
            .collect(),
            button: "Accept invitation",
            notes: vec![
                format!("The invitation is valid for {}.", duration(*hours)),
                "If you do not expect it, ignore this e-mail; no account is opened unless you accept.".into(),
            ],
            reason: "You received this e-mail because the organisation above invited you.",
        },
        Subject::Locked { at, until } => Words {
            subject: "Your ProSektor account is locked for a while".into(),
            title: "Your account is locked for a while".into(),
            body: vec![
                "There were several sign-in attempts with a wrong password. For your security, signing in is closed for a while; it opens again by itself."
                    .into(),
                "If you do not want to wait, or if it was not you, reset your password; that also lifts the lock.".into(),
            ],
            facts: [Some(("Time", when::en(*at))), until.map(|until| ("Locked until", when::en(until)))]
                .into_iter()
                .flatten()
                .collect(),
            button: RESET,
            notes: vec![],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::NewDevice { at, device } => Words {
            subject: "New sign-in to your ProSektor account".into(),
            title: "Sign-in from a new device".into(),
            body: vec![
                "Somebody signed in to your account from a device that you have not used before.".into(),
                "If it was you, there is nothing to do. If not, reset your password at once; that signs out every device."
                    .into(),
            ],
            facts: [Some(("Time", when::en(*at))), device.clone().map(|device| ("Device", device))]
                .into_iter()
                .flatten()
                .collect(),
            button: RESET,
            notes: vec![],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::EmailConfirm { hours } => Words {
            subject: "Confirm your new e-mail address for ProSektor".into(),
            title: "Confirm your new address".into(),
            body: vec![
                "Somebody asked to make this the e-mail address of a ProSektor account. The change takes effect when you confirm the address."
                    .into(),
            ],
            facts: vec![],
            button: "Confirm address",
            notes: vec![
                valid_once(*hours),
                "If you did not ask for it, ignore this e-mail; nothing changes unless you confirm.".into(),
            ],
            reason: "You received this e-mail because your address was entered as the new address of a ProSektor account.",
        },
        Subject::EmailNotice { at, new_email } => Words {
            subject: "A change of your ProSektor e-mail address was requested".into(),
            title: "A new e-mail address was requested".into(),
            body: vec![
                "Somebody asked to change the e-mail address of your account. The change takes effect when the new address is confirmed."
                    .into(),
                "If it was you, there is nothing to do. If not, reset your password at once and tell your organisation’s administrator."
                    .into(),
            ],
            facts: [Some(("Time", when::en(*at))), new_email.clone().map(|email| ("New address", email))]
                .into_iter()
                .flatten()
                .collect(),
            button: RESET,
            notes: vec![],
            reason: ABOUT_THE_ACCOUNT,
        },
    }
}

fn valid_once(hours: i64) -> String {
    format!("The link is valid for {} and can be used once.", duration(hours))
}

fn duration(hours: i64) -> String {
    if hours == 1 { "1 hour".to_owned() } else { format!("{hours} hours") }
}

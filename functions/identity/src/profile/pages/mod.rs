//! `/panel/profile` and `/portal/profile`: who one is, the password, the e-mail and the open sessions. Staff and
//! customers' users have the same pages, each in the frame of their own.

mod details;
mod email;
mod password;
mod sessions;

use axum::routing::{get, post};
use shared::{auth::policy, http::Routes, web::Page};

/// The pages beside each other: what follows the home, and the name of its text.
const TABS: &[(&str, &str)] = &[
    ("/profile", "profile.details"),
    ("/profile/password", "profile.password"),
    ("/profile/email", "profile.email"),
    ("/profile/sessions", "profile.sessions"),
];

/// The pages' routes, in both frames.
pub fn routes() -> Routes {
    ["/panel/profile", "/portal/profile"].into_iter().fold(Routes::new(), |routes, base| {
        let at = |rest: &str| format!("{base}{rest}");
        routes
            .page::<policy::GetProfile>(base, get(details::show))
            .page::<policy::UpdateProfile>(base, post(details::save))
            .page::<policy::UpdateProfile>(&at("/language"), post(details::choose_language))
            .page::<policy::GetProfile>(&at("/password"), get(password::show))
            .page::<policy::ChangePassword>(&at("/password"), post(password::save))
            .page::<policy::GetProfile>(&at("/email"), get(email::show))
            .page::<policy::ChangeEmail>(&at("/email"), post(email::ask))
            .page::<policy::ListSessions>(&at("/sessions"), get(sessions::show))
            .page::<policy::EndOtherSessions>(&at("/sessions/end-others"), post(sessions::end_others))
            .page::<policy::EndSession>(&at("/sessions/{id}/end"), post(sessions::end))
    })
}

/// The address of one of these pages in the reader's own frame.
fn address(page: &Page, rest: &str) -> String {
    format!("{}/profile{rest}", page.home())
}

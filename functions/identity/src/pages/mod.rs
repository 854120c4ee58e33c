//! The pages before anybody is signed in: sign-in, registration, and where the links of mails lead.

pub(crate) mod deactivation;
mod dead_link;
mod links;
mod passwords;
mod registration;
mod sign_in;

use axum::routing::{get, post};
use shared::{auth::policy, http::Routes};

/// The pages of signing in, which cost a password hash and stand in a function of their own.
pub fn sign_in_routes() -> Routes {
    Routes::new()
        .page::<policy::PublicPage>("/login", get(sign_in::show))
        .page::<policy::SignIn>("/login", post(sign_in::send))
        .page::<policy::SignIn>("/login/tenant", post(sign_in::choose_tenant))
        .texts(&crate::TEXTS)
}

/// The other pages' routes. Showing a form is open to anybody; sending it takes from the limits of its operation.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::PublicPage>("/logout", post(sign_in::sign_out))
        .page::<policy::PublicPage>("/register", get(registration::show))
        .page::<policy::Register>("/register", post(registration::send))
        .page::<policy::PublicPage>("/register/sent", get(registration::sent))
        .page::<policy::PublicPage>("/forgot-password", get(passwords::show_forgotten))
        .page::<policy::ForgotPassword>("/forgot-password", post(passwords::send_forgotten))
        .page::<policy::PublicPage>("/forgot-password/sent", get(passwords::sent))
        .page::<policy::PublicPage>("/reset-password/{token}", get(passwords::show_reset))
        .page::<policy::ResetPassword>("/reset-password/{token}", post(passwords::send_reset))
        .page::<policy::PublicPage>("/accept-invite/{token}", get(links::show_invitation))
        .page::<policy::AcceptInvite>("/accept-invite/{token}", post(links::accept_invitation))
        .page::<policy::PublicPage>("/confirm-registration/{token}", get(links::show_registration))
        .page::<policy::ConfirmRegistration>("/confirm-registration/{token}", post(links::confirm_registration))
        .page::<policy::PublicPage>("/confirm-email/{token}", get(links::show_email))
        .page::<policy::ConfirmEmail>("/confirm-email/{token}", post(links::confirm_email))
        .texts(&crate::TEXTS)
}

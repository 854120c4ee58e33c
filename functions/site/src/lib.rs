//! The `$default` route: whatever no other function claims is answered in the envelope.

use shared::http::Routes;

/// The routes of the function `site`. There are none yet, so that every path is a 404.
pub fn routes() -> Routes {
    Routes::new()
}

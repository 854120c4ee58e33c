//! The `$default` route.

//! Routes: each with its row of the role matrix, or it is refused.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
};
use utoipa::openapi::{OpenApi, path::Operation as ApiOperation};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
pub use utoipa_axum::routes;

use crate::{
    app::App,
    auth::{guard, policy::Operation},
    error::{Code, Error},
};

/// The routes of a feature.
///
/// ```text
/// Routes::new().add(routes!(list_companies)).add(routes!(create_company))
/// ```
#[derive(Default)]
pub struct Routes {
    router: OpenApiRouter<App>,
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Routes")
    }
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one handler with its guard.
    ///
    /// # Panics
    /// When the handler's name is not in the role matrix: such a function does not start.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "to add a route is what one does with routes")]
    #[expect(clippy::panic, reason = "a route without a row in the role matrix must not start")]
    pub fn add(mut self, (schemas, paths, handler): UtoipaMethodRouter<App>) -> Self {
        let names: Vec<String> =
            paths.paths.values().flat_map(operations).filter_map(|o| o.operation_id.clone()).collect();
        let [name] = names.as_slice() else { panic!("add one handler at a time, not {names:?}") };
        let Some(operation) = Operation::find(name) else {
            panic!("{name} is not in the role matrix (shared/src/auth/policy.rs)")
        };
        let handler = handler.layer(middleware::from_fn(move |request: Request, next: Next| async move {
            match guard::app_of(&request) {
                Ok(app) => guard::guard(app, operation, request, next).await,
                Err(error) => axum::response::IntoResponse::into_response(error),
            }
        }));
        self.router = self.router.routes((schemas, paths, handler));
        self
    }

    /// Adds the routes of another part.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self
    }

    /// What the routes say of themselves.
    pub fn openapi(self) -> OpenApi {
        self.router.into_openapi()
    }

    /// The router behind the layers that every answer passes.
    pub fn into_router(self, app: App) -> Router {
        let router: Router<App> = self.router.into();
        let router = router
            .fallback(|| async { Error::not_found() })
            .method_not_allowed_fallback(|| async { Error::new(Code::MethodNotAllowed) })
            .with_state(app.clone());
        super::stack::wrap(router, app)
    }
}

/// The operations of one path.
pub fn operations(item: &utoipa::openapi::PathItem) -> impl Iterator<Item = &ApiOperation> {
    [&item.get, &item.post, &item.put, &item.patch, &item.delete, &item.head, &item.options].into_iter().flatten()
}

//! Routes: each with its row of the role matrix, or it is refused.

use axum::{
    Extension, Router,
    extract::Request,
    http::header,
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::MethodRouter,
};
use utoipa::openapi::{OpenApi, path::Operation as ApiOperation};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
pub use utoipa_axum::routes;

use super::extract::Received;
use crate::{
    app::App,
    auth::{
        Permission,
        guard::{self, Surface},
        policy::Operation,
    },
    error::{Code, Error},
    web::{
        Texts,
        errors::{self, Visit},
    },
};

/// The routes of a feature.
///
/// ```text
/// Routes::new().add(routes!(list_companies)).add(routes!(create_company))
/// ```
#[derive(Default)]
pub struct Routes {
    router: OpenApiRouter<App>,
    pages: Vec<(String, &'static str)>,
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
                Ok(app) => guard::guard(app, operation, Surface::Api, request, next).await,
                Err(error) => error.into_response(),
            }
        }));
        self.router = self.router.routes((schemas, paths, handler));
        self
    }

    /// Adds a page with the guard of operation `P`: `.page::<policy::ListCompanies>("/panel/companies", get(list))`.
    /// What fails is answered as a page, and whoever is not signed in goes to the sign-in.
    #[must_use]
    pub fn page<P: Permission>(mut self, path: &str, handler: MethodRouter<App>) -> Self {
        self.pages.push((path.to_owned(), P::OPERATION.name));
        let handler = handler.layer(middleware::from_fn(|request: Request, next: Next| async move {
            let app = match guard::app_of(&request) {
                Ok(app) => app,
                Err(error) => return error.into_response(),
            };
            let visit = visit(&request);
            let response = guard::guard(app.clone(), P::OPERATION, Surface::Page, request, next).await;
            errors::present(&app, &visit, response)
        }));
        self.router = self.router.route(path, handler);
        self
    }

    /// The texts of the pages that were added so far.
    #[must_use]
    pub fn texts(mut self, texts: &'static Texts) -> Self {
        self.router = self.router.layer(Extension(texts));
        self
    }

    /// Adds a route that is neither a page nor of the API: a file, which anybody may have.
    #[must_use]
    pub fn file(mut self, path: &str, handler: MethodRouter<App>) -> Self {
        self.router = self.router.route(path, handler);
        self
    }

    /// The pages: their paths and the operations that they need.
    pub fn pages(&self) -> &[(String, &'static str)] {
        &self.pages
    }

    /// Adds the routes of another part.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.pages.extend(other.pages);
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
            .fallback(|request: Request| nothing_here(request, Error::not_found()))
            .method_not_allowed_fallback(|request: Request| nothing_here(request, Error::new(Code::MethodNotAllowed)))
            .with_state(app.clone());
        super::stack::wrap(router, app)
    }
}

/// What is kept of a request for a page about it.
fn visit(request: &Request) -> Visit {
    Visit {
        method: request.method().clone(),
        uri: request.uri().clone(),
        headers: request.headers().clone(),
        body: request.extensions().get::<Received>().map(|received| received.0.clone()),
        texts: request.extensions().get::<&'static Texts>().copied(),
    }
}

/// The answer of an address that nothing is at: a page for a browser, the envelope for a program.
async fn nothing_here(request: Request, error: Error) -> Response {
    let page = wanted_page(&request);
    let response = guard::refuse(request, error).await;
    match page {
        Some((app, visit)) => errors::present(&app, &visit, response),
        None => response,
    }
}

/// What a page about a request needs, if a page is wanted.
fn wanted_page(request: &Request) -> Option<(App, Visit)> {
    let accept = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let wants_page = !request.uri().path().starts_with("/api/") && accept.contains("text/html");
    let app = guard::app_of(request).ok().filter(|_| wants_page)?;
    Some((app, visit(request)))
}

/// The operations of one path.
pub fn operations(item: &utoipa::openapi::PathItem) -> impl Iterator<Item = &ApiOperation> {
    [&item.get, &item.post, &item.put, &item.patch, &item.delete, &item.head, &item.options].into_iter().flatten()
}

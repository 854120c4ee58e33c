//! A function that does nothing: what is measured of it is the runtime and the way to it.

use lambda_http::{Body, Error, Request, Response, run_concurrent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run_concurrent(service_fn(async |_: Request| Ok::<_, Error>(Response::new(Body::Text("{}".to_owned()))))).await
}

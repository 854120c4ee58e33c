//! What is audited is also a line of the log, of the category that watchers filter by.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use shared::{
    auth::TenantId,
    db::{Action, Actor, Audit, Context},
};
use tests::harness::with_tenant;
use tracing::{Event, Subscriber, field::Field};
use tracing_subscriber::layer::{Context as Around, Layer, SubscriberExt as _};

/// Keeps the fields of each event of the category `audit`.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<Vec<String>>>>);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Around<'_, S>) {
        let mut fields = Vec::new();
        event.record(&mut |field: &Field, value: &dyn Debug| fields.push(format!("{}={value:?}", field.name())));
        if fields.iter().any(|field| field == "category=\"audit\"") {
            self.0.lock().unwrap().push(fields);
        }
    }
}

#[tokio::test]
async fn each_row_of_the_trail_is_one_line_without_the_values() {
    with_tenant(async |t| {
        let lines = Lines::default();
        let _reading = tracing::subscriber::set_default(tracing_subscriber::registry().with(lines.clone()));
        let begin = async || {
            let context = Context::task(TenantId::from_uuid(t.id));
            super::app().begin_as(context, Actor::task("tests")).await.unwrap()
        };
        let mut refused = begin().await;
        refused.audit(Audit::new(Action::Delete, "tenant", t.id));
        refused.roll_back().await;
        let mut work = begin().await;
        work.audit(Audit::new(Action::Update, "tenant", t.id).note("reason", "secret"));
        work.audit(Audit::new(Action::ConfigChange, "cache", t.id));
        work.finish().await.unwrap();
        let lines = lines.0.lock().unwrap().clone();
        let line = |action: &str, entity: &str| {
            [
                "message=audit.written".to_owned(),
                "category=\"audit\"".to_owned(),
                format!("action=\"{action}\""),
                format!("entity=\"{entity}\""),
                format!("entity_id={}", t.id),
            ]
        };
        assert_eq!(lines, [line("UPDATE", "tenant"), line("CONFIG_CHANGE", "cache")]);
    })
    .await;
}

//! Somebody whose records strangers knock at: one of each kind, with their real ids.

use serde_json::{Value, json};
use sqlx::Row as _;
use tests::harness::{Client, Tenant};
use uuid::Uuid;

/// The kinds of records that there is one of.
pub(super) const KINDS: [&str; 10] = [
    "companies",
    "workplaces",
    "employees",
    "assignments",
    "staff",
    "users",
    "sessions",
    "invitations",
    "jobs",
    "imports",
];

/// The ids of one record of each kind.
pub(crate) struct Victim {
    ids: Vec<(&'static str, String)>,
}

fn id(record: &Value) -> String {
    record["id"].as_str().unwrap_or_else(|| panic!("no id in {record}")).to_owned()
}

fn uuid(id: &str) -> Uuid {
    id.parse().unwrap()
}

impl Victim {
    /// Makes one of each.
    pub(crate) async fn new(t: &Tenant) -> Self {
        let admin = t.admin().await;
        let company = id(&admin
            .post("/api/v1/companies", json!({"name": "Gizli Metal A.Ş.", "taxId": "4830123451"}))
            .await
            .created());
        let workplace = json!({"companyId": company, "title": "Gizli fabrika", "naceCode": "251100"});
        let workplace = id(&admin.post("/api/v1/workplaces", workplace).await.created());
        let employee =
            json!({"workplaceId": workplace, "firstName": "Gizli", "lastName": "Çalışan", "startDate": "2024-01-15"});
        let employee = id(&admin.post("/api/v1/employees", employee).await.created());
        let (staff, _) = t.insert_user("EXPERT", None, false).await;
        let assignment =
            json!({"staffId": staff, "workplaceId": workplace, "kind": "SAFETY_EXPERT", "startsOn": "2024-01-01"});
        let assignment = id(&admin.post("/api/v1/assignments", assignment).await.created());
        let user: Client = t.client_of(&company).await;
        let session = id(&user.get("/api/v1/auth/sessions").await.rows()[0]);
        let invited =
            json!({"email": format!("{}@deneme.test", tests::harness::new_id().simple()), "companyId": company});
        let invitation = id(&admin.post("/api/v1/users/invite", invited).await.created());
        let import = json!({"companyId": company, "fileName": "gizli.csv", "length": 7});
        let import = id(&admin.post("/api/v1/imports", import).await.created());
        let job = tests::harness::new_id();
        let mut db = t.sql().await;
        let made = sqlx::query("INSERT INTO jobs_rows (id, tenant_id, kind, requested_by) VALUES (?, ?, 'test', ?)");
        made.bind(job).bind(t.id).bind(staff).execute(&mut db).await.unwrap();
        let mistake = sqlx::query(
            "INSERT INTO import_errors_rows (tenant_id, company_id, import_id, job_id, sheet_row, details) \
             VALUES (?, ?, ?, ?, 2, '[]')",
        );
        let mistake = mistake.bind(t.id).bind(uuid(&company)).bind(uuid(&import)).bind(job);
        mistake.execute(&mut db).await.unwrap();
        Self {
            ids: vec![
                ("companies", company),
                ("workplaces", workplace),
                ("employees", employee),
                ("assignments", assignment),
                ("staff", staff.to_string()),
                ("users", user.user),
                ("sessions", session),
                ("invitations", invitation),
                ("jobs", job.to_string()),
                ("imports", import),
            ],
        }
    }

    /// The id of a record by the path's segment before it.
    pub(crate) fn id_of(&self, segment: &str) -> Option<String> {
        self.ids.iter().find(|(kind, _)| *kind == segment).map(|(_, id)| id.clone())
    }

    /// The id that a field or parameter names: `companyId`, or each of `companyIds`.
    pub(crate) fn id_of_field(&self, field: &str) -> Option<String> {
        self.id_of(kind_of_field(field)?)
    }

    /// Versions and sizes of everything that a stranger could have changed.
    pub(super) async fn fingerprint(&self, t: &Tenant) -> Vec<(String, i64, i64)> {
        let mut prints = Vec::new();
        for (table, state) in [
            ("companies", "version"),
            ("workplaces", "version"),
            ("persons", "version"),
            ("employments", "version"),
            ("assignments", "version"),
            ("users", "version"),
            ("sessions", "ended_at IS NULL"),
            ("invitations", "version"),
            ("jobs", "version"),
            ("imports", "version"),
            ("import_errors", "sheet_row"),
        ] {
            let sql = format!(
                "SELECT COUNT(*), CAST(COALESCE(SUM({state}), 0) AS SIGNED) FROM {table}_rows WHERE tenant_id = ?"
            );
            let row = sqlx::query(&sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap();
            assert!(row.get::<i64, _>(0) > 0, "nothing of {table}: make one in Victim");
            prints.push((table.to_owned(), row.get(0), row.get(1)));
        }
        prints
    }
}

/// The kind of record whose id stands in a field or parameter of this name.
pub(super) fn kind_of_field(field: &str) -> Option<&'static str> {
    match field.strip_suffix("Id").or_else(|| field.strip_suffix("Ids"))? {
        // The audit trail's, which may be of any kind.
        "company" | "entity" => Some("companies"),
        "workplace" => Some("workplaces"),
        "employee" => Some("employees"),
        "assignment" => Some("assignments"),
        "staff" => Some("staff"),
        "user" => Some("users"),
        _ => None,
    }
}

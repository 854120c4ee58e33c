//! Somebody whose records strangers knock at: one of each kind, with their real ids.

use serde_json::{Value, json};
use sqlx::Row as _;
use tests::harness::{Client, Tenant};

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
        sqlx::query("INSERT INTO jobs_rows (id, tenant_id, kind, requested_by) VALUES (?, ?, 'test', ?)")
            .bind(job)
            .bind(t.id)
            .bind(staff)
            .execute(&mut t.sql().await)
            .await
            .unwrap();
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

    /// The id that a field or parameter names: `companyId`, `workplaceId`, `staffId`.
    pub(crate) fn id_of_field(&self, field: &str) -> Option<String> {
        let segment = match field.strip_suffix("Id")? {
            "company" => "companies",
            "workplace" => "workplaces",
            "employee" => "employees",
            "assignment" => "assignments",
            "staff" => "staff",
            "user" => "users",
            _ => return None,
        };
        self.id_of(segment)
    }

    /// Versions and sizes of everything that a stranger could have changed.
    pub(super) async fn fingerprint(&self, t: &Tenant) -> Vec<(String, i64, i64)> {
        let tables =
            ["companies", "workplaces", "persons", "employments", "assignments", "users", "invitations", "jobs"];
        let mut prints = Vec::new();
        for table in tables {
            let sql = format!(
                "SELECT COUNT(*), CAST(COALESCE(SUM(version), 0) AS SIGNED) FROM {table}_rows WHERE tenant_id = ?"
            );
            let row = sqlx::query(&sql).bind(t.id).fetch_one(&mut t.sql().await).await.unwrap();
            prints.push((table.to_owned(), row.get(0), row.get(1)));
        }
        prints
    }
}

//! A tenant of a test's own, with people who sign in.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a step that fails has failed the test")]

use serde_json::{Value, json};
use sqlx::{Connection as _, MySqlConnection, Row as _};
use uuid::Uuid;

use super::{Client, Mail, STACK, eventually, mail, new_id};

/// The password of everybody in the tests.
pub const PASSWORD: &str = "Zeytin-Dalı-Kırmızı-42";
/// Its hash, with the product's own parameters; made once, so that a test does not pay for it.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$yv+e2xVkdtr8Me0hmCKVZw$RYmuDhf+LyCcCg4k5Vm7nSInamPFpNlyWKDzMjsbHhA";

/// A tenant that nobody else uses.
#[derive(Debug)]
pub struct Tenant {
    /// The tenant's id.
    pub id: Uuid,
}

/// Runs a test in a tenant of its own, and looks afterwards whether it left anything undone.
pub async fn with_tenant<T>(test: impl AsyncFnOnce(&Tenant) -> T) -> T {
    let tenant = Tenant::new().await;
    let result = test(&tenant).await;
    tenant.is_tidy().await;
    result
}

impl Tenant {
    /// Makes a tenant without anybody in it.
    pub async fn new() -> Self {
        let id = new_id();
        sqlx::query("INSERT INTO tenants_rows (id, name, status) VALUES (?, ?, 'ACTIVE')")
            .bind(id)
            .bind(format!("Deneme OSGB {}", id.simple()))
            .execute(&mut database().await)
            .await
            .expect("a tenant can be made");
        Self { id }
    }

    /// The base tables, which see every tenant: for backdating and for looking behind the API.
    pub async fn sql(&self) -> MySqlConnection {
        database().await
    }

    /// An administrator, signed in.
    pub async fn admin(&self) -> Client {
        self.user("ADMIN", None, false).await
    }

    /// Somebody of the office, signed in.
    pub async fn office(&self) -> Client {
        self.user("OFFICE", None, false).await
    }

    /// A physician, signed in.
    pub async fn doctor(&self) -> Client {
        self.user("DOCTOR", None, false).await
    }

    /// A safety expert, signed in.
    pub async fn expert(&self) -> Client {
        self.user("EXPERT", None, false).await
    }

    /// A user of this customer, signed in.
    pub async fn client_of(&self, company: &str) -> Client {
        self.user("CLIENT", Some(company), false).await
    }

    /// A user of this customer who administers its users, signed in.
    pub async fn client_admin_of(&self, company: &str) -> Client {
        self.user("CLIENT", Some(company), true).await
    }

    /// Makes a person with an account and signs it in as an app does.
    pub async fn user(&self, role: &str, company: Option<&str>, company_admin: bool) -> Client {
        let (user, email) = self.insert_user(role, company, company_admin).await;
        let mut client = sign_in(&email, PASSWORD).await;
        client.user = user.to_string();
        client
    }

    /// Makes a person with an account who has not signed in; gives back the user's id and the e-mail.
    pub async fn insert_user(&self, role: &str, company: Option<&str>, company_admin: bool) -> (Uuid, String) {
        let (account, user) = (new_id(), new_id());
        let email = format!("{}-{}@deneme.test", role.to_lowercase(), user.simple());
        let mut db = database().await;
        sqlx::query("INSERT INTO accounts_rows (id, email, password_hash, email_confirmed_at) VALUES (?, ?, ?, UTC_TIMESTAMP(6))")
            .bind(account)
            .bind(&email)
            .bind(PASSWORD_HASH)
            .execute(&mut db)
            .await
            .expect("an account can be made");
        sqlx::query(
            "INSERT INTO users_rows (id, tenant_id, company_id, account_id, role, name, is_company_admin, search_key) \
             VALUES (?, ?, ?, ?, ?, ?, ?, '')",
        )
        .bind(user)
        .bind(self.id)
        .bind(company.map(|id| Uuid::parse_str(id).expect("a company's id")))
        .bind(account)
        .bind(role)
        .bind(format!("Deneme {role}"))
        .bind(company_admin)
        .execute(&mut db)
        .await
        .expect("a user can be made");
        (user, email)
    }

    /// A customer company, made by an administrator through the API.
    pub async fn company(&self) -> Value {
        let admin = self.admin().await;
        admin.post("/api/v1/companies", json!({"name": format!("Müşteri {}", new_id().simple())})).await.created()
    }

    /// Waits for the first mail to this address.
    pub async fn mail_to(&self, address: &str) -> Mail {
        mail::mail_to(address, 1).await
    }

    /// Waits for the `count`th mail to this address.
    pub async fn mail_number(&self, address: &str, count: usize) -> Mail {
        mail::mail_to(address, count).await
    }

    /// The audit trail's actions on one record, the oldest first.
    pub async fn audited(&self, entity: &str, id: &str) -> Vec<String> {
        sqlx::query("SELECT CONVERT(action USING utf8mb4) FROM audit_log_rows WHERE tenant_id = ? AND entity = ? AND entity_id = ? ORDER BY created_at, id")
            .bind(self.id)
            .bind(entity)
            .bind(Uuid::parse_str(id).expect("an id"))
            .fetch_all(&mut database().await)
            .await
            .expect("the audit trail can be read")
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    /// Everything that the tenant began is done: no event unsent, no mail or job failed.
    ///
    /// # Panics
    /// When something is left.
    pub async fn is_tidy(&self) {
        // The writers send their own rows; what one could not send within its time is the relay's,
        // which is asked to come at once for this tenant.
        let unsent = async || {
            let row = sqlx::query("SELECT COUNT(*) FROM outbox_rows WHERE tenant_id = ? AND state <> 'SENT'")
                .bind(self.id)
                .fetch_one(&mut database().await)
                .await
                .expect("the outbox can be read");
            row.get::<i64, _>(0)
        };
        if unsent().await > 0 {
            let later = super::now() + chrono::Duration::minutes(2);
            invoke("outbox-relay", &json!({"time": later.to_rfc3339(), "tenantId": self.id})).await;
            eventually("the outbox to be empty", async || (unsent().await == 0).then_some(())).await;
        }
        let failed: i64 = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM email_sends_rows WHERE tenant_id = ? AND state = 'FAILED') \
             + (SELECT COUNT(*) FROM jobs_rows WHERE tenant_id = ? AND state = 'FAILED')",
        )
        .bind(self.id)
        .bind(self.id)
        .fetch_one(&mut database().await)
        .await
        .expect("mails and jobs can be read")
        .get(0);
        assert_eq!(failed, 0, "mails or jobs of tenant {} failed", self.id);
    }
}

/// Signs in as an app does and gives back the client.
pub async fn sign_in(email: &str, password: &str) -> Client {
    let body = json!({"email": email, "password": password, "client": "mobile"});
    let answer = Client::anonymous().post("/api/v1/auth/login", body).await.ok();
    let mut client = Client::bearer(answer["accessToken"].as_str().expect("an access token"));
    email.clone_into(&mut client.email);
    client
}

/// Hands an event to a function and waits for what it says, as Lambda's Invoke does.
pub async fn invoke(function: &str, event: &Value) -> Value {
    let url = format!("{}/2015-03-31/functions/{function}/invocations", STACK.url);
    let response = reqwest::Client::new().post(url).body(event.to_string()).send().await.expect(function);
    let status = response.status();
    let text = response.text().await.expect(function);
    assert!(status.is_success(), "{function}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// A connection of one's own as the application's user, which takes its role as the functions do.
pub async fn application(url: &str) -> MySqlConnection {
    let mut db = MySqlConnection::connect(url).await.expect("the database answers");
    sqlx::raw_sql("SET ROLE application").execute(&mut db).await.expect("the application's role");
    db
}

/// A connection of one's own, as the owner of the schema.
pub async fn database() -> MySqlConnection {
    MySqlConnection::connect(&STACK.migrator_url).await.expect("the database answers")
}

//! What one client does, over and over.

use std::time::Instant;

use serde_json::{Value, json};
use tests::harness::{Answer, Call, Client, PASSWORD, Tenant, new_id};
use uuid::Uuid;

use crate::{ledger::Ledger, lists::Importing};

/// The parts that clients play.
enum Kind {
    /// Signs in, looks who it is, signs out.
    Signer,
    /// Turns the pages of lists, searches, opens records.
    Reader,
    /// Makes companies with workplaces and employees, and changes them.
    Writer,
    /// Brings lists of employees.
    Importer,
    /// Guesses passwords, until it is locked out.
    Guesser,
    /// Orders more files than an hour allows.
    Hurried,
}

/// One client with its user.
pub(crate) struct Part {
    kind: Kind,
    pub(crate) tenant: Uuid,
    pub(crate) client: Client,
    email: String,
    pub(crate) importing: Importing,
    pub(crate) ledger: Ledger,
}

impl Part {
    /// The part of the client of this number.
    pub(crate) async fn of(index: usize, t: &Tenant) -> Self {
        let kind = match index % 10 {
            0 => Kind::Signer,
            1..=3 => Kind::Reader,
            4 if index < 10 => Kind::Guesser,
            4 if index < 20 => Kind::Hurried,
            9 => Kind::Importer,
            _ => Kind::Writer,
        };
        let client = match index % 3 {
            0 => t.admin().await,
            _ => t.office().await,
        };
        let email = client.email.clone();
        Self { kind, tenant: t.id, client, email, importing: Importing::default(), ledger: Ledger::default() }
    }

    /// Plays until that time, and ends what it is at.
    pub(crate) async fn play(mut self, until: Instant) -> Ledger {
        while Instant::now() < until {
            match self.kind {
                Kind::Signer => self.sign().await,
                Kind::Reader => self.read().await,
                Kind::Writer => self.write().await,
                Kind::Importer => self.import().await,
                Kind::Guesser => self.guess().await,
                Kind::Hurried => self.hurry().await,
            }
        }
        self.ledger
    }

    /// Sends a call and notes how long it took. A limit is waited for, and the call is made again with the same key.
    pub(crate) async fn ask(&mut self, what: &'static str, call: Call) -> Answer {
        loop {
            let begun = Instant::now();
            let answer = call.clone().await;
            self.ledger.took(what, begun.elapsed());
            assert!(answer.status < 500, "{}: {} {}", answer.asked, answer.status, answer.text);
            if answer.status != 429 {
                return answer;
            }
            let wait: u64 = answer.header("retry-after").and_then(|text| text.parse().ok()).expect("Retry-After");
            self.ledger.limited += 1;
            tokio::time::sleep(std::time::Duration::from_secs(wait.min(5))).await;
        }
    }

    async fn sign(&mut self) {
        let body = json!({"email": self.email, "password": PASSWORD, "client": "mobile"});
        let signed = self.ask("sign in", Client::anonymous().post("/api/v1/auth/login", body)).await.ok();
        let client = Client::bearer(signed["accessToken"].as_str().unwrap());
        let me = self.ask("who am I", client.get("/api/v1/auth/me")).await.ok();
        assert_eq!(me["user"]["email"], self.email.as_str());
        self.ask("sign out", client.post("/api/v1/auth/logout", json!({}))).await.no_content();
        assert_eq!(self.ask("who am I", client.get("/api/v1/auth/me")).await.status, 401);
    }

    pub(crate) async fn read(&mut self) {
        let mut last = Value::Null;
        for path in [
            "/api/v1/companies?limit=20",
            "/api/v1/employees?limit=20",
            "/api/v1/workplaces?limit=20",
            "/api/v1/employees?q=yuk",
            "/api/v1/companies?q=is&page=2",
        ] {
            let rows = self.ask("list", self.client.get(path)).await.rows();
            if path.contains("companies?limit") {
                last = rows.first().map_or(Value::Null, |row| row["id"].clone());
            }
        }
        if let Some(id) = last.as_str() {
            self.ask("read", self.client.get(&format!("/api/v1/companies/{id}"))).await.ok();
        }
    }

    async fn write(&mut self) {
        let key = || new_id().to_string();
        let body = json!({"name": format!("Işık Yük {}", new_id().simple())});
        let make = self.client.post("/api/v1/companies", body).key(&key());
        // Sent twice, as by an impatient hand: it is made once.
        let company = self.ask("create", make.clone()).await.created();
        let again = self.ask("create again", make).await.created();
        assert_eq!(company["id"], again["id"]);
        let workplace = json!({"companyId": company["id"], "title": "Yük fabrikası", "naceCode": "251100"});
        let make = self.client.post("/api/v1/workplaces", workplace).key(&key());
        let workplace = self.ask("create", make).await.created();
        for first in ["Ayşe", "Mehmet"] {
            let body = json!({"workplaceId": workplace["id"], "firstName": first, "lastName": "Yükçü",
                "startDate": "2024-03-01"});
            let employee = self.ask("create", self.client.post("/api/v1/employees", body).key(&key())).await.created();
            self.ledger.employed(self.tenant, &employee);
        }
        let path = format!("/api/v1/companies/{}", company["id"].as_str().unwrap());
        let mut version = 1;
        for name in ["Birinci A.Ş.", "İkinci A.Ş."] {
            let change = self.client.patch(&path, json!({"name": name, "version": version})).key(&key());
            version = self.ask("change", change).await.ok()["version"].as_i64().unwrap();
        }
        let stale = self.client.patch(&path, json!({"name": "Eski A.Ş.", "version": 1}));
        self.ask("change of an old version", stale).await.fails(409, "VERSION_CONFLICT");
        self.ledger.made(self.tenant, &company, version);
    }

    async fn guess(&mut self) {
        let body = json!({"email": self.email, "password": "yanlış-bir-parola-9", "client": "mobile"});
        let begun = Instant::now();
        let answer = Client::anonymous().post("/api/v1/auth/login", body).await;
        self.ledger.took("guess", begun.elapsed());
        match answer.status {
            401 => self.ledger.guesses += 1,
            423 | 429 => {
                assert!(answer.header("retry-after").is_some(), "{}", answer.text);
                self.ledger.locked += 1;
            }
            status => panic!("a guess was answered {status} {}", answer.text),
        }
    }

    async fn hurry(&mut self) {
        let begun = Instant::now();
        let answer = self.client.post("/api/v1/companies/export", json!({"format": "csv"})).await;
        self.ledger.took("order a file", begun.elapsed());
        match answer.status {
            202 => self.ledger.ordered += 1,
            429 => {
                assert!(answer.header("retry-after").is_some(), "{}", answer.text);
                self.ledger.refused += 1;
            }
            status => panic!("an order was answered {status} {}", answer.text),
        }
    }
}

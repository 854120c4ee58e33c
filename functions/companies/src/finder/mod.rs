//! Finding a company, a workplace or a person by one line of text: the command palette and its page.

pub mod pages;
mod store;

use shared::types::Text;
use uuid::Uuid;

/// One thing that was found.
#[derive(Debug, sqlx::FromRow)]
pub struct Hit {
    /// The word of its resource in addresses: `companies`, `workplaces`, `employees`.
    pub kind: Text<1, 20>,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub title: Text<1, 255>,
    /// What tells it from others of the same name: the company, the workplace.
    pub more: Text<0, 600>,
}

impl Hit {
    /// The address of its page.
    fn path(&self) -> String {
        format!("/panel/{}/{}", self.kind, self.id)
    }

    /// Its icon.
    fn icon(&self) -> &'static str {
        match self.kind.as_str() {
            "companies" => "building-2",
            "workplaces" => "factory",
            _ => "user",
        }
    }
}

//! Lists as files: asked for with the list's own filters, made by a job, fetched by a link.
//!
//! A feature says what its list is made of ([`Table`]) and where it stands: the route calls [`order`], the worker
//! serves a [`Registry`]. All that exports have in common is here, and knows no list.

mod cell;
mod csv;
mod page;
mod sink;
mod wanted;
mod workbook;
mod worker;

pub use cell::{Cell, Column};
pub use page::PageOrder;
use serde_json::json;
use uuid::Uuid;
pub use wanted::{Format, Wanted};
pub use worker::{Entry, Registry};

use crate::{
    app::App,
    auth::{Allowed, Permission},
    db::{Db, Key},
    error::{Language, Result, Text},
    flags::Flag,
    http::{Reply, input::Input},
    jobs::{self, Kind},
};

/// More rows than a worksheet has room for, its heading taken off.
const MAX_ROWS: usize = 1_048_575;

/// Whether lists may be had as files.
pub const FLAG: Flag = Flag { name: "exports", default: true };

/// A list that can be had as a file.
pub trait Table: Send + Sync + 'static {
    /// The kind of its jobs.
    const KIND: Kind;
    /// The name of the sheet and of the file.
    const NAME: Text;
    /// Whether it has columns that are masked unless an ADMIN asks for them.
    const MASKED: &'static [&'static str] = &[];
    /// Who may have it.
    type Permission: Permission;
    /// The list's own filters.
    type Filter: Input + Send + Sync + 'static;

    /// The columns, in their order.
    fn columns(who: &Allowed<Self::Permission>) -> Vec<Column>;

    /// Refuses an order that the list does not know, and ids in the filters that this caller cannot see.
    fn check(
        db: &mut Db,
        who: &Allowed<Self::Permission>,
        wanted: &Wanted<Self::Filter>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The ids of the rows, in the list's order.
    fn keys(
        app: &App,
        db: &mut Db,
        who: &Allowed<Self::Permission>,
        wanted: &Wanted<Self::Filter>,
    ) -> impl Future<Output = Result<Vec<Uuid>>> + Send;

    /// These rows, in any order, each with its id and a cell for each column.
    fn rows(
        app: &App,
        db: &mut Db,
        who: &Allowed<Self::Permission>,
        wanted: &Wanted<Self::Filter>,
        language: Language,
        keys: &[Uuid],
    ) -> impl Future<Output = Result<Vec<(Uuid, Vec<Cell>)>>> + Send;
}

/// Orders a list as a file: 202 with the job that makes it.
pub async fn order<T: Table>(
    app: &App,
    who: &Allowed<T::Permission>,
    key: Option<Key>,
    wanted: &Wanted<T::Filter>,
) -> Result<Reply> {
    wanted.check(who, T::MASKED)?;
    app.require(who, &FLAG).await?;
    let mut work = app.begin(who, key).await?;
    T::check(&mut work, who, wanted).await?;
    let started = jobs::start(&mut work, T::KIND, &json!(wanted.kept()), who.company).await?;
    work.commit(started.reply()?).await
}

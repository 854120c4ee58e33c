//! The dry run: every row is looked at and compared with the register, and nothing is changed.

use shared::{
    App, Error,
    auth::policy,
    jobs::run::{Run, Stop},
    types::istanbul,
};

use super::{
    Counts, Import, Problem, RowDetail, RowNote,
    columns::Sheet,
    file::FileProblem,
    known::{self, Sought},
    material::{Material, requester},
    plan::{Decision, Known},
    report,
    rows::{Draft, Looked},
    store::{self, Findings},
};

/// Rows that are compared with the register at once.
const AT_ONCE: usize = 500;

/// Does the dry run.
pub(super) async fn run(mut run: Run) -> Result<(), Stop> {
    let material = Material::load::<policy::CheckImport>(&run).await?;
    let checksum = material.checksum.to_vec();
    let sheet = match &material.sheet {
        Ok(sheet) => sheet,
        Err(problem) => {
            let problem = Some(Problem::from(&problem.detail()));
            return end(run, &material, None, Findings { checksum, problem, ..Findings::default() }, &[]).await;
        }
    };
    let columns = sheet.columns();
    if !sheet.mapping.missing().is_empty() {
        return end(run, &material, Some(sheet), Findings { checksum, columns, ..Findings::default() }, &[]).await;
    }
    let (counts, notes) = compare(&mut run, &material, sheet).await?;
    let found = Findings { checksum, columns, counts: Some(counts), ..Findings::default() };
    end(run, &material, Some(sheet), found, &notes).await
}

async fn compare(run: &mut Run, material: &Material, sheet: &Sheet) -> Result<(Counts, Vec<RowNote>), Stop> {
    let app = run.app().clone();
    let total = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    let today = istanbul::today(app.now());
    let caller = requester::<policy::CheckImport>(run).await?;
    let mut tally = Tally::new(sheet);
    let mut known = Known::default();
    let looked = material.look(&app, sheet);
    let mut done = 0;
    for part in looked.chunks(AT_ONCE) {
        run.note(done, Some(total)).await?;
        let rows = sought(&app, run, part, &mut tally);
        let mut db = app.read(&caller).await?;
        known::load(&mut db, &mut known, material.import.company_id, &rows, false).await?;
        for Sought { draft, index } in rows {
            let decision = known.decide(&draft, index, today);
            tally.add(draft.number, &decision);
        }
        done += u32::try_from(part.len()).unwrap_or_default();
    }
    run.note(total, Some(total)).await?;
    Ok(tally.end())
}

/// The rows that are right by themselves; of the others it is noted what is wrong.
pub(super) fn sought(app: &App, run: &Run, rows: &[Looked], tally: &mut Tally<'_>) -> Vec<Sought> {
    let mut sought = Vec::with_capacity(rows.len());
    for Looked { number, read } in rows {
        match read {
            Ok(new) => sought.push(Sought::new(app, run.tenant(), Draft { number: *number, new: new.clone() })),
            Err(wrong) => tally.refuse(*number, wrong),
        }
    }
    sought
}

/// Counts what rows lead to, and keeps what is to be told of them.
pub(super) struct Tally<'a> {
    sheet: &'a Sheet,
    pub(super) counts: Counts,
    pub(super) notes: Vec<RowNote>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Self {
        Self { sheet, counts: Counts::default(), notes: Vec::new() }
    }

    /// A row that cannot be taken.
    pub(super) fn refuse(&mut self, number: u32, wrong: &[shared::Detail]) {
        self.counts.rows += 1;
        self.counts.failed += 1;
        self.note(number, false, wrong);
    }

    /// A row that has been decided on.
    pub(super) fn add(&mut self, number: u32, decision: &Decision) {
        match decision {
            Decision::Wrong(wrong) => return self.refuse(number, wrong),
            Decision::NewPerson => self.counts.new_persons += 1,
            Decision::Existing => self.counts.existing += 1,
            Decision::NewEmployment(_, hints) => {
                self.counts.new_employments += 1;
                if !hints.is_empty() {
                    self.note(number, true, hints);
                }
            }
        }
        self.counts.rows += 1;
    }

    fn note(&mut self, row: u32, is_taken: bool, details: &[shared::Detail]) {
        let details = details.iter().map(|detail| RowDetail::of(detail, self.sheet)).collect();
        self.notes.push(RowNote { row, is_taken, details });
    }

    fn end(mut self) -> (Counts, Vec<RowNote>) {
        self.notes.sort_by_key(|note| note.row);
        (self.counts, self.notes)
    }
}

/// Keeps what was found, all of it or nothing: a run that is killed before begins anew.
async fn end(
    run: Run,
    material: &Material,
    sheet: Option<&Sheet>,
    found: Findings,
    notes: &[RowNote],
) -> Result<(), Stop> {
    let import: &Import = &material.import;
    let file = match sheet {
        Some(sheet) => report::store(&run, import, sheet, notes).await?,
        None => None,
    };
    let caller = requester::<policy::CheckImport>(&run).await?;
    let mut work = run.app().begin(&caller, None).await?;
    store::end_check(&mut work, import.id, &found).await?;
    store::insert_notes(&mut work, import, run.id(), notes).await?;
    let result = serde_json::json!({"importId": import.id, "counts": found.counts});
    match file {
        Some(file) => run.finish_with_file(work, &result, &file).await,
        None => run.finish(work, &result).await,
    }
}

/// A file that is not the one that was checked.
pub(super) fn changed() -> Error {
    Error::new(shared::Code::InvalidState).detail(FileProblem::Changed.detail())
}

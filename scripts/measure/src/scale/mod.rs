//! Lists and searches while the table of employees grows to a million: how long they take, and by which plan.

mod plans;
mod rows;

use std::fmt::Write as _;

use tests::harness::Tenant;

use crate::{
    figures::{Row, Runs, Target, Times},
    page,
    runtime::Crew,
    stage::Stage,
    trouble::{Result, unexpected},
};

const RUNS: usize = 3;
const REQUESTS: usize = 30;
/// People who take turns in each measured tenant.
const PEOPLE: usize = 12;
/// How much slower a median may become.
const GROWTH: f64 = 1.5;

/// A list that somebody asks for.
pub(crate) struct Question {
    pub(crate) what: &'static str,
    pub(crate) path: &'static str,
    /// The index that the rows are found by.
    pub(crate) index: &'static str,
    /// Whether the index gives them in the wanted order, so that nothing is sorted.
    pub(crate) in_order: bool,
}

const fn question(what: &'static str, path: &'static str, index: &'static str, in_order: bool) -> Question {
    Question { what, path, index, in_order }
}

/// `{w}` stands for a workplace, `{c}` for a company of the tenant.
pub(crate) const QUESTIONS: [Question; 13] = [
    question("employees by name", "/api/v1/employees?limit=20", "persons_name_ix", true),
    question("employees, page 100", "/api/v1/employees?limit=20&page=100", "persons_name_ix", true),
    question("employees, newest first", "/api/v1/employees?limit=20&sort=-createdAt", "employments_created_ix", true),
    question(
        "employees of a workplace",
        "/api/v1/employees?limit=20&workplaceId={w}",
        "employments_workplace_only_ix",
        false,
    ),
    question("employees of a company", "/api/v1/employees?limit=20&companyId={c}", "persons_company_name_ix", true),
    question("active employees", "/api/v1/employees?limit=20&isActive=true", "persons_name_ix", true),
    question("employees, one word", "/api/v1/employees?limit=20&q=yildizer", "search_words_word_ix", false),
    question("employees, two words", "/api/v1/employees?limit=20&q=ayse%20yildiz", "search_words_word_ix", false),
    question("companies by name", "/api/v1/companies?limit=20", "companies_name_ix", true),
    question("companies of a status", "/api/v1/companies?limit=20&status=CUSTOMER", "companies_status_ix", true),
    question("companies, one word", "/api/v1/companies?limit=20&q=yildiz7", "search_words_word_ix", false),
    question("workplaces by title", "/api/v1/workplaces?limit=20", "workplaces_title_ix", true),
    question("workplaces of a company", "/api/v1/workplaces?limit=20&companyId={c}", "workplaces_company_ix", true),
];

/// A tenant whose lists are measured.
struct Measured {
    number: u32,
    stage: Stage,
    /// The medians of each question, in the order of the questions.
    medians: Vec<Runs>,
}

impl Measured {
    async fn new(number: u32) -> Result<Self> {
        let tenant = Tenant { id: rows::tenant(number) };
        Ok(Self { number, stage: Stage::bare(tenant, PEOPLE).await?, medians: Vec::new() })
    }

    fn event(&self, question: &Question, turn: usize) -> bytes::Bytes {
        let path = question.path.replace("{w}", &rows::workplace(self.number).to_string());
        self.stage.get(turn, &path.replace("{c}", &rows::company(self.number).to_string()))
    }

    async fn ask(&mut self, crew: &Crew) -> Result<()> {
        self.medians = vec![Runs::default(); QUESTIONS.len()];
        for (question, medians) in QUESTIONS.iter().zip(0..) {
            for turn in 0..PEOPLE {
                crew.ask(&self.event(question, turn)).await?;
            }
            for run in 0..RUNS {
                let mut times = Vec::new();
                for number in 0..REQUESTS {
                    times.push(crew.ask(&self.event(question, run + number / 10)).await?.0);
                }
                self.medians[medians].add(times.into_iter().collect::<Times>().at(50));
            }
        }
        Ok(())
    }
}

/// Measures at each size and writes the section.
pub(crate) async fn measure() -> Result<bool> {
    let mut made = rows::Made::new().await?;
    made.tenant(1, 10_000).await?;
    let mut small = Measured::new(1).await?;
    let crew = Crew::of("companies", &[], 1).await?;
    small.ask(&crew).await?;
    let mut sizes = vec![(made.employees(), std::mem::take(&mut small.medians))];
    for size in [100_000, 1_000_000] {
        made.grow(size).await?;
        small.ask(&crew).await?;
        sizes.push((made.employees(), std::mem::take(&mut small.medians)));
    }
    let mut large = Measured::new(rows::LARGE).await?;
    large.ask(&crew).await?;
    drop(crew);

    let mut table = Vec::new();
    for (at, question) in QUESTIONS.iter().enumerate() {
        let first = sizes[0].1[at].clone();
        for (size, medians) in &sizes {
            let is_last = *size == made.employees();
            let target =
                if is_last { Target::AtMost((first.median() * GROWTH * 100.0).round() / 100.0) } else { Target::None };
            table.push(row(format!("{}: {size} employees in the table", question.what), target, &medians[at], &first));
        }
        table.push(row(
            format!("{}: the same, a tenant of 100,000", question.what),
            Target::None,
            &large.medians[at],
            &first,
        ));
    }
    let (plans, faults) = plans::look(&[&small, &large]).await?;
    let mut below = String::from(
        "Medians of a tenant of 10,000 in a table that grows by tenants of 20,000 and one of 100,000; the floor is the \
         same tenant's median alone in the table, and the target 1.5 times that. A list of the large tenant also counts \
         up to 10,001 rows, and a search sorts what it finds, so it is shown without a target.\n\n\
         | question | access to each table, in the order of reading | rows looked at for the page | with its total |\n|---|---|---|---|\n",
    );
    below += &plans;
    for fault in &faults {
        let _ = writeln!(below, "\n✗ {fault}");
    }
    page::write("scale", &table, &below)?;
    if faults.is_empty() { Ok(table.iter().all(Row::is_kept)) } else { unexpected(faults.join("\n")) }
}

fn row(what: String, target: Target, runs: &Runs, first: &Runs) -> Row {
    Row { what, target, runs: runs.clone(), unit: ("ms", 2), floor: vec![first.clone()] }
}

//! The one statement of the finder.

use shared::db::{Db, search};
use sqlx::{MySql, QueryBuilder};

use super::Hit;
use crate::{companies, employees::persons, reach::Reach, workplaces};

/// The most that is shown of each kind.
const EACH: u32 = 6;

/// The first companies, workplaces and employees with these words; with a TCKN's index, the employee who has it.
pub(super) async fn find(db: &mut Db, reach: Reach, q: &str, tckn_index: Option<Vec<u8>>) -> sqlx::Result<Vec<Hit>> {
    let mut sql = QueryBuilder::<MySql>::new(
        "(SELECT 'companies' AS kind, c.id, c.name AS title, COALESCE(c.tax_id, '') AS more FROM companies c WHERE TRUE",
    );
    reach.push_company(&mut sql, "c.id");
    search::matching(&mut sql, "c.id", companies::store::WORDS, q);
    sql.push(format_args!(
        " ORDER BY c.name LIMIT {EACH}) UNION ALL (SELECT 'workplaces', w.id, w.title, c.name \
         FROM workplaces w JOIN companies_all c ON c.id = w.company_id WHERE TRUE"
    ));
    reach.push_workplace(&mut sql, "w.id");
    search::matching(&mut sql, "w.id", workplaces::store::WORDS, q);
    sql.push(format_args!(
        " ORDER BY w.title LIMIT {EACH}) UNION ALL (SELECT 'employees', e.id, \
         CONCAT(p.first_name, ' ', p.last_name), CONCAT(w.title, ' · ', c.name) FROM persons p \
         JOIN employments e ON e.company_id = p.company_id AND e.person_id = p.id \
         JOIN workplaces_all w ON w.company_id = e.company_id AND w.id = e.workplace_id \
         JOIN companies_all c ON c.id = e.company_id WHERE TRUE"
    ));
    reach.push_workplace(&mut sql, "e.workplace_id");
    match tckn_index {
        Some(index) => {
            sql.push(" AND p.tckn_index = ").push_bind(index);
        }
        None => search::matching(&mut sql, "p.id", persons::store::WORDS, q),
    }
    sql.push(format_args!(" ORDER BY p.last_name, p.first_name LIMIT {EACH})"));
    sql.build_query_as().fetch_all(db).await
}

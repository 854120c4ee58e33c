//! A million employees, made by the server itself: companies of a hundred people, each with one workplace.

use ::tests::harness::variable;
use sqlx::{Connection as _, Executor as _, MySqlConnection, mysql::MySqlConnectOptions};
use uuid::Uuid;

use crate::trouble::Result;

/// The number of the tenant of 100,000.
pub(super) const LARGE: u32 = 2;
/// Employees of every other tenant that is added.
const USUAL: u32 = 20_000;
const LARGE_SIZE: u32 = 100_000;
/// People of each company.
const STAFF: u32 = 100;

/// The id of a record: its kind, its tenant, its number.
fn id(kind: u8, tenant: u32, number: u32) -> Uuid {
    Uuid::from_u128(
        0x0190_0000_0000_7000_8000_0000_0000_0000
            | u128::from(kind) << 96
            | u128::from(tenant) << 32
            | u128::from(number),
    )
}

/// The same in SQL, with the number from `seq`.
fn sql_id(kind: u8, tenant: u32, number: &str) -> String {
    let whole = id(kind, tenant, 0).simple().to_string();
    format!("UNHEX(CONCAT('{}', LPAD(HEX({number}), 8, '0')))", &whole[..24])
}

/// The id of a tenant.
pub(super) fn tenant(number: u32) -> Uuid {
    id(1, number, 0)
}

/// One of its companies.
pub(super) fn company(tenant: u32) -> Uuid {
    id(2, tenant, 7)
}

/// One of its workplaces.
pub(super) fn workplace(tenant: u32) -> Uuid {
    id(3, tenant, 7)
}

/// What has been made.
pub(super) struct Made {
    db: MySqlConnection,
    next: u32,
    employees: u32,
}

impl Made {
    /// As the server's administrator, who may do without checks and log.
    pub(super) async fn new() -> Result<Self> {
        let socket = format!("{}/mariadb/mariadb.sock", variable("STACK_DATA"));
        let options =
            MySqlConnectOptions::new().socket(socket).username("root").database("prosektor").charset("utf8mb4");
        let mut db = MySqlConnection::connect_with(&options).await?;
        db.execute("SET foreign_key_checks = 0, unique_checks = 0, sql_log_bin = 0").await?;
        Ok(Self { db, next: LARGE + 1, employees: 0 })
    }

    /// How many there are.
    pub(super) fn employees(&self) -> u32 {
        self.employees
    }

    /// Adds tenants until there are so many employees; the large one as soon as it fits.
    pub(super) async fn grow(&mut self, wanted: u32) -> Result<()> {
        if wanted >= 2 * LARGE_SIZE {
            self.tenant(LARGE, LARGE_SIZE).await?;
        }
        while self.employees < wanted {
            let size = USUAL.min(wanted - self.employees);
            self.tenant(self.next, size).await?;
            self.next += 1;
        }
        for table in ["companies_rows", "workplaces_rows", "persons_rows", "employments_rows", "search_words_rows"] {
            self.db.execute(format!("ANALYZE TABLE {table}").as_str()).await?;
        }
        Ok(())
    }

    /// Makes a tenant with so many employees.
    pub(super) async fn tenant(&mut self, number: u32, employees: u32) -> Result<()> {
        let owner = format!("UNHEX('{}')", tenant(number).simple());
        let companies = employees.div_ceil(STAFF);
        let (company, workplace) = (sql_id(2, number, "seq"), sql_id(3, number, "seq"));
        let (person, employment) = (sql_id(4, number, "seq"), sql_id(5, number, "seq"));
        let of = format!("seq DIV {STAFF}");
        let (their_company, their_place) = (sql_id(2, number, &of), sql_id(3, number, &of));
        let first = "ELT(1 + seq * 7 MOD 23, 'Ayse','Mehmet','Fatma','Mustafa','Emine','Ahmet','Hatice','Ali','Zeynep','Hasan',\
            'Elif','Murat','Meryem','Yusuf','Leyla','Omer','Sevgi','Kemal','Derya','Cem','Nur','Can','Selin')";
        let last = "CONCAT(ELT(1 + seq MOD 31, 'Yildiz','Kaya','Demir','Celik','Sahin','Ozturk','Aydin','Arslan','Dogan','Kilic',\
            'Aslan','Cetin','Kara','Koc','Kurt','Ozdemir','Polat','Tas','Gunes','Bulut','Avci','Yavuz','Erdem','Duman','Toprak',\
            'Tekin','Uysal','Bozkurt','Sari','Ates','Turan'), ELT(1 + seq * 11 MOD 29, '','er','li','oglu','turk','can','han',\
            'ay','soy','tan','bay','gil','man','sal','kan','kaya','dag','su','tas','yol','ci','ba','en','in','un','ar','al','el','ol'))";
        let made = "UTC_TIMESTAMP(6) - INTERVAL seq * 37 MOD 90000 MINUTE";
        let statements = [
            format!("INSERT INTO tenants_rows (id, name, status) VALUES ({owner}, 'Büyük OSGB {number}', 'ACTIVE')"),
            format!(
                "INSERT INTO companies_rows (id, tenant_id, name, status, created_at) SELECT {company}, {owner}, \
                 CONCAT('Yildiz', seq, ' Sanayi A.Ş.'), ELT(1 + seq MOD 3, 'CUSTOMER', 'LEAD', 'PROSPECT'), {made} \
                 FROM seq_0_to_{}",
                companies - 1
            ),
            format!(
                "INSERT INTO workplaces_rows (id, tenant_id, company_id, title, created_at) SELECT {workplace}, {owner}, \
                 {company}, CONCAT('Fabrika ', seq), {made} FROM seq_0_to_{}",
                companies - 1
            ),
            format!(
                "INSERT INTO search_words_rows (tenant_id, company_id, entity, entity_id, place, word) SELECT {owner}, \
                 {company}, 'COMPANY', {company}, 0, CONCAT('yildiz', seq) FROM seq_0_to_{}",
                companies - 1
            ),
            format!(
                "INSERT INTO persons_rows (id, tenant_id, company_id, tckn_cipher, tckn_index, tckn_mask, first_name, \
                 last_name, birth_date, gender) SELECT {person}, {owner}, {their_company}, RANDOM_BYTES(48), \
                 RANDOM_BYTES(32), '100******46', {first}, {last}, '1970-01-01' + INTERVAL seq MOD 12000 DAY, \
                 ELT(1 + seq MOD 2, 'MALE', 'FEMALE') FROM seq_0_to_{}",
                employees - 1
            ),
            format!(
                "INSERT INTO employments_rows (id, tenant_id, company_id, person_id, workplace_id, position, start_date, \
                 end_date, created_at) SELECT {employment}, {owner}, {their_company}, {person}, {their_place}, 'Kaynakçı', \
                 '2015-01-01' + INTERVAL seq MOD 3000 DAY, IF(seq MOD 10, NULL, '2024-06-30'), {made} FROM seq_0_to_{}",
                employees - 1
            ),
            format!(
                "INSERT INTO search_words_rows (tenant_id, company_id, entity, entity_id, place, word) \
                 SELECT {owner}, {their_company}, 'PERSON', {person}, 0, LOWER({first}) FROM seq_0_to_{0} UNION ALL \
                 SELECT {owner}, {their_company}, 'PERSON', {person}, 1, LOWER({last}) FROM seq_0_to_{0}",
                employees - 1
            ),
        ];
        for statement in statements {
            self.db.execute(statement.as_str()).await?;
        }
        self.employees += employees;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_an_id_are_the_same() {
        let whole = id(4, 17, 0xABC).simple().to_string();
        assert_eq!(sql_id(4, 17, "seq"), format!("UNHEX(CONCAT('{}', LPAD(HEX(seq), 8, '0')))", &whole[..24]));
        assert!(whole.ends_with("00000abc") && id(4, 17, 1) != id(4, 18, 1) && id(4, 1, 1) != id(5, 1, 1));
    }
}

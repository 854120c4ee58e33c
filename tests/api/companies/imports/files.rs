//! What people bring: lists from Excel in Turkey, and files that are no lists.

use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use serde_json::json;
use tests::harness::with_tenant;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{Register, applied, brought, ended, id, list, mistakes, put, result_file, tckn, upload};

/// The headers that pages may send to the bucket, by the rule that stands for it in the cloud.
fn headers_that_pages_may_send() -> Vec<String> {
    let stack: serde_yaml_ng::Value = serde_yaml_ng::from_str(include_str!("../../../../infra/files.yaml")).unwrap();
    let rule = &stack["Resources"]["Files"]["Properties"]["CorsConfiguration"]["CorsRules"][0];
    let names = rule["AllowedHeaders"].as_sequence().unwrap().iter();
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_page_is_asked_for_no_header_that_the_bucket_does_not_let_it_send() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let import = json!({"companyId": company, "fileName": "liste.csv", "length": 7});
        let import = office.post("/api/v1/imports", import).await.created();
        let again = office.post(&format!("/api/v1/imports/{}/upload", id(&import)), json!({})).await.ok();
        let allowed = headers_that_pages_may_send();
        for way in [import, again] {
            let headers = way["upload"]["headers"].as_array().unwrap();
            let asked: Vec<&str> = headers.iter().map(|header| header["name"].as_str().unwrap()).collect();
            assert!(asked.contains(&"content-type"), "{asked:?}");
            let refused: Vec<&&str> =
                asked.iter().filter(|name| !allowed.contains(&name.to_ascii_lowercase())).collect();
            assert!(refused.is_empty(), "{refused:?} of {asked:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_that_excel_wrote_as_csv_in_turkey_becomes_employees() {
    with_tenant(async |t| {
        let office = t.office().await;
        let register = Register::new(&office).await;
        // Windows-1254: ş is 0xFE, ı is 0xFD, İ is 0xDD, ğ is 0xF0, Ü is 0xDC, ç is 0xE7, Ş is 0xDE, ö is 0xF6.
        let mut text =
            b"Ad\xfd;Soyad\xfd;T.C. Kimlik No;\xdd\xfee Giri\xfe Tarihi;G\xf6rev/Unvan;Cinsiyet\r\n".to_vec();
        text.extend(b"I\xfe\xfdl;\xdcnalm\xfd\xfe;");
        text.extend(tckn(1).bytes());
        text.extend(b";01.02.2024;\xdeef \xe7avu\xfe;Kad\xfdn\r\n");
        let import = brought(&office, &register.company, "CALISANLAR.CSV", &text).await;
        assert_eq!((&import["fileKind"], &import["counts"]["newPersons"]), (&json!("CSV"), &json!(1)));
        applied(&office, &id(&import), json!({})).await;
        let found = office.get("/api/v1/employees?q=isil%20unal").await.rows();
        let employee = &found[0];
        assert_eq!(
            (&employee["firstName"], &employee["lastName"], &employee["position"], &employee["gender"]),
            (&json!("Işıl"), &json!("Ünalmış"), &json!("Şef çavuş"), &json!("FEMALE"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_workbook_with_a_title_dates_numbers_and_formulas_becomes_employees() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let mut book = Workbook::new();
        let notes = book.add_worksheet();
        notes.set_name("Boş").unwrap();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "Yıldız Metal A.Ş. çalışan listesi").unwrap();
        let header = ["Sıra", "Adı Soyadı", "TCKN", "Doğum Tarihi", "İşe Giriş Tarihi", "Telefon", "Çalışma Türü"];
        for (column, text) in header.into_iter().enumerate() {
            sheet.write(2, u16::try_from(column).unwrap(), text).unwrap();
        }
        let date = Format::new().set_num_format("dd.mm.yyyy");
        let born = ExcelDateTime::from_ymd(1990, 12, 31).unwrap();
        let number = |at: u32| tckn(at).parse::<f64>().unwrap();
        sheet.write(3, 0, 1).unwrap();
        sheet.write(3, 1, "Ayşe Nur Yıldız").unwrap();
        sheet.write(3, 2, number(1)).unwrap();
        sheet.write_with_format(3, 3, &born, &date).unwrap();
        // A day as Excel counts, and a formula of which the workbook keeps the value.
        sheet.write(3, 4, 45_323).unwrap();
        sheet.write(3, 5, 5_321_234_567_i64).unwrap();
        sheet.write_formula(3, 6, Formula::new("=A1&\"\"").set_result("Kısmi süreli")).unwrap();
        sheet.write(5, 1, "Ali Can").unwrap();
        sheet.write_formula(5, 2, Formula::new("=A99/0").set_result("#DIV/0!")).unwrap();
        sheet.write(5, 4, "01.02.2024").unwrap();
        let bytes = book.save_to_buffer().unwrap();
        let import = brought(&office, &company, "liste.xlsx", &bytes).await;
        assert_eq!((&import["fileKind"], &import["counts"]["rows"]), (&json!("XLSX"), &json!(2)), "{import}");
        assert_eq!(mistakes(&office, &import).await, [(6, vec!["tckn:CELL_ERROR".to_owned()])]);
        applied(&office, &id(&import), json!({"skipErrors": true})).await;
        let employee = &office.get("/api/v1/employees?q=yildiz").await.rows()[0];
        assert_eq!(
            (&employee["firstName"], &employee["birthDate"], &employee["startDate"], &employee["phone"]),
            (&json!("Ayşe Nur"), &json!("1990-12-31"), &json!("2024-02-01"), &json!("+905321234567"))
        );
        assert_eq!(
            (&employee["employmentType"], &employee["tckn"]),
            (&json!("PART_TIME"), &json!(format!("{}******{}", &tckn(1)[..3], &tckn(1)[9..])))
        );
    })
    .await;
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        writer.start_file(*name, packed).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook whose one sheet has this XML, and these texts.
fn workbook(sheet: &str, texts: &str) -> Vec<u8> {
    let book = r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let links = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let package = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", package.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/sharedStrings.xml", texts.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn sheet(cells: &str) -> String {
    format!("<worksheet><sheetData>{cells}</sheetData></worksheet>")
}

#[tokio::test]
async fn a_file_that_is_no_list_is_refused_at_once_and_deleted() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let cases: [(&str, Vec<u8>); 5] = [
            ("page.csv", b"<html><script>alert(1)</script>;,</html>".to_vec()),
            ("null.csv", b"Ad;Soyad\nA\0li;Can\n".to_vec()),
            ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more".to_vec()),
            ("program.xlsx", archive(&[("evil.exe", b"MZ")])),
            ("scan.csv", b"%PDF-1.7\n".to_vec()),
        ];
        for (name, bytes) in cases {
            let import = upload(&office, &company, name, &bytes).await;
            let path = format!("/api/v1/imports/{import}/check");
            office.post(&path, json!({})).await.fails(422, "BUSINESS_RULE").with_code("FILE_KIND");
            office.post(&path, json!({})).await.fails(409, "INVALID_STATE").with_code("NOT_UPLOADED");
            // Another file may take its place.
            let again = office.post(&format!("/api/v1/imports/{import}/upload"), json!({})).await.ok();
            assert_eq!(put(&again, &bytes).await, 200, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_and_harms_nobody() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let far = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Ad</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
        let spaces = " ".repeat(50 * 1024 * 1024);
        let long = format!("<sst uniqueCount=\"1\"><si><t>{}</t></si></sst>", "x".repeat(1_000_000));
        let many = format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(50)).repeat(100);
        let cases: [(&str, &str, Vec<u8>); 12] = [
            ("TOO_MANY_ROWS", "5001.csv", list(5_001).into_bytes()),
            ("FILE_EMPTY", "header.csv", b"Ad;Soyad\n".to_vec()),
            ("FILE_NOT_TEXT", "late.csv", format!("{}Ali\0;Can\n", list(200)).into_bytes()),
            ("OPEN_QUOTE", "quote.csv", format!("{}\"Ali;Can\nVeli;Can\n", list(2)).into_bytes()),
            ("TOO_MANY_COLUMNS", "wide.csv", format!("Ad;Soyad\n{}x\n", ";".repeat(150)).into_bytes()),
            ("FILE_TOO_LARGE_INSIDE", "bomb.xlsx", workbook(&sheet(&spaces), "<sst/>")),
            ("FILE_TOO_LARGE_INSIDE", "announced.xlsx", workbook(&sheet(""), "<sst uniqueCount=\"99999999999\"></sst>")),
            ("FILE_TOO_LARGE_INSIDE", "repeated.xlsx", workbook(&sheet(&many), &long)),
            ("TOO_MANY_COLUMNS", "far.xlsx", workbook(&sheet(far), "<sst></sst>")),
            ("FILE_DAMAGED", "broken.xlsx", workbook("<worksheet><sheetData><row><c t=\"s\"><v>7</v></c>", "<sst></sst>")),
            ("FILE_DAMAGED", "cut.xlsx", workbook(&sheet(""), "<sst></sst>")[..300].to_vec()),
            ("FILE_EMPTY", "empty.xlsx", workbook(&sheet(""), "<sst></sst>")),
        ];
        // What the cases differ from: such a workbook can be read.
        let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let row = |cells: [&str; 3]| format!("<row>{}</row>", cells.map(cell).concat());
        let plain = sheet(&(row(["Ad", "Soyad", "İşe Giriş Tarihi"]) + &row(["Ali", "Can", "01.02.2024"])));
        let import = brought(&office, &company, "plain.xlsx", &workbook(&plain, "<sst></sst>")).await;
        assert_eq!(import["canApply"], true, "{import}");
        for (code, name, bytes) in cases {
            let import = brought(&office, &company, name, &bytes).await;
            assert_eq!(import["problem"]["code"], code, "{name}: {import}");
            assert_eq!((&import["status"], &import["canApply"]), (&json!("CHECKED"), &json!(false)));
            let path = format!("/api/v1/imports/{}/apply", id(&import));
            office.post(&path, json!({})).await.fails(409, "INVALID_STATE").with_code("NOT_CHECKED");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_is_as_large_as_it_was_announced_and_no_larger_than_allowed() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let announce = |length: i64| {
            office.post("/api/v1/imports", json!({"companyId": company, "fileName": "liste.csv", "length": length}))
        };
        announce(6 * 1024 * 1024).await.fails(413, "PAYLOAD_TOO_LARGE").on_field("length");
        announce(0).await.fails(400, "VALIDATION_ERROR").on_field("length");
        let import = announce(100).await.created();
        assert_eq!(put(&import, &vec![b';'; 6 * 1024 * 1024]).await, 403);
        let path = format!("/api/v1/imports/{}/check", id(&import));
        office.post(&path, json!({})).await.fails(409, "INVALID_STATE").with_code("NOT_UPLOADED");
        assert_eq!(put(&import, &list(3).as_bytes()[..100]).await, 200);
        let started = office.post(&path, json!({})).await.accepted();
        assert_eq!(ended(&office, &started).await["status"], "DONE");
    })
    .await;
}

#[tokio::test]
async fn what_a_spreadsheet_would_run_is_defused_in_the_file_of_mistakes_and_read_back() {
    with_tenant(async |t| {
        let office = t.office().await;
        let Register { company, .. } = Register::new(&office).await;
        let text = "Ad;Soyad;İşe Giriş Tarihi;Telefon\n=cmd|' /C calc'!A0;Can;yarın;+90 532 123 45 67\n";
        let import = brought(&office, &company, "liste.csv", text.as_bytes()).await;
        let file = result_file(&office, &import["checkJobId"]).await;
        assert!(file.contains("\r\n'=cmd|' /C calc'!A0;Can;yarın;'+90 532 123 45 67;2;"), "{file}");
        let corrected = file.replace("yarın", "01.02.2024").replace("'=cmd|' /C calc'!A0", "Ali");
        let import = brought(&office, &company, "liste.csv", corrected.as_bytes()).await;
        assert_eq!((&import["canApply"], &import["counts"]["failed"]), (&json!(true), &json!(0)));
    })
    .await;
}

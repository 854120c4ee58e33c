// Long work: bringing employees in from a file, taking lists out as files, stopping what has begun.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { base, context, get, post, problems, session } from "../browser.mjs";

/// A new company with one workplace.
const register = async (what) => {
  const company = await post("office", "/api/v1/companies", { name: `${what} ${process.hrtime.bigint()}` });
  await post("office", "/api/v1/workplaces", { companyId: company.id, title: "Merkez", naceCode: "251106" });
  return company;
};

/// A list as Excel writes CSV in Turkey; `row` says what differs in a row.
const list = (rows, row = () => ({}), more = "") => {
  const lines = Array.from({ length: rows }, (_, at) => {
    const { first = "Kişi", last = `Soyadı${at}`, start = "01.02.2024", phone = "" } = row(at) ?? {};
    return `${first};${last};${start};${phone};${more}`;
  });
  return Buffer.from(`\ufeffAd;Soyad;İşe Giriş Tarihi;Telefon;Not\r\n${lines.join("\r\n")}\r\n`);
};

const csv = (buffer, name = "çalışanlar.csv") => ({ name, mimeType: "text/csv", buffer });
const people = async (company) =>
  (await (await fetch(`${base}/api/v1/employees?companyId=${company.id}&limit=1`, { headers: { cookie: await session("office") } })).json()).pagination.total;
const upload = async (page, file) => {
  await page.setInputFiles("#f-file", file);
  await page.click("#upload .btn-primary");
};
const import_page = /\/imports\/[0-9a-f-]{36}$/;

export const journeys = {
  "a thousand employees are imported with mistakes, repaired, and found in the register": async (browser) => {
    const company = await register("Bin Kişi");
    const page = await (await context(browser, { as: "office" })).newPage();
    await page.goto(`${base}/imports`);
    await page.click("a[href='/imports/new']");
    await page.fill("#q", company.name);
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    await page.click("tbody a");
    await page.waitForURL("**/imports/new?companyId=*");
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    const wrong = (at) => (at % 40 === 7 ? { start: "31.02.2024" } : at % 100 === 3 ? { phone: "12" } : {});
    await upload(page, csv(list(1000, wrong)));
    await page.waitForURL(import_page);
    await page.getByText("35 satırda hata var.").waitFor();
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    const cells = await page.locator("#rows tbody tr").allInnerTexts();
    assert.equal(cells.length, 20);
    // The header is the first row of the sheet.
    assert.match(cells[0], /^5\. satır\s+Kişi Soyadı3[\s\S]*Telefon “12”:/);
    assert.match(cells[1], /^9\. satır\s+Kişi Soyadı7[\s\S]*İşe Giriş Tarihi “31\.02\.2024”: Takvimde böyle bir gün yok/);
    await page.getByText("Bu sütunlar okunmuyor: Not.").waitFor();
    await page.locator("#rows .pages").getByRole("link", { name: "2. sayfa" }).click();
    await page.waitForURL("**?page=2");
    assert.equal(await page.locator("#rows tbody tr").count(), 15);
    const [report] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Hatalı satırları indir" }).click()]);
    const lines = readFileSync(await report.path(), "utf8").trim().split("\r\n");
    assert.equal(lines.length, 36);
    assert.match(lines[0], /;Satır;Hatalar$/);

    // Refused without the tick, the page keeps which column is which, and its address leads to the import.
    await page.getByRole("button", { name: "965 çalışanı ekle" }).click();
    await page.locator(".summary").getByText("hatalı satırlar için karar verin").waitFor();
    assert.equal(await page.locator("#f-column1").inputValue(), "firstName");
    await page.goto(page.url());
    await page.waitForURL(import_page);

    await page.getByRole("link", { name: "Düzeltilmiş dosyayı yükle" }).click();
    await upload(page, csv(list(1000)));
    await page.getByRole("button", { name: "1.000 çalışanı ekle" }).click();
    await page.getByText("1.000 çalışan eklendi.").waitFor({ timeout: 120_000 });
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    assert.equal(await people(company), 1000);
  },

  "without JavaScript a file of nearly 4 MB is imported": async (browser) => {
    const company = await register("Betiksiz");
    const page = await (await context(browser, { as: "office", javaScriptEnabled: false })).newPage();
    await page.goto(`${base}/imports/new?companyId=${company.id}`);
    const file = list(400, () => ({}), "x".repeat(10_300));
    assert.ok(file.length > 4_100_000 && file.length < 4 * 1024 * 1024, `${file.length}`);
    await upload(page, csv(file));
    await page.waitForURL(import_page);
    const settled = async (what) => {
      for (let tries = 0; tries < 60; tries += 1) {
        if (await what.count()) return;
        await page.waitForTimeout(1000);
        await page.reload();
      }
      throw new Error(`waited in vain: ${await page.locator("#live").innerText()}`);
    };
    const apply = page.getByRole("button", { name: "400 çalışanı ekle" });
    await settled(apply);
    await apply.click();
    await settled(page.getByText("400 çalışan eklendi."));
    assert.equal(await people(company), 400);
  },

  "a file that is too big or of a wrong kind is refused with a clear text, and the next one is taken": async (browser) => {
    const company = await register("Yanlış Dosya");
    const page = await (await context(browser, { as: "office", size: "phone" })).newPage();
    await page.goto(`${base}/imports/new?companyId=${company.id}`);
    await page.click("#upload .btn-primary");
    await page.getByText("Bir dosya seçin.").first().waitFor();
    await upload(page, csv(Buffer.alloc(5 * 1024 * 1024 + 1, "a;b\n")));
    await page.locator("#f-file-error").getByText("en çok 5 MB").waitFor();
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    await upload(page, csv(Buffer.from("%PDF-1.7 nothing of a list"), "liste.pdf"));
    await page.locator(".summary").getByText("CSV ya da Excel").waitFor();
    assert.equal(await page.getByText("Dosya seçilmiş ama yüklenmemiş").count(), 0);
    await page.getByRole("link", { name: "Başka dosya yükle" }).click();
    await upload(page, csv(list(2)));
    await page.getByRole("button", { name: "2 çalışanı ekle" }).waitFor();
  },

  "columns that nobody could recognise are chosen by hand": async (browser) => {
    const company = await register("Başlıksız");
    const page = await (await context(browser, { as: "office" })).newPage();
    await page.goto(`${base}/imports/new?companyId=${company.id}`);
    await upload(page, csv(Buffer.from("Kim;Ne zaman\r\nAli Can;01.02.2024\r\nAyşe Öz;02.02.2024\r\n")));
    await page.getByText("hangi sütunda olduğu anlaşılamadı").waitFor();
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    await page.selectOption("#f-column1", "fullName");
    await page.selectOption("#f-column2", "startDate");
    await page.getByRole("button", { name: "Yeniden denetle" }).click();
    await page.getByRole("button", { name: "2 çalışanı ekle" }).waitFor();
  },

  "a list that was narrowed while typing is exported as it is shown, and downloaded": async (browser) => {
    const company = await register("Dışa Aktarma");
    const page = await (await context(browser, { as: "office" })).newPage();
    await page.goto(`${base}/panel/companies`);
    await page.fill("#q", company.name);
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    await page.getByText("Dışa aktar", { exact: true }).click();
    await page.getByRole("button", { name: "CSV" }).click();
    await page.waitForURL("**/jobs/*");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Dosyayı indir" }).click()]);
    assert.match(file.suggestedFilename(), /^sirketler-\d{4}-\d\d-\d\d\.csv$/);
    const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n");
    assert.equal(lines.length, 2);
    assert.ok(lines[1].startsWith(company.name));
  },

  "work that has begun is stopped, and its page says what became of it": async (browser) => {
    const company = await register("Durdurma");
    const page = await (await context(browser, { as: "office" })).newPage();
    await page.goto(`${base}/imports/new?companyId=${company.id}`);
    await upload(page, csv(list(5000)));
    await page.getByRole("button", { name: "5.000 çalışanı ekle" }).click();
    await page.getByRole("link", { name: "Durdur" }).click();
    await page.getByRole("button", { name: "İşi durdur" }).click();
    await page.waitForURL(import_page);
    await page.getByText("İş durduruldu.").waitFor({ timeout: 60_000 });
    const left = await people(company);
    assert.ok(left < 5000, `${left} of 5000`);
    const [job] = await get("office", "/api/v1/jobs?limit=1");
    assert.equal(job.status, "CANCELLED");
    // Checked again, what was added before is known, and the rest can be added.
    await page.getByRole("button", { name: "Yeniden denetle" }).click();
    await page.getByText("çalışanı ekle").waitFor({ timeout: 60_000 });
  },
};

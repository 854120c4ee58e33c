// The register: a customer from the company to the professional who serves it, its people, and where each role ends.
import assert from "node:assert/strict";
import { base, context, get, problems } from "../browser.mjs";

const save = "form[data-form] button.btn-primary";
const record = /\/[0-9a-f-]{36}$/;

/// A number that no other run has, as a T.C. kimlik no with its two check digits.
function tckn() {
  const digits = [...String(100_000_000 + Number(process.hrtime.bigint() % 899_999_999n))].map(Number);
  const [odd, even] = [0, 1].map((from) => digits.filter((_, at) => at % 2 === from).reduce((a, b) => a + b, 0));
  digits.push((((odd * 7 - even) % 10) + 10) % 10);
  digits.push(digits.reduce((a, b) => a + b, 0) % 10);
  return digits.join("");
}

/// Types into a combobox and takes the first of what it offers.
async function choose(page, field, text) {
  await page.locator(field).pressSequentially(text);
  await page.waitForSelector(`${field}-list [role="option"]`);
  await page.keyboard.press("Enter");
}

/// A new company with one workplace; leaves the page at the workplace.
async function workplace(page, name) {
  await page.goto(`${base}/panel/companies/new`);
  await page.fill("#f-name", name);
  await page.click(save);
  await page.waitForURL(record);
  await page.getByRole("link", { name: "Yeni işyeri" }).click();
  await page.fill("#f-title", "Gebze Fabrika");
  await choose(page, "#f-naceCode", "25.11");
  await page.click(save);
  await page.waitForURL(/\/panel\/workplaces\/[0-9a-f-]{36}$/);
}

/// A new employee of the workplace that the page shows; leaves the page at the employee.
async function employee(page, number) {
  await page.getByRole("link", { name: "Yeni çalışan" }).first().click();
  if (number) await page.fill("#f-tckn", number);
  await page.fill("#f-firstName", "Mehmet");
  await page.fill("#f-lastName", "Öztürk");
  await page.fill("#f-startDate", "1.3.2024");
  await page.click(save);
  await page.waitForURL(/\/employees\/[0-9a-f-]{36}$/);
}

export const journeys = {
  "a customer is registered from the company to the professional who serves it": async (browser) => {
    const page = await (await context(browser, { as: "office" })).newPage();
    await workplace(page, `Uçtan Uca ${process.hrtime.bigint()}`);
    const plant = page.url();
    assert.match(await page.locator("main").innerText(), /25\.11\.\d\d – /);
    await employee(page, tckn());
    assert.match(await page.locator("main").innerText(), /\d{3}\*{6}\d\d/);
    await page.goto(plant);
    await page.getByRole("link", { name: "Görevlendir" }).first().click();
    const expert = page.locator("#f-staffId option", { hasText: "İş güvenliği uzmanı" }).first();
    await page.selectOption("#f-staffId", await expert.getAttribute("value"));
    await page.getByRole("radio", { name: "İş güvenliği uzmanı" }).check();
    await page.fill("#f-monthlyMinutes", "1.200");
    await page.click(save);
    await page.waitForURL(/#assignments$/);
    assert.match(await page.locator("#assignments").innerText(), /1\.200/);
    const service = page.getByRole("row", { name: /İş güvenliği uzmanı/ }).first();
    assert.match(await service.innerText(), /Karşılanıyor/);
    assert.deepEqual(await problems(page, { language: "tr" }), []);
  },

  "two people edit one employee, and the second one chooses": async (browser) => {
    const [ayse, mehmet] = await Promise.all(["office", "admin"].map(async (as) => (await context(browser, { as })).newPage()));
    await workplace(ayse, `İki Kişi ${process.hrtime.bigint()}`);
    await employee(ayse);
    const address = `${ayse.url()}/edit`;
    await Promise.all([ayse.goto(address), mehmet.goto(address)]);
    await mehmet.fill("#f-position", "Ustabaşı");
    await mehmet.click(save);
    await mehmet.waitForURL(record);
    await ayse.fill("#f-position", "Kaynakçı");
    await ayse.fill("#f-phone", "5321234567");
    await ayse.click(save);
    assert.equal(await ayse.locator(".versus").count(), 1);
    await ayse.getByRole("radio", { name: "Ustabaşı" }).check();
    await ayse.click(save);
    await ayse.waitForURL(record);
    const html = await ayse.locator("main").innerText();
    assert.match(html, /Ustabaşı/);
    assert.match(html, /0\(532\) 123 45 67/);
  },

  "a whole TCKN is shown once, to whoever may see it": async (browser) => {
    const [office, admin] = await Promise.all(["office", "admin"].map(async (as) => (await context(browser, { as })).newPage()));
    const number = tckn();
    await workplace(office, `Kimlik ${process.hrtime.bigint()}`);
    await employee(office, number);
    const address = office.url();
    assert.equal(await office.getByRole("button", { name: "Tamamını göster" }).count(), 0);
    await admin.goto(address);
    assert.ok(!(await admin.content()).includes(number));
    await admin.getByRole("button", { name: "Tamamını göster" }).click();
    await admin.waitForSelector(`text=${number}`);
    assert.deepEqual(await problems(admin, { language: "tr" }), []);
    await admin.goto(address);
    assert.ok(!(await admin.content()).includes(number));
  },

  "an employment is ended in place, and the person is hired again": async (browser) => {
    const page = await (await context(browser, { as: "office", size: "phone" })).newPage();
    await workplace(page, `Çıkış ${process.hrtime.bigint()}`);
    await employee(page, tckn());
    const address = page.url();
    await page.getByRole("link", { name: "İşten çıkışı kaydet" }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(page.url(), address);
    await dialog.getByLabel("Son çalışma günü").fill("31.1.2026");
    await dialog.getByLabel("Çıkış nedeni").fill("İstifa");
    await dialog.getByRole("button", { name: "İşten çıkışı kaydet" }).click();
    await page.waitForSelector(".toast");
    assert.match(await page.locator("main").innerText(), /Ayrıldı/);
    await page.getByRole("link", { name: "Yeniden işe al" }).click();
    assert.equal(await page.locator("#f-lastName").inputValue(), "Öztürk");
  },

  "a step that cannot be done opens as the page that says why": async (browser) => {
    const page = await (await context(browser, { as: "admin" })).newPage();
    await workplace(page, `Silinemez ${process.hrtime.bigint()}`);
    await page.locator(".crumbs a").first().click();
    await page.getByRole("link", { name: "Durumu değiştir" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio", { name: "Kaybedildi" }).check();
    await dialog.getByRole("button", { name: "Durumu değiştir" }).click();
    await page.waitForURL("**/status");
    assert.ok(await page.getByRole("radio", { name: "Kaybedildi" }).isChecked());
    await page.fill("#f-reason", "Fiyat");
    await page.click(save);
    await page.waitForURL(record);
    await page.getByRole("link", { name: "Sil", exact: true }).click();
    assert.match(await page.locator(".note").innerText(), /1 işyeri/);
    await page.locator(".note a").first().click();
    await page.waitForURL("**/panel/workplaces?companyId=*");
    assert.equal(await page.locator("tbody tr").count(), 1);
  },

  "many companies change their status at once, each by its own rule": async (browser) => {
    const page = await (await context(browser, { as: "office" })).newPage();
    const names = [1, 2].map((n) => `Toplu ${n} ${process.hrtime.bigint()}`);
    for (const name of names) {
      await page.goto(`${base}/panel/companies/new`);
      await page.fill("#f-name", name);
      if (name === names[1]) await page.selectOption("#f-status", "CUSTOMER");
      await page.click(save);
      await page.waitForURL(record);
    }
    await page.goto(`${base}/panel/companies?q=Toplu&sort=-createdAt`);
    for (const name of names) await page.getByRole("checkbox", { name }).check();
    assert.match(await page.locator("#bulk").innerText(), /2 kayıt seçildi/);
    await page.locator("#bulk button").click();
    await page.selectOption("#f-to", "PROSPECT");
    await page.click(save);
    await page.waitForSelector("text=1 kayıtta yapıldı, 1 kayıtta yapılamadı");
    assert.deepEqual(await problems(page, { language: "tr" }), []);
  },

  "a customer adds and ends his own people and does not reach another's": async (browser) => {
    const page = await (await context(browser, { as: "client" })).newPage();
    const mine = new Set((await get("client", "/api/v1/workplaces?limit=100")).map(({ id }) => id));
    const all = await get("admin", "/api/v1/employees?limit=100");
    const theirs = all.find(({ workplaceId }) => !mine.has(workplaceId));
    for (const path of [`/portal/employees/${theirs.id}`, `/panel/employees/${theirs.id}/edit`, `/portal/workplaces/${theirs.workplaceId}`]) {
      assert.equal((await page.goto(base + path)).status(), 404, path);
    }
    await page.goto(`${base}/portal`);
    await page.getByRole("link", { name: "Çalışanlar" }).first().click();
    await page.getByRole("link", { name: "Yeni çalışan" }).click();
    await page.fill("#f-firstName", "Ali");
    await page.fill("#f-lastName", "Kaya");
    await page.selectOption("#f-workplaceId", { index: 1 });
    await page.fill("#f-startDate", "1.3.2026");
    await page.click(save);
    await page.waitForURL(/\/portal\/employees\/[0-9a-f-]{36}$/);
    await page.getByRole("link", { name: "İşten çıkışı kaydet" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Son çalışma günü").fill("30.6.2026");
    await dialog.getByLabel("Çıkış nedeni").fill("İstifa");
    await dialog.getByRole("button", { name: "İşten çıkışı kaydet" }).click();
    await page.waitForSelector("text=Ayrıldı");
  },

  "a workplace is found, filtered and opened by keyboard alone": async (browser) => {
    const page = await (await context(browser, { as: "expert" })).newPage();
    await page.goto(`${base}/panel/workplaces`);
    const press = async (key, until) => {
      for (let times = 0; times < 40; times += 1) {
        await page.keyboard.press(key);
        if (await page.evaluate(until)) return;
      }
      assert.fail(`${key} never came to ${until}`);
    };
    await press("Tab", () => document.activeElement.id === "by-dangerClass");
    await page.keyboard.press("End");
    await page.keyboard.press("Tab");
    await page.waitForURL("**dangerClass=VERY_DANGEROUS*");
    await press("Tab", () => Boolean(document.activeElement.closest("tbody th")));
    await page.keyboard.press("Enter");
    await page.waitForURL(record);
    assert.match(await page.locator("main").innerText(), /Çok tehlikeli/);
  },

  "without JavaScript an employee is added to a workplace and found": async (browser) => {
    const page = await (await context(browser, { as: "office", javaScriptEnabled: false })).newPage();
    const [plant] = await get("office", "/api/v1/workplaces?limit=1");
    const name = `Betiksiz${process.hrtime.bigint()}`.replace(/\d/g, (digit) => "abcdefghij"[digit]);
    await page.goto(`${base}/panel/workplaces/${plant.id}`);
    await page.getByRole("link", { name: "Yeni çalışan" }).first().click();
    await page.fill("#f-firstName", "Deniz");
    await page.fill("#f-lastName", name);
    await page.fill("#f-startDate", "1.3.2026");
    await page.click(save);
    await page.waitForURL(record);
    await page.goto(`${base}/panel/employees`);
    await page.fill("#q", name);
    await page.click(".filters button.no-script");
    assert.equal(await page.locator("tbody tr").count(), 1);
  },
};

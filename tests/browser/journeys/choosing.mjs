// Comboboxes, filters and pages of a list: with the script and without it.
import assert from "node:assert/strict";
import { base, context, post, problems } from "../browser.mjs";

const save = "form[data-form] button.btn-primary";
const record = /[0-9a-f]{12}$/;
const unique = (what) => `${what} ${process.hrtime.bigint()}`;
const company = (name) => post("office", "/api/v1/companies", { name });
const workplace = (of, title = "Merkez") => post("office", "/api/v1/workplaces", { companyId: of.id, title, naceCode: "251106" });
const open = async (browser, more) => (await context(browser, { as: "office", ...more })).newPage();

export const journeys = {
  "without JavaScript a workplace and an employee are added by the names that one types": async (browser) => {
    const page = await open(browser, { javaScriptEnabled: false });
    const name = unique("Betiksiz");
    await Promise.all([company(`${name} Gıda`), company(`${name} Metal`)]);
    await page.goto(`${base}/panel/workplaces/new`);
    await page.fill("#f-title", "Merkez");
    await page.fill("#f-companyId", name);
    await page.click(save);
    assert.match(await page.locator("#f-companyId-error").innerText(), /birden çok kayıtla eşleşiyor; birini seçin/);
    await page.getByRole("radio", { name: `${name} Metal` }).check();
    await page.click(save);
    await page.waitForURL(record);
    assert.match(await page.locator("main").innerText(), new RegExp(`${name} Metal`));

    await page.goto(`${base}/panel/employees/new`);
    await page.fill("#f-firstName", "Ayşe");
    await page.fill("#f-lastName", "Betiksiz");
    await page.fill("#f-startDate", "31.02.2026");
    await page.fill("#f-workplaceId", unique("Yok"));
    await page.click(save);
    assert.match(await page.locator("#f-workplaceId-error").innerText(), /eşleşen bir kayıt yok/);
    assert.match(await page.locator("#f-startDate-error").innerText(), /böyle bir gün yok/);
    await page.fill("#f-startDate", "01.02.2026");
    await page.fill("#f-workplaceId", `${name} Metal`);
    await page.click(save);
    await page.waitForURL(record);
    assert.match(await page.locator("main").innerText(), /Ayşe Betiksiz/);
  },

  "without JavaScript a list is narrowed by a name, or says that nothing has it": async (browser) => {
    const page = await open(browser, { javaScriptEnabled: false });
    const name = unique("Süzgeç");
    const made = await company(name);
    await workplace(made);
    await page.goto(`${base}/panel/workplaces?sort=-title&limit=50`);
    await page.fill("#f-companyId", name);
    await page.click(".filters button.no-script");
    const { pathname, searchParams } = new URL(page.url());
    assert.deepEqual([pathname, Object.fromEntries(searchParams)], ["/panel/workplaces", { companyId: made.id, sort: "-title", limit: "50" }]);
    assert.equal(await page.locator("tbody tr").count(), 1);
    assert.equal(await page.locator("#f-companyId").inputValue(), name);
    await page.fill("#f-companyId", unique("Yok"));
    await page.click(".filters button.no-script");
    assert.match(await page.locator("#f-companyId-error").innerText(), /eşleşen bir kayıt yok/);
    await page.fill("#f-companyId", "");
    await page.click(".filters button.no-script");
    assert.ok((await page.locator("tbody tr").count()) > 1);
  },

  "what is typed into a combobox and not chosen is taken when only one fits, and asked back when several do": async (browser) => {
    const page = await open(browser);
    const name = unique("Seçmeden");
    await Promise.all([company(`${name} Gıda`), company(`${name} Metal`)]);
    await page.goto(`${base}/panel/workplaces/new`);
    await page.fill("#f-title", "Merkez");
    await page.fill("#f-companyId", name);
    await page.click(save);
    await page.waitForSelector("#f-companyId-error");
    assert.doesNotMatch(await page.locator("main").innerText(), /UUID/);
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    await page.locator("#f-companyId").fill(`${name} Me`);
    await page.keyboard.press("Tab");
    await page.waitForFunction((name) => document.querySelector("#f-companyId").value === name, `${name} Metal`);
    await page.click(save);
    await page.waitForURL(record);
    assert.match(await page.locator("main").innerText(), new RegExp(`${name} Metal`));
  },

  "a filter that matches nothing is emptied again, and how the list is shown stays": async (browser) => {
    const page = await open(browser);
    await page.goto(`${base}/panel/workplaces?sort=-title&limit=50`);
    await page.fill("#f-companyId", unique("Yok"));
    await page.keyboard.press("Tab");
    await page.waitForFunction(() => document.querySelector("#f-companyId").value === "");
    await page.selectOption("#by-isActive", "true");
    await page.waitForURL(/isActive=true/);
    const asked = new URL(page.url()).searchParams;
    assert.deepEqual([asked.get("sort"), asked.get("limit")], ["-title", "50"]);
    assert.ok(![...asked.keys()].some((name) => name.startsWith("_")), page.url());
  },

  "a page behind the last one leads to the last, and a step's address to its record": async (browser) => {
    const page = await open(browser);
    await page.goto(`${base}/panel/companies?limit=20&page=999`);
    assert.ok((await page.locator("tbody tr").count()) > 0);
    assert.notEqual(new URL(page.url()).searchParams.get("page"), "999");
    await page.goto(`${base}/imports/announce`);
    assert.equal(new URL(page.url()).pathname, "/imports");
  },

  "a step that a company cannot take is refused in words": async (browser) => {
    const page = await open(browser);
    const name = unique("Adım");
    await company(name);
    await page.goto(`${base}/panel/companies?q=${encodeURIComponent(name)}`);
    await page.check("tbody .row-check");
    await page.click("#bulk button");
    await page.selectOption("#f-to", "CUSTOMER");
    await page.click(save);
    const told = await page.locator("main").innerText();
    assert.match(told, /“Duyuldu” durumundan yalnız şunlara geçilebilir: İlgileniyor, Kaybedildi\./);
  },
};

// The companies: the list, the forms, two people at one record.
import assert from "node:assert/strict";
import { base, context, problems } from "../browser.mjs";

export const journeys = {
  "a list is searched while one types, and the address and the back button know it": async (browser) => {
    const page = await (await context(browser, { as: "office" })).newPage();
    await page.goto(`${base}/panel/companies`);
    const all = await page.locator("tbody tr").count();
    await page.keyboard.press("/");
    await page.keyboard.type("YILDIZ");
    await page.waitForURL("**/panel/companies?q=YILDIZ");
    await page.waitForFunction((all) => document.querySelectorAll("tbody tr").length < all, all);
    assert.match(await page.locator("tbody tr th").first().innerText(), /Yıldız/);
    await page.goBack();
    await page.waitForFunction((all) => document.querySelectorAll("tbody tr").length === all, all);
    assert.equal(await page.locator("#q").inputValue(), "");
  },

  "two people change one company, and the second one sees both values and chooses": async (browser) => {
    const [ayse, mehmet] = await Promise.all(["office", "admin"].map(async (as) => (await context(browser, { as })).newPage()));
    const name = `Çakışma Deneme ${process.hrtime.bigint()}`;
    await ayse.goto(`${base}/panel/companies/new`);
    await ayse.fill("#f-name", name);
    await ayse.fill("#f-source", "Fuar");
    await ayse.click("form[data-form] button.btn-primary");
    await ayse.waitForURL(/\/panel\/companies\/[0-9a-f-]{36}$/);
    assert.ok(await ayse.locator(".toast").isVisible());
    const address = `${ayse.url()}/edit`;
    await Promise.all([ayse.goto(address), mehmet.goto(address)]);
    await mehmet.fill("#f-name", `${name} A.Ş.`);
    await mehmet.click("form[data-form] button.btn-primary");
    await mehmet.waitForURL(/[0-9a-f]$/);
    await ayse.fill("#f-name", `${name} Ltd.`);
    await ayse.fill("#f-phone", "5321234567");
    await ayse.click("form[data-form] button.btn-primary");
    await ayse.waitForSelector(".versus");
    const asked = await ayse.locator(".versus").allInnerTexts();
    assert.equal(asked.length, 1, asked.join());
    assert.match(asked[0], /A\.Ş\./);
    assert.match(await ayse.locator(".summary").innerText(), /değiştirdi/);
    assert.deepEqual(await problems(ayse, { language: "tr" }), []);
    await ayse.getByRole("radio", { name: "A.Ş." }).check();
    await ayse.click("form[data-form] button.btn-primary");
    await ayse.waitForURL(/[0-9a-f]$/);
    assert.equal(await ayse.locator("h1").innerText(), `${name} A.Ş.`);
    assert.match(await ayse.locator(".facts").innerText(), /0\(532\) 123 45 67/);
  },

  "mistakes are told at their fields, and the reader is taken to them": async (browser) => {
    const page = await (await context(browser, { as: "office", size: "phone" })).newPage();
    await page.goto(`${base}/panel/companies/new`);
    await page.fill("#f-taxId", "1234567899");
    assert.match(await page.locator("#f-taxId-note").innerText(), /geçerli değil/);
    await page.click("form[data-form] button.btn-primary");
    await page.waitForSelector(".summary");
    assert.equal(await page.evaluate(() => document.activeElement.className), "summary");
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    await page.click('.summary a[href="#f-taxId"]');
    assert.equal(await page.evaluate(() => document.activeElement.id), "f-taxId");
  },

  "without JavaScript a company is added and found": async (browser) => {
    const page = await (await context(browser, { as: "office", javaScriptEnabled: false })).newPage();
    const name = `Betiksiz Deneme ${process.hrtime.bigint()}`;
    await page.goto(`${base}/panel/companies/new`);
    await page.fill("#f-name", name);
    await page.fill("#f-naceCode", "25.11.06");
    await page.click("form[data-form] button.btn-primary");
    await page.waitForURL(/[0-9a-f]{12}$/);
    await page.goto(`${base}/panel/companies`);
    await page.fill("#q", name);
    await page.click(".filters button.no-script");
    assert.equal(await page.locator("tbody tr").count(), 1);
  },
};

// What people do, from beginning to end, in a real browser. Each journey is a sentence and stands by itself.
import assert from "node:assert/strict";
import { accounts, base, context, get, launch, password, problems } from "./browser.mjs";

const journeys = {
  "signing in by keyboard alone leads back to where one was going": async (browser) => {
    const page = await (await context(browser)).newPage();
    await page.goto(`${base}/panel/companies?status=CUSTOMER`);
    assert.match(page.url(), /\/login\?next=/);
    // The e-mail has the focus.
    await page.keyboard.type(accounts.office);
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/panel/companies?status=CUSTOMER");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  },

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

  "a form whose session has ended goes on after the sign-in, with what was typed": async (browser) => {
    const made = await context(browser, { as: "office" });
    const page = await made.newPage();
    const name = `Yarım Kalan ${process.hrtime.bigint()}`;
    await page.goto(`${base}/panel/companies/new`);
    await page.fill("#f-name", name);
    await made.clearCookies();
    await page.click("form[data-form] button.btn-primary");
    await page.fill("#f-email", accounts.office);
    await page.fill("#f-password", password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Kaydetmeye devam et" }).click();
    await page.waitForURL(/[0-9a-f]{12}$/);
    assert.equal(await page.locator("h1").innerText(), name);
  },

  "theme and language are chosen once and kept": async (browser) => {
    const page = await (await context(browser)).newPage();
    await page.goto(`${base}/login`);
    await page.click("details.menu summary");
    await page.click('button[name="theme"][value="dark"]');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await page.click("details.menu summary");
    await page.click('button[name="language"][value="en"]');
    assert.equal(await page.locator("h1").innerText(), "Sign in");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  },

  "the command palette finds a page by its name": async (browser) => {
    const page = await (await context(browser, { as: "admin" })).newPage();
    await page.goto(`${base}/panel`);
    await page.waitForSelector("html[data-script]");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("sirket");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/panel/companies");
  },

  "a customer's user does not come into the panel": async (browser) => {
    const page = await (await context(browser, { as: "client" })).newPage();
    const [company] = await get("admin", "/api/v1/companies?limit=1&q=Anafarta");
    const answer = await page.goto(`${base}/panel/companies/${company.id}`);
    assert.equal(answer.status(), 404);
    await page.goto(`${base}/panel`);
    assert.match(page.url(), /\/portal$/);
  },
};

const browser = await launch();
const wanted = process.argv.slice(2);
let failed = 0;
for (const [name, journey] of Object.entries(journeys)) {
  if (wanted.length && !wanted.some((word) => name.includes(word))) continue;
  try {
    await journey(browser);
    console.log(`✓ ${name}`);
  } catch (error) {
    failed += 1;
    console.error(`✗ ${name}\n  ${error.stack}`);
  }
  await Promise.all(browser.contexts().map((open) => open.close()));
}
await browser.close();
process.exitCode = failed ? 1 : 0;

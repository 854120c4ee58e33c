// Coming in, and who does not.
import assert from "node:assert/strict";
import { accounts, base, context, get, password } from "../browser.mjs";

export const journeys = {
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

  "a form whose session has ended goes on after the sign-in, with what was typed": async (browser) => {
    const made = await context(browser, { as: "office" });
    const page = await made.newPage();
    const name = `Yarım Kalan ${process.hrtime.bigint()}`;
    await page.goto(`${base}/panel/companies/new`);
    await page.fill("#f-name", name);
    await page.selectOption("#f-status", "CUSTOMER");
    await made.clearCookies();
    await page.click("form[data-form] button.btn-primary");
    await page.fill("#f-email", accounts.office);
    await page.fill("#f-password", password);
    await page.keyboard.press("Enter");
    // It is told in words before it is sent.
    const told = await page.locator("dl").innerText();
    assert.ok(told.includes(name) && told.includes("Müşteri") && !told.includes(password), told);
    await page.getByRole("button", { name: "Kaydetmeye devam et" }).click();
    await page.waitForURL(/[0-9a-f]{12}$/);
    assert.equal(await page.locator("h1").innerText(), name);
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

// What a form says while it is filled in, and what it says when it comes back.
import assert from "node:assert/strict";
import { base, context, problems } from "../browser.mjs";

export const journeys = {
  "a day that the calendar does not have is told when its field is left": async (browser) => {
    const page = await (await context(browser, { as: "office" })).newPage();
    await page.goto(`${base}/panel/employees/new`);
    await page.waitForSelector("html[data-script]");
    const note = page.locator("#f-startDate-note");
    assert.equal(await page.locator("#f-startDate").getAttribute("placeholder"), "gg.aa.yyyy");
    for (const [typed, said] of [["31.02.1990", /Böyle bir gün yok/], ["31.13.2050", /Böyle bir gün yok/], ["yarın", /gg\.aa\.yyyy/], ["29.2.2024", /^$/]]) {
      await page.fill("#f-startDate", typed);
      await page.keyboard.press("Tab");
      assert.match(await note.innerText().catch(() => ""), said, typed);
      assert.equal(await page.locator("#f-startDate").getAttribute("aria-invalid"), said.test("") ? null : "true");
    }
    assert.equal(await page.locator("#f-startDate").inputValue(), "29.02.2024");
    await page.fill("#f-startDate", "31.02.1990");
    await page.keyboard.press("Tab");
    assert.deepEqual(await problems(page, { language: "tr" }), []);
  },

  "a wrong address is told by the page, with everything else that is wrong, and no bar covers the field": async (browser) => {
    const page = await (await context(browser, { as: "office", size: "phone" })).newPage();
    await page.goto(`${base}/panel/companies/new`);
    await page.waitForSelector("html[data-script]");
    await page.fill("#f-email", "ayse@");
    await page.keyboard.press("Tab");
    assert.match(await page.locator("#f-email-note").innerText(), /ad@ornek\.com/);
    await page.click("form[data-form] button.btn-primary");
    const summary = page.locator("[data-summary]");
    await summary.waitFor();
    assert.match(await summary.innerText(), /^Ad: /m);
    assert.match(await summary.innerText(), /E-posta: /);
    await summary.getByRole("link", { name: "E-posta: " }).click();
    const [bar, field] = await Promise.all([".bar", "#f-email"].map((at) => page.locator(at).boundingBox()));
    assert.ok(field.y > bar.y + bar.height, JSON.stringify({ bar, field }));
  },

  "a registration sent empty names each field that is missing and leads to it": async (browser) => {
    const page = await (await context(browser)).newPage();
    await page.goto(`${base}/register`);
    await page.click("form[data-form] button.btn-primary");
    await page.waitForSelector("[data-summary]");
    const lines = await page.locator("[data-summary] li").allInnerTexts();
    assert.equal(new Set(lines).size, 4, String(lines));
    const name = page.getByRole("link", { name: "Adınız ve soyadınız: " });
    await name.click();
    assert.equal(await page.evaluate(() => document.activeElement.id || location.hash.slice(1)), "f-name");
  },
};

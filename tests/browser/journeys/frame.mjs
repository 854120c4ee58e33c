// What stands around every page.
import assert from "node:assert/strict";
import { base, context } from "../browser.mjs";

export const journeys = {
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
};

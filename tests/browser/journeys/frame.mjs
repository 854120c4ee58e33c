// What stands around every page.
import assert from "node:assert/strict";
import { base, context, get, problems } from "../browser.mjs";

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

  "the command palette says that there is nothing": async (browser) => {
    const page = await (await context(browser, { as: "admin", size: "phone" })).newPage();
    await page.goto(`${base}/panel`);
    await page.waitForSelector("html[data-script]");
    await page.click("[data-palette]");
    const none = page.locator(".palette-none");
    assert.ok(!(await none.isVisible()), "nothing has been looked for yet");
    await page.fill("#palette input", "zzzzzz");
    await none.waitFor();
    assert.match(await none.innerText(), /Sonuç yok/);
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    await page.fill("#palette input", "şirket");
    await page.getByRole("option", { name: "Şirketler" }).waitFor();
    assert.ok(!(await none.isVisible()));
  },

  "an error in the panel keeps the ways": async (browser) => {
    const page = await (await context(browser, { as: "expert" })).newPage();
    for (const [path, status] of [["/panel/staff", 403], ["/panel/companies/no-id", 404], ["/panel/nothing-here", 404]]) {
      assert.equal((await page.goto(base + path)).status(), status);
      assert.ok(await page.getByRole("navigation", { name: "Bölümler" }).getByRole("link", { name: "Şirketler" }).isVisible(), path);
      assert.deepEqual(await problems(page, { language: "tr" }), []);
    }
    await page.goto(`${base}/panel/staff`);
    assert.equal((await page.locator("main").innerText()).match(/yetkiniz yok/g).length, 1);
  },

  "the command palette finds a company and a person by their first letters": async (browser) => {
    const page = await (await context(browser, { as: "admin" })).newPage();
    await page.goto(`${base}/panel`);
    await page.waitForSelector("html[data-script]");
    const [employee] = await get("admin", "/api/v1/employees?limit=1");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("YILDIZ MET");
    await page.getByRole("option", { name: /Yıldız Metal/ }).first().waitFor();
    await page.fill("#palette input", `${employee.firstName} ${employee.lastName}`);
    await page.getByRole("option", { name: `${employee.firstName} ${employee.lastName}` }).first().waitFor();
    assert.deepEqual(await problems(page, { language: "tr" }), []);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/panel\/employees\/[0-9a-f-]{36}$/);
  },
};

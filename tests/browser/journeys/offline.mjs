// Without a network.
import assert from "node:assert/strict";
import { accounts, base, context, password } from "../browser.mjs";

export const journeys = {
  "without a network the reader is told so in his language, and goes on when it is back": async (browser) => {
    const made = await context(browser, { size: "phone", serviceWorkers: "allow" });
    const page = await made.newPage();
    await page.goto(`${base}/login`);
    await page.fill("#f-email", accounts.office);
    await page.fill("#f-password", password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/panel");
    const heading = async (path) => {
      await page.goto(base + path);
      return page.locator("h1").innerText();
    };
    const kept = (lang) => page.waitForFunction(async (lang) => (await (await caches.match("/offline"))?.text())?.includes(`lang="${lang}"`), lang);
    const speak = async (language) => {
      if ((await page.getAttribute("html", "lang")) === language) return;
      await page.locator(".bar-end details summary").click();
      await page.click(`button[name="language"][value="${language}"]`);
      await page.waitForSelector(`html[lang=${language}]`);
    };
    // The choice is the account's, and whoever was here before may have made another.
    await speak("tr");
    await kept("tr");
    await made.setOffline(true);
    assert.equal(await heading("/panel/companies"), "İnternet bağlantısı yok");
    // It is drawn, not only written.
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".lone")).display), "grid");
    await made.setOffline(false);
    await page.getByRole("link", { name: "Yeniden dene" }).click();
    assert.equal(await heading("/panel/companies"), "Şirketler");
    await speak("en");
    await kept("en");
    await made.setOffline(true);
    assert.equal(await heading("/panel/companies"), "No internet connection");
    await made.setOffline(false);
    await page.goto(`${base}/panel`);
    await speak("tr");
  },
};

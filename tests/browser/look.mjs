// Looks at every page of pages.mjs: each at two sizes, light and dark, Turkish and English. Four of the eight
// combinations hold every pair of two, which is what a fault needs; a fifth is a desktop zoomed to 200 %. Everything
// is looked at as by somebody who wants less motion, and on a small screen its menus are opened.
//
//   node tests/browser/look.mjs [--shots folder] [name …]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { base, context, get, launch, listen, outside, post, problems, unseen } from "./browser.mjs";
import { pages } from "./pages.mjs";

const combinations = [
  { size: "phone", theme: "light", language: "tr" },
  { size: "desktop", theme: "dark", language: "tr" },
  { size: "desktop", theme: "light", language: "en" },
  { size: "phone", theme: "dark", language: "en" },
  { size: "zoomed", theme: "light", language: "tr" },
];

const words = process.argv.slice(2);
const at = words.indexOf("--shots");
const shots = at < 0 ? undefined : words.splice(at, 2)[1];
if (shots) mkdirSync(shots, { recursive: true });
const chosen = words.length ? pages.filter(({ name }) => words.includes(name)) : pages;

const browser = await launch();
let failed = 0;
await Promise.all(combinations.map(lookAt));
await browser.close();
console.log(`${chosen.length} pages in ${combinations.length} combinations, ${failed} with problems`);
process.exitCode = failed ? 1 : 0;

async function lookAt(combination) {
  const contexts = new Map();
  for (const { name, path, as, status = 200, prepare } of chosen) {
    const found = [];
    try {
      if (!contexts.has(as)) contexts.set(as, await context(browser, { ...combination, as }));
      const page = await contexts.get(as).newPage();
      const said = listen(page);
      const address = typeof path === "function" ? await path((api) => get(as, api), (api, body) => post(as, api, body)) : path;
      const answer = await page.goto(base + address, { waitUntil: "load" });
      if (answer.status() !== status) found.push(`status ${answer.status()}`);
      await prepare?.(page);
      found.push(...(await problems(page, combination)), ...said);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${combination.size}-${combination.theme}-${combination.language}.png`), fullPage: true });
      if (combination.size !== "desktop" && !(await page.locator("dialog[open]").count())) found.push(...(await outside(page)));
      // Last, because it moves the focus about.
      if (combination.size === "desktop") found.push(...(await unseen(page)));
      await page.close();
    } catch (error) {
      found.push(String(error));
    }
    if (found.length) {
      failed += 1;
      console.error(`✗ ${name} ${Object.values(combination).join(" ")}\n  ${found.join("\n  ")}`);
    }
  }
}

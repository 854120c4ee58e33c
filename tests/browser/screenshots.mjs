// The ten main pages as pictures, for the README: docs/screenshots/. Best on fresh demo data.
//
//   ./scripts/screenshots            makes them, from the running system at TEST_BASE_URL (default: ./scripts/dev)
//   ./scripts/screenshots --check    each picture of the list is there and shown, and no other
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { base, context, get, launch, post } from "./browser.mjs";
import { pages } from "./pages.mjs";

const main = {
  panel: "desktop",
  companies: "desktop",
  company: "desktop",
  workplace: "desktop",
  employees: "desktop",
  employee: "phone",
  import: "desktop",
  audit: "desktop",
  staff: "desktop",
  portal: "phone",
};

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "docs/screenshots");
const files = Object.keys(main).map((name) => `${name}.png`);

if (process.argv.includes("--check")) check();
else await make();

async function make() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const browser = await launch();
  for (const [name, size] of Object.entries(main)) {
    const { path, as } = pages.find((page) => page.name === name);
    const page = await (await context(browser, { size, as })).newPage();
    const address = typeof path === "function" ? await path((api) => get(as, api), (api, body) => post(as, api, body)) : path;
    await page.goto(base + address, { waitUntil: "load" });
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
  }
  await browser.close();
  console.log(`${files.length} pictures in docs/screenshots`);
}

function check() {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const there = readdirSync(folder);
  const wrong = [
    ...files.filter((file) => !there.includes(file)).map((file) => `${file} is not there`),
    ...there.filter((file) => !files.includes(file)).map((file) => `${file} is no main page's`),
    ...files.filter((file) => !readme.includes(`docs/screenshots/${file}`)).map((file) => `${file} is not in the README`),
  ];
  if (wrong.length) {
    console.error(`✗ screenshots: ${wrong.join("; ")}\n  do: ./scripts/screenshots`);
    process.exit(1);
  }
  console.log("✓ screenshots");
}

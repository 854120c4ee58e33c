// What people do, from beginning to end, in a real browser. Each file of journeys/ exports its `journeys`: a sentence
// and what it means. Each journey stands by itself.
//
//   node tests/browser/journeys.mjs [words of the sentence …]
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browser.mjs";

const folder = join(import.meta.dirname, "journeys");
const files = readdirSync(folder).filter((file) => file.endsWith(".mjs")).sort();
const wanted = process.argv.slice(2);
const browser = await launch();
let failed = 0;
for (const file of files) {
  const { journeys } = await import(join(folder, file));
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
}
await browser.close();
process.exitCode = failed ? 1 : 0;

// Builds shared/assets/dist: the style sheet, the script, the icons, and the list of their names.
// The output is committed, so that building the functions needs no Node; `--check` compares.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const tools = join(root, ".dev/tools/web");
const source = join(root, "shared/assets");
const dist = join(source, "dist");
const packages = createRequire(join(tools, "package.json"));
const made = new Map();

style();
await script();
icons();
for (const name of readdirSync(join(source, "static"))) made.set(name, readFileSync(join(source, "static", name)));
manifest();
finish();

function style() {
  const folder = mkdtempSync(join(tmpdir(), "assets-"));
  const out = join(folder, "app.css");
  const cli = join(tools, "node_modules/@tailwindcss/cli/dist/index.mjs");
  try {
    // `@import "tailwindcss"` is looked for beside the style sheet and in NODE_PATH.
    execFileSync(process.execPath, [cli, "-i", join(source, "css/app.css"), "-o", out], {
      cwd: source,
      env: { ...process.env, NODE_PATH: join(tools, "node_modules") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    made.set("app.css", readFileSync(out));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function script() {
  const { build } = packages("esbuild");
  const options = { bundle: true, minify: true, write: false, legalComments: "none", target: "es2022", nodePaths: [join(tools, "node_modules")] };
  const app = await build({ ...options, entryPoints: [join(source, "js/app.js")], format: "esm" });
  made.set("app.js", Buffer.from(app.outputFiles[0].contents));
  const worker = await build({ ...options, entryPoints: [join(source, "js/worker.js")], format: "iife" });
  made.set("worker.js", Buffer.from(worker.outputFiles[0].contents));
}

// One file of the icons that are used: `icons.txt` names them, a test compares it with the code.
function icons() {
  const names = readFileSync(join(source, "icons.txt"), "utf8").split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const symbols = names.map((name) => {
    const file = join(tools, "node_modules/lucide-static/icons", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`icons.txt: there is no icon ${name}`);
    const inner = readFileSync(file, "utf8").replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1];
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "").trim()}</symbol>`;
  });
  made.set("icons.svg", Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`));
}

function manifest() {
  const entries = [...made.keys()].sort().map((name) => {
    const hash = createHash("sha256").update(made.get(name)).digest("hex").slice(0, 12);
    const dot = name.lastIndexOf(".");
    return [name, `${name.slice(0, dot)}.${hash}${name.slice(dot)}`];
  });
  made.set("assets.json", Buffer.from(JSON.stringify(Object.fromEntries(entries), null, 1) + "\n"));
}

function finish() {
  const old = existsSync(dist) ? readdirSync(dist) : [];
  const differs = [...made].filter(([name, bytes]) => !existsSync(join(dist, name)) || !readFileSync(join(dist, name)).equals(bytes)).map(([name]) => name);
  const extra = old.filter((name) => !made.has(name));
  if (process.argv.includes("--check")) {
    if (differs.length + extra.length === 0) return console.log(`${made.size} assets are current`);
    console.error(`✗ shared/assets/dist is old: ${[...differs, ...extra].join(", ")}\n  do:  ./scripts/assets`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(dist, { recursive: true });
  for (const name of extra) rmSync(join(dist, name));
  for (const [name, bytes] of made) writeFileSync(join(dist, name), bytes);
  console.log(differs.length + extra.length ? `new: ${[...differs, ...extra].join(", ")}` : "nothing new");
}

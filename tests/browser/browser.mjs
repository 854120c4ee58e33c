// What all browser tests share: Chromium, the demo accounts, one page looked at closely.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const packages = createRequire(join(root, ".dev/tools/web/package.json"));
const { chromium } = packages("playwright-core");
const axe = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");

export const base = process.env.TEST_BASE_URL ?? "http://localhost:9000";
export const password = "Prosektor-Demo-2026";
export const accounts = {
  admin: "admin@anadolu.test",
  office: "ofis@anadolu.test",
  doctor: "hekim@anadolu.test",
  expert: "uzman@anadolu.test",
  client: "musteri@yildiz.test",
  // The second tenant.
  ege: "admin@ege.test",
  deniz: "musteri@deniz.test",
};

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/// Signs in by the API, once for each account, and remembers the cookie.
const sessions = new Map();
export async function session(who) {
  if (!sessions.has(who)) {
    sessions.set(
      who,
      (async () => {
        const answer = await fetch(`${base}/api/v1/auth/login`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ email: accounts[who], password }),
        });
        if (!answer.ok) throw new Error(`sign-in of ${who}: ${answer.status} ${await answer.text()}`);
        return answer.headers.getSetCookie()[0].split(";")[0];
      })(),
    );
  }
  return sessions.get(who);
}

/// The address of the link to this page in the first mail to somebody that has one, or the second, once it has come.
export async function linkInMail(address, page, number = 1) {
  const mails = process.env.MAIL_API_URL ?? base.replace(/\d+$/, (port) => Number(port) + 5);
  for (let tries = 0; tries < 120; tries += 1) {
    const all = await (await fetch(`${mails}/api/email`)).json();
    const found = all.filter(({ to, text }) => to.some((one) => one.address === address) && text.includes(`/${page}/`))[number - 1];
    if (found) return `${base}/${page}/${found.text.split(`/${page}/`)[1].match(/^[\w.-]+/)[0]}`;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(`no mail to ${address} with a link to ${page}`);
}

/// The data of an API answer, as this account.
export async function get(who, path) {
  const answer = await fetch(base + path, { headers: { cookie: await session(who) } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()).data;
}

/// What the API makes of a body, as this account.
export async function post(who, path, body) {
  const answer = await fetch(base + path, {
    method: "POST",
    headers: { cookie: await session(who), origin: base, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).data;
}

/// What a reader's screen shows. A desktop zoomed to 200 % lays out half as many points, each twice as big.
export const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 }, zoomed: { width: 640, height: 400 } };

/// A context of one size, theme and language, signed in as somebody or nobody.
export async function context(browser, { size = "desktop", theme = "light", language = "tr", as, ...more } = {}) {
  const made = await browser.newContext({
    viewport: sizes[size],
    hasTouch: size === "phone",
    isMobile: size === "phone",
    deviceScaleFactor: size === "zoomed" ? 2 : 1,
    colorScheme: theme,
    locale: language === "tr" ? "tr-TR" : "en-GB",
    timezoneId: "Europe/Istanbul",
    reducedMotion: "reduce",
    serviceWorkers: "block",
    ...more,
  });
  if (as) {
    const [name, value] = (await session(as)).split(/=(.*)/);
    await made.addCookies([{ name, value, url: base }]);
  }
  return made;
}

/// What is wrong with the page as it stands: accessibility, width, structure.
export async function problems(page, { language } = {}) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.map(({ id, nodes }) => `axe ${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.any?.[0]?.message ?? node.failureSummary ?? ""}`).join(" | ")}`);
  });
  const shape = await page.evaluate(() => ({
    over: document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
    headings: document.querySelectorAll("h1").length,
    lang: document.documentElement.lang,
    inline: document.querySelectorAll("[style], style, script:not([src]), [onclick]").length,
    missing: [...document.querySelectorAll("use")].filter((use) => use.getBBox().width === 0 && use.checkVisibility()).map((use) => use.getAttribute("href")),
  }));
  if (shape.over > 0) found.push(`${shape.over} px wider than the screen`);
  if (shape.headings !== 1) found.push(`${shape.headings} main headings`);
  if (language && shape.lang !== language) found.push(`speaks ${shape.lang}`);
  if (shape.inline) found.push(`${shape.inline} pieces of inline code or style`);
  if (shape.missing.length) found.push(`icons that are not there: ${shape.missing}`);
  return found;
}

/// The controls that do not show that they have the focus, and the parts that move though the reader wants calm.
export async function unseen(page) {
  // A key makes the browser show focus as it does to those who use keys.
  await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const looks = (element) =>
      [element, element.parentElement, element.nextElementSibling]
        .filter(Boolean)
        .map((one) => {
          const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor, textDecoration } = getComputedStyle(one);
          return [outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor, textDecoration].join();
        })
        .join(";");
    const name = (element) => `${element.tagName.toLowerCase()}${element.id && `#${element.id}`} ${element.textContent.trim().slice(0, 30)}`;
    const found = [];
    for (const element of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
      if (element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
      document.activeElement.blur();
      const before = looks(element);
      element.focus({ preventScroll: true });
      if (document.activeElement === element && looks(element) === before) found.push(`no visible focus: ${name(element)}`);
    }
    document.activeElement.blur();
    const seconds = (times) => Math.max(...times.split(",").map((time) => parseFloat(time) * (time.trim().endsWith("ms") ? 0.001 : 1)));
    for (const element of document.querySelectorAll("*")) {
      const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
      if ((animationName !== "none" && seconds(animationDuration) > 0.01) || seconds(transitionDuration) > 0.01) found.push(`moves: ${name(element)}`);
    }
    return found.slice(0, 5);
  });
}

/// The menus of which a part lies outside the screen when they are open.
export async function outside(page) {
  const found = [];
  for (const menu of await page.locator("details.menu:visible").all()) {
    const summary = menu.locator("summary");
    await summary.click();
    await menu.locator(".menu-list").waitFor();
    const place = await menu.locator(".menu-list").evaluate((list) => {
      const { left, right, top, bottom } = list.getBoundingClientRect();
      return { left, right, top, bottom, width: document.documentElement.clientWidth, height: innerHeight };
    });
    const { left, right, top, bottom, width, height } = place;
    if (left < 0 || top < 0 || right > width || bottom > height) found.push(`the menu ${await summary.innerText()} lies outside: ${JSON.stringify(place)}`);
    await page.keyboard.press("Escape");
  }
  return found;
}

/// Collects what the browser complains about.
export function listen(page) {
  const said = [];
  page.on("console", (message) => {
    // A page that is itself an error is said to have failed to load; that is what it is for.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("requestfailed", (request) => request.failure()?.errorText !== "net::ERR_ABORTED" && said.push(`${request.url()}: ${request.failure()?.errorText}`));
  return said;
}

// Another site's page that tries to act for whoever is signed in here.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { base, context, get } from "../browser.mjs";

const { hostname, port } = new URL(base);
// Another port of the same host is the same site to the cookie and another origin to the rules; another name of this
// machine is another site, to which the browser does not even give the cookie.
const neighbours = { "the same site": hostname, "another site": hostname === "localhost" ? "127.0.0.1" : "localhost" };

/// A page of another origin, open as somebody who is signed in at ours.
async function elsewhere(browser, host, html) {
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html; charset=utf-8").end(html));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const page = await (await context(browser, { as: "office" })).newPage();
  await page.goto(`http://${host}:${server.address().port}/`);
  return { page, end: () => new Promise((ended) => server.close(ended).closeAllConnections()) };
}

const called = async (name) => (await get("admin", `/api/v1/companies?q=${encodeURIComponent(name)}`)).length;

export const journeys = Object.fromEntries(
  Object.entries(neighbours).flatMap(([whose, host]) => [
    [
      `a form of ${whose} does not add a company`,
      async (browser) => {
        const name = `Sahte ${process.hrtime.bigint()}`;
        const { page, end } = await elsewhere(
          browser,
          host,
          `<!doctype html><form method="post" action="${base}/panel/companies/new"><input name="name" value="${name}"><input name="kind" value="EMPLOYER"><input name="status" value="LEAD"><button>x</button></form>`,
        );
        const [answer] = await Promise.all([
          page.waitForResponse((one) => one.url().startsWith(`http://${hostname}:${port}/panel/companies/new`)),
          page.click("button"),
        ]);
        assert.equal(answer.status(), 403, `answered ${answer.status()}`);
        assert.equal(await called(name), 0);
        await end();
      },
    ],
    [
      `a script of ${whose} neither adds nor reads`,
      async (browser) => {
        const name = `Sahte ${process.hrtime.bigint()}`;
        const { page, end } = await elsewhere(browser, host, "<!doctype html><title>x</title>");
        const read = await page.evaluate(
          async ({ base, name }) => {
            const body = JSON.stringify({ name, kind: "EMPLOYER", status: "LEAD" });
            const read = [];
            for (const type of ["text/plain", "application/json", "application/x-www-form-urlencoded"]) {
              await fetch(`${base}/api/v1/companies`, { method: "POST", credentials: "include", mode: "no-cors", headers: { "content-type": type }, body }).catch(() => {});
              await fetch(`${base}/api/v1/companies`, { method: "POST", credentials: "include", headers: { "content-type": type }, body }).catch(() => {});
            }
            for (const path of ["/api/v1/companies", "/api/v1/auth/me", "/panel/companies"]) {
              await fetch(base + path, { credentials: "include" }).then((answer) => read.push(answer.status), () => {});
            }
            return read;
          },
          { base, name },
        );
        assert.deepEqual(read, [], "an answer could be read");
        assert.equal(await called(name), 0);
        await end();
      },
    ],
    [
      `a frame of ${whose} stays empty`,
      async (browser) => {
        const { page, end } = await elsewhere(browser, host, `<!doctype html><iframe src="${base}/login"></iframe>`);
        const [, frame] = page.frames();
        await frame.waitForLoadState();
        assert.match(frame.url(), /^chrome-error:/);
        assert.equal(await frame.locator("form").count(), 0);
        await end();
      },
    ],
  ]),
);

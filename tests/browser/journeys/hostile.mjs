// Texts that are code, and texts that no line can break: in every text field of the OpenAPI document, and then on
// every page. In the second demo tenant, so that nobody else meets them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { base, context, get, listen, post, session } from "../browser.mjs";
import { pages } from "../pages.mjs";

const { schemas } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../docs/api/openapi.json"))).components;

const code = `"'><img src=x onerror=window.ran=1><script>window.ran=1</script>{{7*7}}`;
const hostile = { code: (most) => code.slice(0, most), "one long word": (most) => "Ğ".repeat(Math.min(most, 200)) };

/// A value for each field of a body that takes free text, by what the document says of it.
function texts(schema, value) {
  const fields = Object.entries(schemas[schema].properties).filter(([, field]) => {
    const text = [field.type].flat().includes("string") && field.maxLength >= 20 && !field.format && !field.enum;
    return text && new RegExp(field.pattern, "u").test(value(field.maxLength));
  });
  return Object.fromEntries(fields.map(([name, { maxLength }]) => [name, value(maxLength)]));
}

async function send(who, method, path, body) {
  const answer = await fetch(base + path, {
    method,
    headers: { "content-type": "application/json", cookie: await session(who), "sec-fetch-site": "same-origin" },
    body: JSON.stringify(body),
  });
  const { data, error, details } = await answer.json();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${error} ${JSON.stringify(details)}`);
  return data;
}

/// A record of each kind, full of these texts. Gives the pages of one record each.
async function fill(value) {
  const [customer] = await get("ege", "/api/v1/companies?limit=1&q=Deniz");
  const company = await send("ege", "POST", "/api/v1/companies", { ...texts("NewCompany", value), kind: "EMPLOYER", status: "LEAD" });
  await send("ege", "POST", `/api/v1/companies/${company.id}/status`, { ...texts("StatusChange", value), to: "PROSPECT", version: company.version });
  const workplace = await send("ege", "POST", "/api/v1/workplaces", { ...texts("NewWorkplace", value), companyId: customer.id, naceCode: "492001" });
  await send("ege", "POST", `/api/v1/workplaces/${workplace.id}/danger-class`, { ...texts("DangerClassOverride", value), dangerClass: "VERY_DANGEROUS", version: workplace.version });
  const hire = { ...texts("NewEmployee", value), workplaceId: workplace.id, startDate: "2020-01-01" };
  const employee = await send("ege", "POST", "/api/v1/employees", hire);
  const gone = await send("ege", "POST", "/api/v1/employees", hire);
  await send("ege", "POST", `/api/v1/employees/${gone.id}/terminate`, { ...texts("Termination", value), endDate: "2024-12-31", version: gone.version });
  const address = () => `d${process.hrtime.bigint()}@kotu.test`;
  await send("ege", "POST", "/api/v1/staff", { ...texts("NewStaff", value), email: address(), role: "EXPERT", professionalKind: "SAFETY_EXPERT" });
  const [staff] = await get("ege", "/api/v1/staff?limit=1");
  await send("ege", "PATCH", `/api/v1/staff/${staff.id}`, { ...texts("PatchStaff_PatchStaff", value), version: staff.version });
  await send("ege", "POST", "/api/v1/users/invite", { ...texts("NewUser", value), email: address(), companyId: customer.id });
  for (const who of ["ege", "deniz"]) {
    const profile = await get(who, "/api/v1/profile");
    await send(who, "PATCH", "/api/v1/profile", { ...texts("PatchProfile_PatchProfile", value), version: profile.version });
  }
  return [`companies/${company.id}`, `workplaces/${workplace.id}`, `employees/${employee.id}`, `employees/${gone.id}`, `staff/${staff.id}`];
}

function noSuchRecord(error) {
  if (!(error instanceof TypeError)) throw error;
}

/// Every page that the accounts of the second tenant have, and those of these records.
async function addresses(records) {
  const all = records.flatMap((record) => [`ege /panel/${record}`, `ege /panel/${record}/edit`]);
  for (const { path, as } of pages.filter((page) => page.as && !page.status)) {
    const who = as === "client" ? "deniz" : "ege";
    // A page of a record that this tenant has none of is left to the first tenant.
    const address = typeof path === "function" ? await path((api) => get(who, api), (api, body) => post(who, api, body)).catch(noSuchRecord) : path;
    if (address) all.push(`${who} ${address}`);
  }
  return [...new Set(all)];
}

export const journeys = Object.fromEntries(
  Object.entries(hostile).map(([kind, value]) => [
    `${kind} in every field is shown as text on every page, and breaks none`,
    async (browser) => {
      const records = await fill(value);
      const open = { ege: await context(browser, { as: "ege", size: "phone" }), deniz: await context(browser, { as: "deniz", size: "phone" }) };
      const found = [];
      for (const line of await addresses(records)) {
        const [who, path] = line.split(" ");
        const page = await open[who].newPage();
        const said = listen(page);
        page.on("dialog", (dialog) => said.push(`dialog ${dialog.message()}`) && dialog.dismiss());
        await page.goto(base + path, { waitUntil: "load" });
        const { ran, over, shows } = await page.evaluate((start) => ({
          ran: window.ran,
          over: document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
          shows: document.body.textContent.includes(start) || [...document.querySelectorAll("input, textarea")].some((field) => field.value.includes(start)),
        }), value(30));
        if (ran) said.push("a script ran");
        if (over > 0) said.push(`${over} px wider than the screen`);
        if (!shows && records.some((record) => path.includes(record))) said.push("the text is not there");
        if (said.length) found.push(`${path}: ${said.join("; ")}`);
        await page.close();
      }
      assert.deepEqual(found, []);
    },
  ]),
);

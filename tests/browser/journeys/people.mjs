// Who works here, who is let in, and what becomes of one's own account.
import assert from "node:assert/strict";
import { accounts, base, context, get, linkInMail, password, problems, session } from "../browser.mjs";

const other = "Bakır-Deniz-Fener-77";
const address = (name) => `${name}-${process.hrtime.bigint()}@deneme.test`;
const main = "form[data-form] button.btn-primary";

async function signIn(page, email, secret = password) {
  await page.goto(`${base}/login`);
  await page.fill("#f-email", email);
  await page.fill("#f-password", secret);
  await page.click(main);
}

/// Invites somebody by the form and opens the mail's page as the invited person.
async function letIn(browser, email, form, more = {}) {
  const inviter = await (await context(browser, { as: form.as })).newPage();
  await inviter.goto(base + form.path);
  await inviter.fill("#f-email", email);
  for (const [field, value] of Object.entries(form.choose ?? {})) await inviter.selectOption(field, value);
  await inviter.click(main);
  await inviter.waitForURL(`${base}${form.to}`);
  assert.ok(await inviter.getByText(email).first().isVisible());
  const guest = await (await context(browser, more)).newPage();
  await guest.goto(await linkInMail(email, "accept-invite"));
  await guest.fill("#f-name", "Umut Kaya");
  await guest.fill("#f-password", other);
  await guest.click("form button.btn-primary");
  await guest.waitForURL("**/login");
  return { inviter, guest };
}

export const journeys = {
  "a colleague is invited and let in, becomes something else, and is out at once when deactivated": async (browser) => {
    const email = address("uzman");
    const form = { as: "admin", path: "/panel/staff/new", to: "/panel/invitations", choose: { "#f-role": "EXPERT" } };
    const { inviter: admin, guest } = await letIn(browser, email, form);
    await signIn(guest, email, other);
    await guest.waitForURL("**/panel");
    assert.equal(await guest.getByRole("link", { name: "Ekip" }).count(), 0);

    await admin.goto(`${base}/panel/staff?q=${encodeURIComponent(email)}`);
    await admin.getByRole("link", { name: "Umut Kaya" }).click();
    const person = admin.url();
    await admin.getByRole("link", { name: "Düzenle" }).click();
    await admin.selectOption("#f-role", "OFFICE");
    await admin.click(main);
    await admin.waitForURL(person);
    // The old session is over; the new one has the new rights.
    await guest.goto(`${base}/panel`);
    assert.match(guest.url(), /\/login\?next=/);
    await signIn(guest, email, other);
    await guest.waitForURL("**/panel");
    assert.ok(await guest.getByRole("link", { name: "Ekip" }).isVisible());

    await admin.getByRole("link", { name: "Devre dışı bırak" }).click();
    assert.deepEqual(await problems(admin, { language: "tr" }), []);
    await admin.fill("#f-reason", "İşten ayrıldı");
    await admin.click(main);
    await admin.waitForURL(person);
    await guest.goto(`${base}/panel/staff`);
    assert.match(guest.url(), /\/login\?next=/);
    await signIn(guest, email, other);
    await guest.waitForSelector(".summary");
    await admin.getByRole("button", { name: "Yeniden etkinleştir" }).click();
    await admin.waitForSelector(".toast");
    await signIn(guest, email, other);
    await guest.waitForURL("**/panel");
  },

  "a customer's colleague is invited on a phone, works in the portal and leaves": async (browser) => {
    const email = address("musteri");
    const form = { as: "client", path: "/portal/colleagues/new", to: "/portal/colleagues" };
    const { inviter, guest } = await letIn(browser, email, form, { size: "phone" });
    await signIn(guest, email, other);
    await guest.waitForURL("**/portal");
    assert.deepEqual(await problems(guest, { language: "tr" }), []);
    // The colleague administers nobody.
    assert.equal((await guest.goto(`${base}/portal/colleagues`)).status(), 403);
    await inviter.goto(`${base}/portal/colleagues?q=${encodeURIComponent(email)}`);
    await inviter.getByRole("link", { name: "Umut Kaya" }).click();
    await inviter.getByRole("link", { name: "Devre dışı bırak" }).click();
    await inviter.click(main);
    await inviter.waitForSelector(".toast");
    await guest.goto(`${base}/portal`);
    assert.match(guest.url(), /\/login\?next=/);
  },

  "the password is changed, and whoever was signed in elsewhere is out": async (browser) => {
    const email = address("parola");
    const form = { as: "admin", path: "/panel/staff/new", to: "/panel/invitations", choose: { "#f-role": "OFFICE" } };
    const { guest: here } = await letIn(browser, email, form);
    await signIn(here, email, other);
    await here.waitForURL("**/panel");
    const there = await (await context(browser, { size: "phone" })).newPage();
    await signIn(there, email, other);
    await there.waitForURL("**/panel");
    await here.click("details.menu summary");
    await here.getByRole("link", { name: "Profilim" }).click();
    await here.getByRole("link", { name: "Parola" }).click();
    await here.fill("#f-currentPassword", "yanlış parola");
    await here.fill("#f-newPassword", `${other}-yeni`);
    await here.click(main);
    assert.match(await here.locator("#f-currentPassword-error").innerText(), /hatalı/);
    await here.fill("#f-currentPassword", other);
    await here.fill("#f-newPassword", `${other}-yeni`);
    await here.click(main);
    await here.waitForSelector(".toast");
    await there.goto(`${base}/panel/profile`);
    assert.match(there.url(), /\/login\?next=/);
    await here.goto(`${base}/panel/profile/sessions`);
    assert.equal(await here.locator("tbody tr").count(), 1);
  },

  "the language goes along to another browser": async (browser) => {
    const email = address("language");
    const form = { as: "admin", path: "/panel/staff/new", to: "/panel/invitations", choose: { "#f-role": "EXPERT" } };
    const { guest } = await letIn(browser, email, form);
    await signIn(guest, email, other);
    await guest.waitForURL("**/panel");
    await guest.click("details.menu summary");
    await guest.getByRole("button", { name: "English" }).click();
    await guest.waitForFunction(() => document.documentElement.lang === "en");
    assert.match(guest.url(), /\/panel$/);
    const elsewhere = await (await context(browser)).newPage();
    await signIn(elsewhere, email, other);
    await elsewhere.waitForURL("**/panel");
    assert.equal(await elsewhere.evaluate(() => document.documentElement.lang), "en");
    await elsewhere.goto(`${base}/panel/profile`);
    await elsewhere.getByRole("button", { name: "Türkçe" }).last().click();
    await elsewhere.waitForFunction(() => document.documentElement.lang === "tr");
    assert.match(elsewhere.url(), /\/panel\/profile$/);
  },

  "one account, two organisations: chosen after the password, and each has its own home": async (browser) => {
    const email = address("iki");
    const form = { as: "admin", path: "/panel/staff/new", to: "/panel/invitations", choose: { "#f-role": "DOCTOR" } };
    const { guest } = await letIn(browser, email, form);
    // The other organisation's administrator invites the same person, who proves the account by its password.
    accounts.ege = "admin@ege.test";
    const answer = await fetch(`${base}/api/v1/staff`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: await session("ege"), "sec-fetch-site": "same-origin" },
      body: JSON.stringify({ email, role: "EXPERT" }),
    });
    assert.equal(answer.status, 201);
    await guest.goto(await linkInMail(email, "accept-invite", 2));
    assert.match(await guest.locator("h1").innerText(), /Ege OSGB/);
    await guest.fill("#f-name", "Umut Kaya");
    await guest.fill("#f-password", other);
    await guest.click("form button.btn-primary");
    await guest.waitForURL("**/login");
    for (const [tenant, role] of [["Ege OSGB", "İş güvenliği uzmanı"], ["Anadolu OSGB", "İşyeri hekimi"]]) {
      await signIn(guest, email, other);
      await guest.waitForSelector(".choice");
      assert.equal(await guest.locator(".choice").count(), 2);
      assert.deepEqual(await problems(guest, { language: "tr" }), []);
      await guest.getByRole("button", { name: tenant }).click();
      await guest.waitForURL("**/panel");
      await guest.click("details.menu summary");
      assert.match(await guest.locator(".menu-who").innerText(), new RegExp(role));
      await guest.getByRole("button", { name: "Oturumu kapat" }).click();
      await guest.waitForURL("**/login");
    }
  },

  "a forgotten password is set by the mail's page, and a used link says so": async (browser) => {
    const email = address("unutkan");
    const form = { as: "admin", path: "/panel/staff/new", to: "/panel/invitations", choose: { "#f-role": "OFFICE" } };
    const { guest } = await letIn(browser, email, form);
    await guest.goto(`${base}/forgot-password`);
    await guest.fill("#f-email", email);
    await guest.click(main);
    await guest.waitForURL("**/forgot-password/sent");
    const link = await linkInMail(email, "reset-password");
    await guest.goto(link);
    assert.deepEqual(await problems(guest, { language: "tr" }), []);
    await guest.fill("#f-password", `${other}-yeni`);
    await guest.click("form button.btn-primary");
    await guest.waitForURL("**/login");
    await signIn(guest, email, `${other}-yeni`);
    await guest.waitForURL("**/panel");
    assert.equal((await guest.goto(link)).status(), 410);
    assert.deepEqual(await problems(guest, { language: "tr" }), []);
  },

  "the office's home leads to the workplaces that lack service, and on to an assignment": async (browser) => {
    const page = await (await context(browser, { as: "office" })).newPage();
    await page.goto(`${base}/panel`);
    await page.click('main a[href="/panel/workplaces/lacking"]');
    await page.waitForURL("**/panel/workplaces/lacking");
    const link = page.locator('tbody th a[href^="/panel/workplaces/"]').first();
    const [id] = (await link.getAttribute("href")).match(/[0-9a-f-]{36}$/);
    const found = await get("office", `/api/v1/workplaces/${id}`);
    assert.equal(await link.innerText(), found.title);
    assert.ok(found.requiredMinutes.expert > 0);
    await page.locator(`a[href="/panel/workplaces/${id}/assign"]`).click();
    await page.waitForURL(`**/panel/workplaces/${id}/assign`);
    assert.ok((await page.locator("main").innerText()).includes(found.title));
  },
};

// Every page that is looked at in each size, theme and language. A page author adds a line here.
//
// `as` is the demo account that opens it (none: nobody is signed in); `path` may be a function that finds the address
// by the API (`get`, `post`), for pages of one record.

const one = async (get, resource, query = "?limit=1") => (await get(`/api/v1/${resource}${query}`))[0].id;
const first = (resource, query) => async (get) => `/panel/${resource}/${await one(get, resource, query)}`;

/// A file of employees that has been checked, once for each workplace: its header, and rows of which some are wrong.
const checked = new Map();
const importOf = async (get, post) => {
  const workplaceId = await one(get, "workplaces");
  const check = async () => {
    const rows = Array.from({ length: 30 }, (_, at) => `Kişi;Soyadı${at};${at % 3 ? "01.02.2024" : "31.02.2024"};${at % 5 ? "" : "12"}`);
    const file = Buffer.from(`Ad;Soyad;İşe Giriş Tarihi;Telefon;Not\r\n${rows.join("\r\n")}\r\n`);
    const made = await post("/api/v1/imports", { workplaceId, fileName: "çalışanlar.csv", length: file.length });
    const headers = Object.fromEntries(made.upload.headers.filter(({ name }) => !["host", "content-length"].includes(name)).map(({ name, value }) => [name, value]));
    await fetch(made.upload.url, { method: "PUT", headers, body: file });
    await post(`/api/v1/imports/${made.id}/check`, {});
    for (let tries = 0; tries < 100; tries += 1) {
      const { status } = await get(`/api/v1/imports/${made.id}`);
      if (status === "CHECKED") return `/imports/${made.id}`;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    throw new Error("the file was not checked");
  };
  if (!checked.has(workplaceId)) checked.set(workplaceId, check());
  return checked.get(workplaceId);
};

export const pages = [
  { name: "start", path: "/" },
  { name: "login", path: "/login" },
  { name: "register", path: "/register" },
  { name: "register-sent", path: "/register/sent" },
  { name: "forgot-password", path: "/forgot-password" },
  { name: "forgot-password-sent", path: "/forgot-password/sent" },
  { name: "offline", path: "/offline" },
  { name: "not-found", path: "/nothing-here", status: 404 },
  { name: "panel", path: "/panel", as: "admin" },
  { name: "companies", path: "/panel/companies", as: "admin" },
  { name: "companies-nothing", path: "/panel/companies?q=zzzzzz", as: "office" },
  { name: "company", path: first("companies"), as: "admin" },
  { name: "company-edit", path: async (get) => `${await first("companies")(get)}/edit`, as: "office" },
  { name: "company-new", path: "/panel/companies/new", as: "office" },
  { name: "company-status", path: async (get) => `${await first("companies")(get)}/status`, as: "office" },
  { name: "company-status-dialog", path: first("companies"), as: "office", prepare: (page) => page.click('[data-dialog="status"]') },
  { name: "company-delete", path: async (get) => `${await first("companies")(get)}/delete`, as: "admin" },
  { name: "companies-chosen", path: "/panel/companies", as: "office", prepare: (page) => page.locator(".row-check").first().check() },
  {
    name: "companies-bulk",
    path: "/panel/companies",
    as: "office",
    prepare: async (page) => {
      for (const at of [0, 1, 2]) await page.locator(".row-check").nth(at).check();
      await page.click("#bulk button");
      await page.waitForSelector("#f-to");
    },
  },
  { name: "workplaces", path: "/panel/workplaces", as: "admin" },
  { name: "workplaces-lacking", path: "/panel/workplaces/lacking", as: "office" },
  { name: "workplace", path: first("workplaces"), as: "admin" },
  { name: "workplace-new", path: async (get) => `/panel/workplaces/new?companyId=${await one(get, "companies")}`, as: "office" },
  { name: "workplace-edit", path: async (get) => `${await first("workplaces")(get)}/edit`, as: "office" },
  { name: "workplace-class", path: async (get) => `${await first("workplaces")(get)}/danger-class`, as: "office" },
  { name: "workplace-assign", path: async (get) => `${await first("workplaces")(get)}/assign`, as: "office" },
  { name: "assignment-edit", path: async (get) => `/panel/workplaces/assignments/${await one(get, "assignments")}/edit`, as: "office" },
  { name: "workplace-delete", path: async (get) => `${await first("workplaces")(get)}/delete`, as: "admin" },
  { name: "employees", path: "/panel/employees", as: "admin" },
  { name: "employees-nobody", path: "/panel/employees?q=zzzzzz", as: "doctor" },
  { name: "employee", path: first("employees"), as: "admin" },
  { name: "employee-new", path: "/panel/employees/new", as: "office" },
  { name: "employee-edit", path: async (get) => `${await first("employees")(get)}/edit`, as: "admin" },
  { name: "employee-end", path: async (get) => `/panel/employees/${(await get("/api/v1/employees?limit=1&isActive=true"))[0].id}/terminate`, as: "office" },
  { name: "imports", path: "/imports", as: "office" },
  { name: "import-company", path: "/imports/new", as: "office" },
  { name: "import-upload", path: async (get) => `/imports/new?companyId=${(await get("/api/v1/companies?limit=1"))[0].id}`, as: "office" },
  { name: "import", path: importOf, as: "admin" },
  { name: "jobs", path: "/jobs", as: "admin" },
  { name: "job", path: async (get) => `/jobs/${await one(get, "jobs")}`, as: "admin" },
  { name: "job-cancel", path: async (get) => `/jobs/${await one(get, "jobs")}/cancel`, as: "admin" },
  { name: "audit", path: "/panel/audit", as: "admin" },
  { name: "audit-nothing", path: "/panel/audit?q=zzzzzz", as: "admin" },
  { name: "audit-entry", path: first("audit"), as: "admin" },
  { name: "flags", path: "/panel/flags", as: "admin" },
  { name: "flag", path: "/panel/flags/exports", as: "admin" },
  { name: "portal", path: "/portal", as: "client" },
  { name: "find", path: "/panel/find?q=y%C4%B1ld", as: "expert" },
  { name: "portal-workplaces", path: "/portal/workplaces", as: "client" },
  { name: "portal-workplace", path: async (get) => `/portal/workplaces/${await one(get, "workplaces")}`, as: "client" },
  { name: "portal-employees", path: "/portal/employees", as: "client" },
  { name: "portal-employee", path: async (get) => `/portal/employees/${await one(get, "employees")}`, as: "client" },
  { name: "portal-employee-new", path: "/portal/employees/new", as: "client" },
  { name: "panel-office", path: "/panel", as: "office" },
  { name: "panel-doctor", path: "/panel", as: "doctor" },
  { name: "panel-expert", path: "/panel", as: "expert" },
  { name: "profile", path: "/panel/profile", as: "expert" },
  { name: "profile-password", path: "/panel/profile/password", as: "expert" },
  { name: "profile-email", path: "/panel/profile/email", as: "expert" },
  { name: "profile-sessions", path: "/panel/profile/sessions", as: "admin" },
  { name: "staff", path: "/panel/staff", as: "admin" },
  { name: "staff-short", path: "/panel/staff", as: "office" },
  { name: "staff-nothing", path: "/panel/staff?q=zzzzzz", as: "admin" },
  { name: "staff-one", path: first("staff", "?role=EXPERT&isActive=true&limit=1"), as: "admin" },
  { name: "staff-gone", path: first("staff", "?isActive=false&limit=1"), as: "admin" },
  { name: "staff-one-short", path: first("staff"), as: "office" },
  { name: "staff-edit", path: async (get) => `${await first("staff", "?role=EXPERT&limit=1")(get)}/edit`, as: "admin" },
  { name: "staff-deactivate", path: async (get) => `${await first("staff", "?role=DOCTOR&limit=1")(get)}/deactivate`, as: "admin" },
  { name: "staff-new", path: "/panel/staff/new", as: "admin" },
  { name: "users", path: "/panel/users", as: "office" },
  { name: "user", path: first("users"), as: "admin" },
  { name: "user-edit", path: async (get) => `${await first("users")(get)}/edit`, as: "office" },
  { name: "user-new", path: "/panel/users/new", as: "office" },
  { name: "invitations", path: "/panel/invitations", as: "admin" },
  { name: "invitations-nothing", path: "/panel/invitations?q=zzzzzz", as: "office" },
  { name: "colleagues", path: "/portal/colleagues", as: "client" },
  { name: "colleague-new", path: "/portal/colleagues/new", as: "client" },
  { name: "portal-profile", path: "/portal/profile", as: "client" },
  { name: "forbidden", path: "/panel/staff", as: "expert", status: 403 },
  { name: "gone", path: "/reset-password/nobody-made-this", status: 404 },
  { name: "design", path: "/design" },
];

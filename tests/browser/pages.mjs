// Every page that is looked at in each size, theme and language. A page author adds a line here.
//
// `as` is the demo account that opens it (none: nobody is signed in); `path` may be a function that finds the address
// by the API, for pages of one record.

const one = async (get, resource) => (await get(`/api/v1/${resource}?limit=1`))[0].id;
const first = (resource) => async (get) => `/panel/${resource}/${await one(get, resource)}`;

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
  { name: "portal", path: "/portal", as: "client" },
  { name: "find", path: "/panel/find?q=y%C4%B1ld", as: "expert" },
  { name: "portal-workplaces", path: "/portal/workplaces", as: "client" },
  { name: "portal-workplace", path: async (get) => `/portal/workplaces/${await one(get, "workplaces")}`, as: "client" },
  { name: "portal-employees", path: "/portal/employees", as: "client" },
  { name: "portal-employee", path: async (get) => `/portal/employees/${await one(get, "employees")}`, as: "client" },
  { name: "portal-employee-new", path: "/portal/employees/new", as: "client" },
  { name: "design", path: "/design" },
];

// Every page that is looked at in each size, theme and language. A page author adds a line here.
//
// `as` is the demo account that opens it (none: nobody is signed in); `path` may be a function that finds the address
// by the API, for pages of one record.

const first = (resource) => async (get) => `/panel/${resource}/${(await get(`/api/v1/${resource}?limit=1`))[0].id}`;

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
  { name: "portal", path: "/portal", as: "client" },
  { name: "find", path: "/panel/find?q=y%C4%B1ld", as: "expert" },
  { name: "design", path: "/design" },
];

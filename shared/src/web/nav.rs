//! The ways through the panel and the portal: one table, because no feature knows of the others' pages.
//!
//! Like the role matrix this names features' nouns in the common crate, and for the same reason. An entry is shown
//! to whoever may call its operation.

use crate::auth::{
    Caller,
    policy::{self, Operation, Permission as _},
};

/// One way. What the panel and the portal share, long work, has an address of neither.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// The path.
    pub path: &'static str,
    /// The name of its text.
    pub text: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// The operation that the page needs.
    operation: &'static Operation,
}

macro_rules! ways {
    ($($path:literal $text:literal $icon:literal $operation:ident;)*) => {
        &[$(Way { path: $path, text: $text, icon: $icon, operation: policy::$operation::OPERATION }),*]
    };
}

/// The panel's ways, in their order.
pub const PANEL: &[Way] = ways! {
    "/panel"             "nav.home"         "home"         SignedInPage;
    "/panel/companies"   "nav.companies"    "building-2"   ListCompanies;
    "/panel/workplaces"  "nav.workplaces"   "factory"      ListWorkplaces;
    "/panel/employees"   "nav.employees"    "users"        ListEmployees;
    "/panel/staff"       "nav.staff"        "hard-hat"     ListStaff;
    "/panel/users"       "nav.users"        "user"         ListUsers;
    "/imports"           "nav.imports"      "upload"       ListImports;
    "/jobs"              "nav.jobs"         "list-checks"  ListJobs;
    "/panel/audit"       "nav.audit"        "history"      ListAudit;
    "/panel/flags"       "nav.flags"        "toggle-right" ListFlags;
};

/// The portal's ways, in their order.
pub const PORTAL: &[Way] = ways! {
    "/portal"            "nav.home"         "home"         SignedInPage;
    "/portal/workplaces" "nav.workplaces"   "factory"      ListWorkplaces;
    "/portal/employees"  "nav.employees"    "users"        ListEmployees;
    "/portal/colleagues" "nav.colleagues"   "user"         ListUsers;
    "/imports"           "nav.imports"      "upload"       ListImports;
    "/jobs"              "nav.jobs"         "list-checks"  ListJobs;
};

/// The ways that this caller has.
pub fn ways(caller: &Caller) -> impl Iterator<Item = &'static Way> {
    let (role, company_admin) = (caller.role, caller.company_admin);
    let list = if role.is_staff() { PANEL } else { PORTAL };
    list.iter().filter(move |way| way.operation.is_open_to(role, company_admin))
}

/// Where a caller begins.
pub fn home(caller: &Caller) -> &'static str {
    if caller.role.is_staff() { "/panel" } else { "/portal" }
}

/// Whether the path is a page of the frame that this caller does not have: the panel is the staff's, the portal the
/// customers'. To them it is not there, whatever the operation would allow.
pub fn is_elsewhere(caller: &Caller, path: &str) -> bool {
    let other = if caller.role.is_staff() { "/portal/" } else { "/panel/" };
    path.starts_with(other)
}

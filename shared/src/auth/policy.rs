//! The role matrix: one table of every operation, who may call it, and which limits it takes from.
//!
//! An operation's name is the name of its handler and its `operationId` in the OpenAPI document. A
//! route whose operation is not in this table is refused when the router is built. This is the
//! one place of the common crate where the features' nouns appear: one table can be read and
//! judged at a glance, five cannot.

use super::Role;

/// How much of what an operation is about a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// The operation is not for this role.
    None,
    /// Everything of the tenant.
    All,
    /// What belongs to the workplaces that the user is assigned to.
    Assigned,
    /// What belongs to the user's own company, or to the user alone.
    Own,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a look at session, limits or anything else that may be away: health checks.
    Open,
    /// Anybody, signed in or not.
    Public,
    /// Everybody who is signed in.
    SignedIn,
    /// Grants in the order ADMIN, OFFICE, DOCTOR, EXPERT, CLIENT.
    Roles([Grant; 5]),
}

/// What only the administrators of a customer's users may call among what CLIENT may.
const COMPANY_ADMINS_ONLY: &[&str] = &[
    "list_users",
    "create_user",
    "get_user",
    "invite_user",
    "update_user",
    "deactivate_user",
    "reactivate_user",
    "list_invitations",
    "get_invitation",
    "revoke_invitation",
    "resend_invitation",
];

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The handler's name.
    pub name: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Limits besides those that every call takes from, by their names in the table of limits.
    pub limits: &'static [&'static str],
}

impl Operation {
    /// What the role reaches by this operation.
    pub fn grant(&self, role: Role) -> Grant {
        match self.access {
            Access::Open | Access::Public | Access::SignedIn => Grant::Own,
            Access::Roles([admin, office, doctor, expert, client]) => match role {
                Role::Admin => admin,
                Role::Office => office,
                Role::Doctor => doctor,
                Role::Expert => expert,
                Role::Client => client,
            },
        }
    }

    /// Whether it is open to a user. Some operations are for those of a customer's users who administer the others.
    pub fn is_open_to(&self, role: Role, company_admin: bool) -> bool {
        self.grant(role) != Grant::None
            && (role.is_staff() || company_admin || !COMPANY_ADMINS_ONLY.contains(&self.name))
    }

    /// The operation of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }
}

/// A type that stands for one operation, for [`Allowed`](super::Allowed).
pub trait Permission: Send + Sync + 'static {
    /// The operation's row.
    const OPERATION: &'static Operation;
}

macro_rules! policy {
    ($( $(#[doc = $doc:literal])* $type:ident $name:ident $access:tt $([$($limit:ident),*])?; )*) => {
        /// The table.
        pub const OPERATIONS: &[Operation] = &[$($type::OPERATION_ROW),*];

        $(
            #[doc = concat!("The operation `", stringify!($name), "`.")]
            #[derive(Debug, Clone, Copy)]
            pub struct $type;

            impl $type {
                const OPERATION_ROW: Operation = Operation {
                    name: stringify!($name),
                    access: policy!(@access $access),
                    limits: &[$($(stringify!($limit)),*)?],
                };
            }

            impl Permission for $type {
                const OPERATION: &'static Operation = &Self::OPERATION_ROW;
            }
        )*
    };
    (@access open) => { Access::Open };
    (@access public) => { Access::Public };
    (@access signed_in) => { Access::SignedIn };
    (@access ($a:ident $o:ident $d:ident $e:ident $c:ident)) => {
        Access::Roles([policy!(@ $a), policy!(@ $o), policy!(@ $d), policy!(@ $e), policy!(@ $c)])
    };
    (@ all) => { Grant::All };
    (@ asg) => { Grant::Assigned };
    (@ own) => { Grant::Own };
    (@ no) => { Grant::None };
}

policy! {
    // system
    GetHealth               get_health                  open;
    GetReadiness            get_readiness               open;
    GetOpenapi              get_openapi                 public;
    GetDocs                 get_docs                    public;
    GetDocsErrors           get_docs_errors             public;
    GetDocsStyle            get_docs_style              public;

    // pages that have no operation of the API; those that have one use its row
    PublicPage              public_page                 public;
    SignedInPage            signed_in_page              signed_in;

    // identity: signing in
    Register                register                    public [AUTH, REGISTER_ADDRESS];
    ConfirmRegistration     confirm_registration        public [AUTH];
    SignIn                  sign_in                     public [AUTH];
    RefreshTokens           refresh_tokens              public [AUTH];
    ForgotPassword          forgot_password             public [AUTH, RESET_ADDRESS];
    ResetPassword           reset_password              public [AUTH, RESET_CONSUME];
    AcceptInvite            accept_invite               public [AUTH, RESET_CONSUME];
    ConfirmEmail            confirm_email               public [AUTH, RESET_CONSUME];
    SignOut                 sign_out                    signed_in;
    SignOutEverywhere       sign_out_everywhere         signed_in;
    GetMe                   get_me                      signed_in;
    ListSessions            list_sessions               signed_in;
    EndSession              end_session                 signed_in;
    EndOtherSessions        end_other_sessions          signed_in;
    ChangePassword          change_password             signed_in [AUTH];
    GetProfile              get_profile                 signed_in;
    UpdateProfile           update_profile              signed_in;
    ChangeEmail             change_email                signed_in [AUTH];

    // identity: people and the tenant      ADMIN OFFICE DOCTOR EXPERT CLIENT
    ListStaff               list_staff                  (all all no no no);
    CreateStaff             create_staff                (all no no no no);
    GetStaff                get_staff                   (all all no no no);
    UpdateStaff             update_staff                (all no no no no);
    DeactivateStaff         deactivate_staff            (all no no no no);
    ReactivateStaff         reactivate_staff            (all no no no no);
    ResetStaffPassword      reset_staff_password        (all no no no no);
    ListUsers               list_users                  (all all no no own);
    CreateUser              create_user                 (all all no no own);
    GetUser                 get_user                    (all all no no own);
    InviteUser              invite_user                 (all all no no own);
    UpdateUser              update_user                 (all all no no own);
    DeactivateUser          deactivate_user             (all all no no own);
    ReactivateUser          reactivate_user             (all all no no own);
    ListInvitations         list_invitations            (all all no no own);
    GetInvitation           get_invitation              (all all no no own);
    RevokeInvitation        revoke_invitation           (all all no no own);
    ResendInvitation        resend_invitation           (all all no no own);
    GetTenant               get_tenant                  (all all all all own);
    UpdateTenant            update_tenant               (all no no no no);

    // companies                            ADMIN OFFICE DOCTOR EXPERT CLIENT
    ListCompanies           list_companies              (all all asg asg own);
    CreateCompany           create_company              (all all no no no);
    GetCompany              get_company                 (all all asg asg own);
    UpdateCompany           update_company              (all all no no no);
    DeleteCompany           delete_company              (all no no no no);
    RestoreCompany          restore_company             (all no no no no);
    ChangeCompanyStatus     change_company_status       (all all no no no);
    ListCompanyStatusHistory list_company_status_history (all all no no no);
    ExportCompanies         export_companies            (all all asg asg own) [EXPORT];
    ListWorkplaces          list_workplaces             (all all asg asg own);
    CreateWorkplace         create_workplace            (all all no no no);
    GetWorkplace            get_workplace               (all all asg asg own);
    UpdateWorkplace         update_workplace            (all all no no no);
    DeleteWorkplace         delete_workplace            (all no no no no);
    RestoreWorkplace        restore_workplace           (all no no no no);
    OverrideDangerClass     override_danger_class       (all all no no no);
    ExportWorkplaces        export_workplaces           (all all asg asg own) [EXPORT];
    ListEmployees           list_employees              (all all asg asg own);
    CreateEmployee          create_employee             (all all no no own);
    GetEmployee             get_employee                (all all asg asg own);
    UpdateEmployee          update_employee             (all all no no own);
    DeleteEmployee          delete_employee             (all no no no no);
    RestoreEmployee         restore_employee            (all no no no no);
    TerminateEmployee       terminate_employee          (all all no no own);
    ExportEmployees         export_employees            (all all asg asg own) [EXPORT];
    ListAssignments         list_assignments            (all all no no no);
    CreateAssignment        create_assignment           (all all no no no);
    GetAssignment           get_assignment              (all all no no no);
    UpdateAssignment        update_assignment           (all all no no no);
    DeleteAssignment        delete_assignment           (all all no no no);
    RestoreAssignment       restore_assignment          (all all no no no);
    ListImports             list_imports                (all all no no own);
    CreateImport            create_import               (all all no no own) [UPLOAD];
    GetImport               get_import                  (all all no no own);
    SignImportUpload        sign_import_upload          (all all no no own) [UPLOAD];
    CheckImport             check_import                (all all no no own);
    ListImportErrors        list_import_errors          (all all no no own);
    ApplyImport             apply_import                (all all no no own);
    ListNace                list_nace                   signed_in;
    ListProvinces           list_provinces              signed_in;
    ListDistricts           list_districts              signed_in;

    // system: for administrators           ADMIN OFFICE DOCTOR EXPERT CLIENT
    PurgeCache              purge_cache                 (all no no no no);
    ListFlags               list_flags                  (all no no no no);
    GetFlag                 get_flag                    (all no no no no);
    UpdateFlag              update_flag                 (all no no no no);
    ListJobRuns             list_job_runs               (all no no no no);
    ListJobs                list_jobs                   signed_in;
    GetJob                  get_job                     signed_in;
    CancelJob               cancel_job                  signed_in;
    ListAudit               list_audit                  (all no no no no);
}

/// The operations of the API: not the rows that only pages use.
pub fn api_operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| !operation.name.ends_with("_page"))
}

/// The operations that a user may call, for the caller's own `me`.
pub fn operations_of(role: Role, company_admin: bool) -> impl Iterator<Item = &'static str> {
    api_operations().filter(move |operation| operation.is_open_to(role, company_admin)).map(|operation| operation.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for (index, operation) in OPERATIONS.iter().enumerate() {
            assert!(
                OPERATIONS[..index].iter().all(|earlier| earlier.name != operation.name),
                "{} twice",
                operation.name
            );
            assert_eq!(Operation::find(operation.name).map(|found| found.name), Some(operation.name));
        }
        assert!(Operation::find("drop_everything").is_none());
    }

    #[test]
    fn a_client_sees_what_administers_users_only_as_company_admin() {
        let of = |role, company_admin| operations_of(role, company_admin).collect::<Vec<_>>();
        assert!(of(Role::Client, true).contains(&"invite_user"));
        let plain = of(Role::Client, false);
        assert!(plain.contains(&"list_employees") && !plain.iter().any(|name| COMPANY_ADMINS_ONLY.contains(name)));
        assert!(of(Role::Office, false).contains(&"invite_user"));
        assert!(COMPANY_ADMINS_ONLY.iter().all(|name| Operation::find(name).is_some()));
    }

    #[test]
    fn what_administers_users_is_closed_to_everybody_but_admin() {
        for name in ["create_staff", "update_staff", "deactivate_staff", "list_audit", "purge_cache"] {
            let operation = Operation::find(name).unwrap();
            for role in [Role::Office, Role::Doctor, Role::Expert, Role::Client] {
                assert_eq!(operation.grant(role), Grant::None, "{name} {role}");
            }
        }
    }
}

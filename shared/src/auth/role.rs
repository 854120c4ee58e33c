//! The five roles.

crate::text_enum! {
    /// What a user is in a tenant.
    pub enum Role {
        /// Administrator: the whole tenant.
        Admin = "ADMIN",
        /// Office staff: customers, finance, support and scheduling; no clinical data.
        Office = "OFFICE",
        /// Workplace physician or other health staff: the assigned workplaces.
        Doctor = "DOCTOR",
        /// Occupational safety expert: the assigned workplaces, no clinical data.
        Expert = "EXPERT",
        /// A customer's user: the own company.
        Client = "CLIENT",
    }
}

impl Role {
    /// Whether this is somebody of the OSGB and not of a customer.
    pub fn is_staff(self) -> bool {
        self != Self::Client
    }
}

//! The roles as people call them.

use shared::auth::Role;

/// In Turkish.
pub(super) fn tr(role: Role) -> &'static str {
    match role {
        Role::Admin => "Yönetici",
        Role::Office => "Ofis personeli",
        Role::Doctor => "İşyeri hekimi",
        Role::Expert => "İş güvenliği uzmanı",
        Role::Client => "Firma kullanıcısı",
    }
}

/// In English.
pub(super) fn en(role: Role) -> &'static str {
    match role {
        Role::Admin => "Administrator",
        Role::Office => "Office staff",
        Role::Doctor => "Workplace physician",
        Role::Expert => "Occupational safety expert",
        Role::Client => "Company user",
    }
}

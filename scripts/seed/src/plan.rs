//! Which tenants, accounts and customers the demo data have.

use shared::auth::Role;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "Prosektor-Demo-2026";

/// A tenant of the demo data.
#[derive(Debug)]
pub(crate) struct TenantPlan {
    pub(crate) name: &'static str,
    pub(crate) slug: &'static str,
    pub(crate) seed: u64,
    pub(crate) staff: &'static [Person],
    pub(crate) customers: &'static [Customer],
    pub(crate) companies: usize,
    pub(crate) employees: usize,
    /// The vehicle plate codes of the provinces that it works in.
    pub(crate) provinces: &'static [&'static str],
}

/// Somebody who signs in.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) email: &'static str,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) role: Role,
    pub(crate) title: &'static str,
}

/// A customer whose name and user are known beforehand.
#[derive(Debug)]
pub(crate) struct Customer {
    pub(crate) name: &'static str,
    /// The place of its trade in the list.
    pub(crate) trade: usize,
    pub(crate) user: Person,
}

/// Both tenants; they never see each other.
pub(crate) const TENANTS: &[TenantPlan] = &[
    TenantPlan {
        name: "Anadolu OSGB",
        slug: "anadolu",
        seed: 6331,
        staff: &[
            Person {
                email: "admin@anadolu.test",
                first_name: "Zerrin",
                last_name: "Aksoy",
                role: Role::Admin,
                title: "Sorumlu Müdür",
            },
            Person {
                email: "hekim@anadolu.test",
                first_name: "Ömer",
                last_name: "Şahin",
                role: Role::Doctor,
                title: "İşyeri Hekimi",
            },
            Person {
                email: "uzman@anadolu.test",
                first_name: "Işıl",
                last_name: "Çetin",
                role: Role::Expert,
                title: "A Sınıfı İş Güvenliği Uzmanı",
            },
            Person {
                email: "ofis@anadolu.test",
                first_name: "Gökhan",
                last_name: "Yıldırım",
                role: Role::Office,
                title: "Operasyon Sorumlusu",
            },
        ],
        customers: &[
            Customer {
                name: "Yıldız Metal A.Ş.",
                trade: 0,
                user: Person {
                    email: "musteri@yildiz.test",
                    first_name: "Selin",
                    last_name: "Yıldız",
                    role: Role::Client,
                    title: "İnsan Kaynakları Müdürü",
                },
            },
            Customer {
                name: "Çınar Gıda Ltd. Şti.",
                trade: 1,
                user: Person {
                    email: "musteri@cinar.test",
                    first_name: "Hasan",
                    last_name: "Çınar",
                    role: Role::Client,
                    title: "Genel Müdür",
                },
            },
        ],
        companies: 40,
        employees: 1_200,
        provinces: &["06", "34", "41", "16", "42", "26"],
    },
    TenantPlan {
        name: "Ege OSGB",
        slug: "ege",
        seed: 6698,
        staff: &[
            Person {
                email: "admin@ege.test",
                first_name: "Defne",
                last_name: "Ege",
                role: Role::Admin,
                title: "Sorumlu Müdür",
            },
            Person {
                email: "hekim@ege.test",
                first_name: "Nilgün",
                last_name: "Özkan",
                role: Role::Doctor,
                title: "İşyeri Hekimi",
            },
            Person {
                email: "uzman@ege.test",
                first_name: "Barış",
                last_name: "Tekin",
                role: Role::Expert,
                title: "A Sınıfı İş Güvenliği Uzmanı",
            },
        ],
        customers: &[Customer {
            name: "Deniz Lojistik A.Ş.",
            trade: 3,
            user: Person {
                email: "musteri@deniz.test",
                first_name: "Kaan",
                last_name: "Deniz",
                role: Role::Client,
                title: "Filo Müdürü",
            },
        }],
        companies: 12,
        employees: 300,
        provinces: &["35", "45", "20", "09"],
    },
];

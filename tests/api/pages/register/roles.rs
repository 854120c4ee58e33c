//! Which page of the register is for whom: the role matrix, as pages.

use serde_json::json;
use tests::harness::{Client, new_id, with_tenant};

use crate::companies::{DANGEROUS, company, employee, id, workplace};

#[tokio::test]
async fn each_page_opens_for_the_roles_of_its_operation_and_for_no_other() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let customer = company(&admin, "Yıldız Metal").await;
        let plant = workplace(&admin, &customer, DANGEROUS).await;
        let person = id(&employee(&admin, &plant, &json!({})).await);
        let (doctor, expert) = (t.doctor().await, t.expert().await);
        let mut assigned = String::new();
        for (staff, kind) in [(&doctor, "PHYSICIAN"), (&expert, "SAFETY_EXPERT")] {
            let body = json!({"staffId": staff.user, "workplaceId": plant, "kind": kind, "startsOn": "2024-01-01"});
            assigned = id(&admin.post("/api/v1/assignments", body).await.created());
        }
        let roles = [&admin, &t.office().await, &doctor, &expert, &t.client_of(&customer).await];
        // ADMIN, OFFICE, DOCTOR, EXPERT, CLIENT.
        // To a customer's user the panel is not there, nor the portal to staff, whatever the operation would allow.
        let everybody = [200, 200, 200, 200, 404];
        let office = [200, 200, 403, 403, 403];
        let with_customer = [200, 200, 403, 403, 404];
        let only_admin = [200, 403, 403, 403, 403];
        let portal = [404, 404, 404, 404, 200];
        let portal_forms = [404, 404, 403, 403, 200];
        let pages = [
            ("/panel/companies".to_owned(), everybody),
            ("/panel/companies/new".to_owned(), office),
            (format!("/panel/companies/{customer}"), everybody),
            (format!("/panel/companies/{customer}/edit"), office),
            (format!("/panel/companies/{customer}/status"), office),
            (format!("/panel/companies/{customer}/delete"), only_admin),
            ("/panel/workplaces".to_owned(), everybody),
            ("/panel/workplaces/new".to_owned(), office),
            (format!("/panel/workplaces/{plant}"), everybody),
            (format!("/panel/workplaces/{plant}/edit"), office),
            (format!("/panel/workplaces/{plant}/danger-class"), office),
            (format!("/panel/workplaces/{plant}/assign"), office),
            (format!("/panel/workplaces/assignments/{assigned}/edit"), office),
            (format!("/panel/workplaces/assignments/{assigned}/delete"), office),
            (format!("/panel/workplaces/{plant}/delete"), only_admin),
            ("/panel/employees".to_owned(), everybody),
            ("/panel/employees/new".to_owned(), with_customer),
            (format!("/panel/employees/{person}"), everybody),
            (format!("/panel/employees/{person}/edit"), with_customer),
            (format!("/panel/employees/{person}/terminate"), with_customer),
            (format!("/panel/employees/{person}/delete"), only_admin),
            ("/look-up/companies".to_owned(), [200; 5]),
            ("/look-up/workplaces".to_owned(), [200; 5]),
            ("/portal/workplaces".to_owned(), portal),
            (format!("/portal/workplaces/{plant}"), portal),
            ("/portal/employees".to_owned(), portal),
            ("/portal/employees/new".to_owned(), portal_forms),
            (format!("/portal/employees/{person}"), portal),
            (format!("/portal/employees/{person}/edit"), portal_forms),
            (format!("/portal/employees/{person}/terminate"), portal_forms),
        ];
        for (path, expected) in &pages {
            for (role, status) in roles.iter().zip(expected) {
                role.get(path).await.page(*status);
            }
            assert!(Client::anonymous().get(path).await.leads_to().starts_with("/login?next="), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn deleted_rows_are_for_administrators() {
    with_tenant(async |t| {
        let (admin, office) = (t.admin().await, t.office().await);
        let customer = company(&admin, "Silinecek Ltd.").await;
        let client = t.client_of(&company(&admin, "Kalan A.Ş.").await).await;
        admin.delete(&format!("/api/v1/companies/{customer}"), 1).await.no_content();
        for list in ["companies", "workplaces", "employees"] {
            let path = format!("/panel/{list}?includeDeleted=true");
            admin.get(&path).await.page(200);
            office.get(&path).await.page(403);
        }
        for list in ["workplaces", "employees"] {
            client.get(&format!("/portal/{list}?includeDeleted=true")).await.page(403);
        }
        assert!(admin.get("/panel/companies?includeDeleted=true").await.page(200).contains("Silinecek Ltd."));
        assert!(!admin.get("/panel/companies").await.page(200).contains("Silinecek Ltd."));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found_whatever_is_asked_of_it() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let nobody = new_id();
        for path in [
            format!("/panel/companies/{nobody}/status"),
            format!("/panel/companies/{nobody}/delete"),
            format!("/panel/companies/{nobody}/restore"),
            format!("/panel/workplaces/{nobody}"),
            format!("/panel/workplaces/{nobody}/danger-class"),
            format!("/panel/workplaces/{nobody}/assign"),
            format!("/panel/workplaces/{nobody}/restore"),
            format!("/panel/workplaces/assignments/{nobody}/edit"),
            format!("/panel/employees/{nobody}"),
            format!("/panel/employees/{nobody}/terminate"),
            format!("/panel/employees/{nobody}/restore"),
            format!("/panel/employees/new?from={nobody}"),
        ] {
            admin.get(&path).await.page(404);
        }
    })
    .await;
}

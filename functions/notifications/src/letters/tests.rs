//! Every letter in every language.

use super::*;

const LINK: &str = "https://panel.prosektor.test/reset-password/01938f2e-6b1a-7c44-8d55-0a1b2c3d4e5f.k1.AAAA-bbbb_cccc";
const SITE: &str = "https://panel.prosektor.test";
const EVIL: &str = r#"<script>alert("x")</script> & Ortakları A.Ş."#;

fn subjects(name: &str) -> Vec<Subject> {
    let at: DateTime<Utc> = "2026-11-22T18:14:05Z".parse().unwrap();
    let some = || Some(name.to_owned());
    let invite = |role, company| Subject::Invite { tenant: name.to_owned(), inviter: some(), role, company, hours: 72 };
    let mut all = vec![
        Subject::Confirm { hours: 24 },
        Subject::RegisteredAgain { hours: 24 },
        Subject::Reset { hours: 1 },
        Subject::Changed { at },
        Subject::Locked { at, until: Some(at + chrono::TimeDelta::minutes(15)) },
        Subject::Locked { at, until: None },
        Subject::NewDevice { at, device: some() },
        Subject::EmailConfirm { hours: 24 },
        Subject::EmailNotice { at, new_email: some() },
        Subject::Invite {
            tenant: name.to_owned(),
            inviter: None,
            role: Role::Client,
            company: Some(name.to_owned()),
            hours: 72,
        },
    ];
    all.extend(Role::ALL.iter().map(|role| invite(*role, None)));
    all
}

fn letters(name: &str) -> Vec<(Locale, Letter)> {
    subjects(name)
        .iter()
        .flat_map(|subject| {
            Locale::ALL.iter().map(move |locale| (*locale, write(subject, *locale, Some(name), LINK, SITE).unwrap()))
        })
        .collect()
}

#[test]
fn every_letter_has_its_parts_and_its_link() {
    for (locale, letter) in letters("Ege OSGB") {
        let (subject, text, html) = (&letter.subject, &letter.text, &letter.html);
        assert!((10..=70).contains(&subject.chars().count()), "{subject}");
        assert_eq!(text.matches(LINK).count(), 1, "{text}");
        assert_eq!(html.matches(&format!("href=\"{LINK}\"")).count(), 1, "{html}");
        // Once more to be copied, and no other link beside it.
        assert_eq!(html.matches(LINK).count(), 2, "{html}");
        assert_eq!(html.matches("href=").count(), 1, "{html}");
        assert!(html.contains(&format!("<html lang=\"{locale}\">")));
        assert!(text.contains("ProSektor") && text.contains(SITE) && html.contains(SITE));
        assert!(!text.contains("\n\n\n"), "{text}");
        // Gmail cuts what is longer than about 100 kB; calm letters stay far below.
        assert!(html.len() < 10_000);
    }
}

#[test]
fn names_are_text_and_never_markup() {
    for (_, letter) in letters(EVIL) {
        assert!(!letter.html.contains("<script"), "{}", letter.html);
        assert!(letter.html.contains("&#60;script&#62;"), "{}", letter.html);
        assert!(letter.text.contains(EVIL), "text is not HTML: {}", letter.text);
    }
}

#[test]
fn an_invitation_says_who_where_and_as_what() {
    let subject = Subject::Invite {
        tenant: "Ege OSGB".into(),
        inviter: Some("Ayşe Yılmaz".into()),
        role: Role::Doctor,
        company: None,
        hours: 72,
    };
    let letter = write(&subject, Locale::Tr, None, LINK, SITE).unwrap();
    for words in ["Ege OSGB", "Ayşe Yılmaz", "İşyeri hekimi", "72 saat"] {
        assert!(letter.text.contains(words) && letter.html.contains(words), "{words}: {}", letter.text);
    }
    let letter = write(&subject, Locale::En, None, LINK, SITE).unwrap();
    assert!(letter.text.contains("Workplace physician") && letter.text.contains("72 hours"), "{}", letter.text);
}

#[test]
fn a_long_name_leaves_room_in_the_subject() {
    for (_, letter) in letters(&"Uzun Adlı Kuruluş ".repeat(14)) {
        assert!(letter.subject.chars().count() <= 75, "{}", letter.subject);
    }
}

#[test]
fn times_are_istanbuls() {
    let at = "2026-12-31T21:05:00Z".parse().unwrap();
    let letter = write(&Subject::Changed { at }, Locale::Tr, None, LINK, SITE).unwrap();
    assert!(letter.text.contains("Zaman: 1 Ocak 2027, 00:05"), "{}", letter.text);
    let letter = write(&Subject::Changed { at }, Locale::En, None, LINK, SITE).unwrap();
    assert!(letter.text.contains("Time: 1 January 2027, 00:05 (Istanbul time)"), "{}", letter.text);
}

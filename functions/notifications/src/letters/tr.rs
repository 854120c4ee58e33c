//! The letters in Turkish.

use super::{Frame, Subject, Words, role, shortened, when};

pub(super) const FRAME: Frame = Frame {
    language: "tr",
    hello: "Merhaba",
    or_copy: "Düğme çalışmıyorsa bu adresi tarayıcınıza kopyalayın:",
    automatic: "Otomatik gönderildi; bu adrese gelen yanıtlar okunmaz.",
};

const ABOUT_THE_ACCOUNT: &str = "Bu e-postayı, ProSektor hesabınızın güvenliğiyle ilgili olduğu için aldınız.";
const RESET: &str = "Parolamı sıfırla";

#[expect(clippy::too_many_lines, reason = "a list of letters, read from top to bottom")]
pub(super) fn words(subject: &Subject) -> Words {
    match subject {
        Subject::Confirm { hours } => Words {
            subject: "ProSektor kaydınızı onaylayın".into(),
            title: "E-posta adresinizi onaylayın".into(),
            body: vec![
                "ProSektor’a bu e-posta adresiyle kayıt yapıldı. Hesabın açılması için adresin size ait olduğunu onaylayın."
                    .into(),
                "Kayıt sırasında belirlediğiniz parola sorulacak.".into(),
            ],
            facts: vec![],
            button: "Kaydı onayla",
            notes: vec![
                format!("Bağlantı {hours} saat geçerlidir ve bir kez kullanılabilir."),
                "Kaydı siz yapmadıysanız onaylamayın; onaylanmayan hesap açılmaz.".into(),
            ],
            reason: "Bu e-postayı, adresiniz ProSektor kayıt formuna yazıldığı için aldınız.",
        },
        Subject::RegisteredAgain { hours } => Words {
            subject: "ProSektor’da yeni kuruluş kaydını onaylayın".into(),
            title: "Zaten bir hesabınız var".into(),
            body: vec![
                "ProSektor’a bu e-posta adresiyle yeni bir kuruluş kaydedildi. Adresinizle açılmış bir hesap bulunduğu için ikinci bir hesap açılmadı."
                    .into(),
                "Kaydı siz yaptıysanız mevcut hesabınızın parolasıyla onaylayın; yeni kuruluşa da bu hesapla girersiniz.".into(),
            ],
            facts: vec![],
            button: "Yeni kuruluşu onayla",
            notes: vec![
                format!("Bağlantı {hours} saat geçerlidir ve bir kez kullanılabilir."),
                "Kaydı siz yapmadıysanız bu e-postayı dikkate almayın; hesabınızda değişiklik olmadı.".into(),
            ],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::Reset { hours } => Words {
            subject: "ProSektor parolanızı sıfırlayın".into(),
            title: "Parolanızı sıfırlayın".into(),
            body: vec!["Hesabınız için parola sıfırlama istendi. Yeni parolanızı belirlemek için devam edin.".into()],
            facts: vec![],
            button: "Yeni parola belirle",
            notes: vec![
                format!("Bağlantı {hours} saat geçerlidir ve bir kez kullanılabilir. Yeni bir bağlantı isterseniz bu bağlantı geçersiz olur."),
                "İstek sizden gelmediyse bu e-postayı dikkate almayın; parolanız değişmez.".into(),
            ],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::Changed { at } => Words {
            subject: "ProSektor parolanız değişti".into(),
            title: "Parolanız değişti".into(),
            body: vec![
                "Hesabınızın parolası değiştirildi. Güvenliğiniz için diğer cihazlardaki oturumlarınız kapatıldı.".into(),
                "Değişikliği siz yaptıysanız bir şey yapmanız gerekmez. Siz yapmadıysanız parolanızı hemen sıfırlayın ve kuruluşunuzun yöneticisine haber verin."
                    .into(),
            ],
            facts: vec![("Zaman", when::tr(*at))],
            button: RESET,
            notes: vec![],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::Invite { tenant, inviter, role, company, hours } => Words {
            subject: format!("{} sizi ProSektor’a davet ediyor", shortened(tenant)),
            title: format!("{tenant} sizi davet ediyor"),
            body: vec![
                "İş sağlığı ve güvenliği çalışmalarının yürütüldüğü ProSektor’a katılmaya davet edildiniz. Daveti kabul ettiğinizde hesabınız aşağıdaki rolle açılır."
                    .into(),
            ],
            facts: [
                inviter.clone().map(|name| ("Davet eden", name)),
                Some(("Kuruluş", tenant.clone())),
                company.clone().map(|name| ("Firma", name)),
                Some(("Rolünüz", role::tr(*role).to_owned())),
            ]
            .into_iter()
            .flatten()
            .collect(),
            button: "Daveti kabul et",
            notes: vec![
                format!("Davet {hours} saat geçerlidir."),
                "Daveti beklemiyorsanız bu e-postayı dikkate almayın; kabul etmediğiniz sürece hesap açılmaz.".into(),
            ],
            reason: "Bu e-postayı, yukarıdaki kuruluş sizi davet ettiği için aldınız.",
        },
        Subject::Locked { at, until } => Words {
            subject: "ProSektor hesabınız geçici olarak kilitlendi".into(),
            title: "Hesabınız geçici olarak kilitlendi".into(),
            body: vec![
                "Hesabınıza art arda hatalı parolayla giriş denendi. Güvenliğiniz için giriş bir süreliğine kapatıldı; süre dolunca kendiliğinden açılır."
                    .into(),
                "Beklemek istemiyorsanız ya da denemeleri siz yapmadıysanız parolanızı sıfırlayın; sıfırlama kilidi de kaldırır."
                    .into(),
            ],
            facts: [Some(("Zaman", when::tr(*at))), until.map(|until| ("Kilit bitişi", when::tr(until)))]
                .into_iter()
                .flatten()
                .collect(),
            button: RESET,
            notes: vec![],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::NewDevice { at, device } => Words {
            subject: "ProSektor hesabınıza yeni bir cihazdan giriş yapıldı".into(),
            title: "Yeni bir cihazdan giriş".into(),
            body: vec![
                "Hesabınıza daha önce kullanmadığınız bir cihazdan giriş yapıldı.".into(),
                "Giriş sizdense bir şey yapmanız gerekmez. Sizden değilse parolanızı hemen sıfırlayın; bu, bütün oturumları kapatır."
                    .into(),
            ],
            facts: [Some(("Zaman", when::tr(*at))), device.clone().map(|device| ("Cihaz", device))]
                .into_iter()
                .flatten()
                .collect(),
            button: RESET,
            notes: vec![],
            reason: ABOUT_THE_ACCOUNT,
        },
        Subject::EmailConfirm { hours } => Words {
            subject: "ProSektor için yeni e-posta adresinizi onaylayın".into(),
            title: "Yeni adresinizi onaylayın".into(),
            body: vec![
                "Bir ProSektor hesabının e-posta adresi bu adresle değiştirilmek isteniyor. Değişiklik, adresi onayladığınızda geçerli olur."
                    .into(),
            ],
            facts: vec![],
            button: "Adresi onayla",
            notes: vec![
                format!("Bağlantı {hours} saat geçerlidir ve bir kez kullanılabilir."),
                "İstek sizden gelmediyse bu e-postayı dikkate almayın; onaylamadığınız sürece adres değişmez.".into(),
            ],
            reason: "Bu e-postayı, adresiniz bir ProSektor hesabının yeni adresi olarak yazıldığı için aldınız.",
        },
        Subject::EmailNotice { at, new_email } => Words {
            subject: "ProSektor e-posta adresiniz değiştirilmek isteniyor".into(),
            title: "E-posta adresinizin değiştirilmesi istendi".into(),
            body: vec![
                "Hesabınızın e-posta adresinin değiştirilmesi istendi. Değişiklik, yeni adres onaylandığında geçerli olur."
                    .into(),
                "İstek sizdense bir şey yapmanız gerekmez. Sizden değilse parolanızı hemen sıfırlayın ve kuruluşunuzun yöneticisine haber verin."
                    .into(),
            ],
            facts: [Some(("Zaman", when::tr(*at))), new_email.clone().map(|email| ("Yeni adres", email))]
                .into_iter()
                .flatten()
                .collect(),
            button: RESET,
            notes: vec![],
            reason: ABOUT_THE_ACCOUNT,
        },
    }
}

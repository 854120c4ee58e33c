//! The words that the demo data are made of. Whoever recognises a real company: it is chance.

use companies::danger::DangerClass::{self, Dangerous, LessDangerous, VeryDangerous};

/// A line of business.
#[derive(Debug)]
pub(crate) struct Trade {
    /// How a company's name ends.
    pub(crate) name: &'static str,
    /// The activity's code.
    pub(crate) nace: &'static str,
    /// The class that the code has.
    pub(crate) class: DangerClass,
    /// What people do there.
    pub(crate) positions: &'static [&'static str],
}

/// The trades, a third of each danger class.
pub(crate) const TRADES: &[Trade] = &[
    Trade {
        name: "Metal",
        nace: "251106",
        class: Dangerous,
        positions: &["Kaynakçı", "Torna Operatörü", "Pres Operatörü", "Kalite Kontrol"],
    },
    Trade {
        name: "Gıda",
        nace: "107102",
        class: LessDangerous,
        positions: &["Fırın Ustası", "Paketleme İşçisi", "Hamurkâr", "Depo Görevlisi"],
    },
    Trade {
        name: "Elektrik Taahhüt",
        nace: "432101",
        class: VeryDangerous,
        positions: &["Elektrikçi", "Elektrik Teknisyeni", "Şantiye Şefi", "Pano Montajcısı"],
    },
    Trade {
        name: "Lojistik",
        nace: "494102",
        class: Dangerous,
        positions: &["Tır Şoförü", "Forklift Operatörü", "Sevkiyat Sorumlusu", "Depo Görevlisi"],
    },
    Trade {
        name: "Temizlik",
        nace: "812101",
        class: LessDangerous,
        positions: &["Temizlik Görevlisi", "Ekip Şefi", "Cam Temizlikçisi"],
    },
    Trade {
        name: "Kimya Gübre",
        nace: "201501",
        class: VeryDangerous,
        positions: &["Proses Operatörü", "Kimyager", "Dolum İşçisi", "Bakım Teknisyeni"],
    },
    Trade {
        name: "Beton",
        nace: "236301",
        class: Dangerous,
        positions: &["Mikser Şoförü", "Pompa Operatörü", "Santral Operatörü", "Laborant"],
    },
    Trade {
        name: "Lokantacılık",
        nace: "561101",
        class: LessDangerous,
        positions: &["Aşçı", "Garson", "Bulaşıkçı", "Kasiyer"],
    },
    Trade {
        name: "Madencilik",
        nace: "072901",
        class: VeryDangerous,
        positions: &["Maden İşçisi", "Ateşçi", "İş Makinesi Operatörü", "Sondör"],
    },
    Trade {
        name: "Hırdavat",
        nace: "475202",
        class: LessDangerous,
        positions: &["Satış Danışmanı", "Depo Görevlisi", "Muhasebeci"],
    },
    Trade {
        name: "Treyler",
        nace: "292001",
        class: Dangerous,
        positions: &["Kaynakçı", "Boyacı", "Montaj İşçisi", "Tasarım Mühendisi"],
    },
];

/// How a company's name begins.
pub(crate) const BRANDS: &[&str] = &[
    "Akasya",
    "Anafarta",
    "Ardıç",
    "Bahar",
    "Başak",
    "Bereket",
    "Boğaz",
    "Çağlayan",
    "Çamlıca",
    "Çelikel",
    "Doğuş",
    "Ekin",
    "Erguvan",
    "Fırat",
    "Göktürk",
    "Gülpınar",
    "Günışığı",
    "Hisar",
    "Irmak",
    "Işıklar",
    "İpek",
    "İnci",
    "Kardelen",
    "Karaçam",
    "Kervan",
    "Kızılırmak",
    "Lale",
    "Manolya",
    "Mavi Ufuk",
    "Nehir",
    "Ordu Yolu",
    "Öncü",
    "Özgün",
    "Palmiye",
    "Poyraz",
    "Safir",
    "Sedir",
    "Şahin",
    "Şelale",
    "Tuna",
    "Uludağ",
    "Üçgen",
    "Vadi",
    "Yakamoz",
    "Yayla",
    "Yeşilyurt",
    "Yonca",
    "Zeytin",
    "Zirve",
    "Zümrüt",
];

/// How it ends in the register.
pub(crate) const FORMS: &[&str] = &["A.Ş.", "Ltd. Şti.", "San. ve Tic. A.Ş.", "Tic. Ltd. Şti."];

/// Where customers come from.
pub(crate) const SOURCES: &[&str] = &["Tavsiye", "Web sitesi", "Fuar", "Telefon", "Kampanya"];

/// What a workplace is called.
pub(crate) const PLACES: &[&str] = &["Merkez", "Fabrika", "Şube", "Depo", "Şantiye", "Atölye", "Mağaza"];

/// What else people do anywhere.
pub(crate) const OFFICE: &[&str] = &["Muhasebeci", "Sekreter", "İnsan Kaynakları Uzmanı", "Güvenlik Görevlisi"];

/// Parts of a workplace.
pub(crate) const DEPARTMENTS: &[&str] = &["Üretim", "Depo", "Ofis", "Bakım", "Sevkiyat", "Kalite"];

/// Men's names.
pub(crate) const MEN: &[&str] = &[
    "Ahmet", "Ali", "Burak", "Can", "Cem", "Çağrı", "Deniz", "Emre", "Erdem", "Fatih", "Furkan", "Gökhan", "Hakan",
    "Halil", "Hasan", "Hüseyin", "İbrahim", "İlker", "İsmail", "Kemal", "Mehmet", "Murat", "Mustafa", "Oğuz", "Okan",
    "Onur", "Orhan", "Ömer", "Recep", "Selim", "Serkan", "Şükrü", "Tolga", "Uğur", "Ümit", "Volkan", "Yasin", "Yusuf",
];

/// Women's names.
pub(crate) const WOMEN: &[&str] = &[
    "Aslı", "Ayşe", "Aylin", "Başak", "Burcu", "Canan", "Çiğdem", "Derya", "Dilek", "Ebru", "Elif", "Emine", "Esra",
    "Fatma", "Filiz", "Gamze", "Gönül", "Gül", "Hatice", "Işıl", "İpek", "Kübra", "Leyla", "Meryem", "Merve", "Nur",
    "Özge", "Özlem", "Pınar", "Seda", "Selin", "Sevgi", "Sibel", "Şeyma", "Tuğba", "Ülkü", "Yasemin", "Zeynep",
];

/// Family names.
pub(crate) const FAMILIES: &[&str] = &[
    "Acar",
    "Akın",
    "Aksoy",
    "Arslan",
    "Aslan",
    "Aydın",
    "Bulut",
    "Can",
    "Coşkun",
    "Çakır",
    "Çelik",
    "Çetin",
    "Demir",
    "Doğan",
    "Er",
    "Erdoğan",
    "Güler",
    "Güneş",
    "Işık",
    "Kaplan",
    "Kara",
    "Karaca",
    "Kaya",
    "Keskin",
    "Kılıç",
    "Koç",
    "Korkmaz",
    "Kurt",
    "Öz",
    "Özcan",
    "Özdemir",
    "Öztürk",
    "Polat",
    "Sarı",
    "Şahin",
    "Şen",
    "Şimşek",
    "Taş",
    "Tekin",
    "Tunç",
    "Turan",
    "Türk",
    "Uçar",
    "Ünal",
    "Yalçın",
    "Yavuz",
    "Yıldırım",
    "Yıldız",
    "Yılmaz",
    "Yüksel",
];

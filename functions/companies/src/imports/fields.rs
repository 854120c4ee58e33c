//! What a column can hold, and the headers by which it is known.

use shared::types::turkish;

shared::text_enum! {
    /// What a column of a list of employees can hold.
    pub enum ImportField {
        /// T.C. kimlik no.
        Tckn = "tckn",
        /// First name.
        FirstName = "firstName",
        /// Last name.
        LastName = "lastName",
        /// First and last name in one cell; the last word is the last name.
        FullName = "fullName",
        /// Gender.
        Gender = "gender",
        /// Date of birth.
        BirthDate = "birthDate",
        /// Blood group.
        BloodGroup = "bloodGroup",
        /// The telephone.
        Phone = "phone",
        /// The e-mail.
        Email = "email",
        /// What the person does.
        Position = "position",
        /// The part of the workplace.
        Department = "department",
        /// The first day.
        StartDate = "startDate",
        /// The last day.
        EndDate = "endDate",
        /// Whether a sub-employer pays the person.
        IsSubcontractor = "isSubcontractor",
        /// How the person is employed.
        EmploymentType = "employmentType",
        /// The workplace, by its name or its SGK number.
        Workplace = "workplace",
    }
}

impl ImportField {
    /// The field that a header names.
    pub fn of_header(header: &str) -> Option<Self> {
        let key = compact(header);
        let known = |field: &&Self| field.headers().contains(&key.as_str());
        Self::ALL.iter().find(known).copied().filter(|_| !key.is_empty())
    }

    /// The headers that name it: folded, without blanks and other signs.
    #[expect(clippy::too_many_lines, reason = "a list of words, a field each")]
    const fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Tckn => &[
                "tckn",
                "tc",
                "tcno",
                "tckimlik",
                "tckimlikno",
                "tckimliknosu",
                "tckimliknumarasi",
                "tcknno",
                "tckimliknoykn",
                "tcknykn",
                "tckimliknoyabancikimlikno",
                "kimlikno",
                "kimliknumarasi",
                "tcvatandaslikno",
                "vatandaslikno",
                "ykn",
                "yabancikimlikno",
                "nationalid",
                "nationalidno",
                "tridentitynumber",
                "identitynumber",
                "idnumber",
            ],
            Self::FirstName => &[
                "ad",
                "adi",
                "isim",
                "ismi",
                "calisanadi",
                "calisaninadi",
                "personeladi",
                "personelinadi",
                "iscininadi",
                "firstname",
                "givenname",
                "name",
                "forename",
            ],
            Self::LastName => &[
                "soyad",
                "soyadi",
                "soyisim",
                "soyismi",
                "calisansoyadi",
                "calisaninsoyadi",
                "personelsoyadi",
                "personelinsoyadi",
                "lastname",
                "surname",
                "familyname",
            ],
            Self::FullName => &[
                "adsoyad",
                "adisoyadi",
                "adsoyadi",
                "adisoyad",
                "advesoyad",
                "adivesoyadi",
                "isimsoyisim",
                "ismisoyismi",
                "isimsoyad",
                "calisan",
                "personel",
                "calisanadsoyad",
                "calisanadisoyadi",
                "calisaninadisoyadi",
                "personeladsoyad",
                "personeladisoyadi",
                "personelinadisoyadi",
                "fullname",
                "namesurname",
                "firstandlastname",
                "employee",
                "employeename",
            ],
            Self::Gender => &["cinsiyet", "cinsiyeti", "gender", "sex"],
            Self::BirthDate => {
                &["dogumtarihi", "dogumtar", "dtarihi", "dogum", "birthdate", "dateofbirth", "dob", "birthday"]
            }
            Self::BloodGroup => &["kangrubu", "kangurubu", "kan", "bloodgroup", "bloodtype"],
            Self::Phone => &[
                "telefon",
                "telefonu",
                "telefonno",
                "telefonnumarasi",
                "tel",
                "telno",
                "cep",
                "cepno",
                "ceptel",
                "ceptelefonu",
                "ceptelefonno",
                "gsm",
                "gsmno",
                "phone",
                "phonenumber",
                "telephone",
                "mobile",
                "mobilephone",
            ],
            Self::Email => &[
                "eposta",
                "epostaadresi",
                "elektronikposta",
                "mail",
                "mailadresi",
                "email",
                "emailadresi",
                "emailaddress",
            ],
            Self::Position => &[
                "gorev",
                "gorevi",
                "unvan",
                "unvani",
                "gorevunvan",
                "gorevunvani",
                "goreviunvani",
                "goreviveunvani",
                "unvangorev",
                "gorevveunvan",
                "gorevmeslek",
                "pozisyon",
                "pozisyonu",
                "meslek",
                "meslegi",
                "meslekadi",
                "yaptigiis",
                "position",
                "title",
                "jobtitle",
                "job",
                "occupation",
            ],
            Self::Department => &[
                "departman",
                "departmani",
                "bolum",
                "bolumu",
                "birim",
                "birimi",
                "calistigibolum",
                "calistigibirim",
                "department",
                "unit",
                "division",
            ],
            Self::StartDate => &[
                "isegiristarihi",
                "isegiris",
                "isegiristar",
                "giristarihi",
                "isebaslamatarihi",
                "isebaslangictarihi",
                "isebaslama",
                "baslangictarihi",
                "baslamatarihi",
                "startdate",
                "hiredate",
                "dateofhire",
                "employmentdate",
                "employmentstartdate",
            ],
            Self::EndDate => &[
                "istencikistarihi",
                "istencikis",
                "cikistarihi",
                "istenayrilmatarihi",
                "istenayrilistarihi",
                "ayrilmatarihi",
                "ayrilistarihi",
                "bitistarihi",
                "enddate",
                "terminationdate",
                "leavedate",
                "employmentenddate",
            ],
            Self::IsSubcontractor => &[
                "taseron",
                "taseroncalisani",
                "taseronmu",
                "altisveren",
                "altisverencalisani",
                "altisverenmi",
                "subcontractor",
                "subemployer",
                "issubcontractor",
            ],
            Self::EmploymentType => &[
                "calismaturu",
                "calismasekli",
                "calismatipi",
                "istihdamturu",
                "istihdamsekli",
                "employmenttype",
                "worktype",
                "typeofemployment",
            ],
            Self::Workplace => &[
                "isyeri",
                "isyeriadi",
                "isyeriunvani",
                "isyerisgksicilno",
                "isyerisicilno",
                "isyerisgkno",
                "isyerisicilnumarasi",
                "sgkisyerisicilno",
                "sgkisyerisicilnumarasi",
                "sgksicilno",
                "sgksicil",
                "sgkno",
                "sube",
                "subeadi",
                "lokasyon",
                "workplace",
                "workplacetitle",
                "workplacename",
                "workplacesgkno",
                "branch",
                "site",
                "location",
            ],
        }
    }
}

/// A text without case, accents, blanks and other signs; what stands in brackets explains and does not name.
pub(super) fn compact(text: &str) -> String {
    let named = text.split(['(', '[']).next().unwrap_or_default();
    turkish::search_key(named).replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_however_they_are_written() {
        let cases = [
            ("T.C. Kimlik No", ImportField::Tckn),
            ("TCKN", ImportField::Tckn),
            ("T.C. KİMLİK NUMARASI *", ImportField::Tckn),
            ("Ad", ImportField::FirstName),
            ("ADI", ImportField::FirstName),
            ("Soyadı", ImportField::LastName),
            ("SOYADI", ImportField::LastName),
            ("Adı Soyadı", ImportField::FullName),
            ("ADI-SOYADI", ImportField::FullName),
            ("Cinsiyet", ImportField::Gender),
            ("Doğum Tarihi (gg.aa.yyyy)", ImportField::BirthDate),
            ("DOGUM TARIHI", ImportField::BirthDate),
            ("İşe Giriş Tarihi", ImportField::StartDate),
            ("ISE GIRIS TARIHI", ImportField::StartDate),
            ("işten ayrılma tarihi", ImportField::EndDate),
            ("Görev/Unvan", ImportField::Position),
            ("Görevi / Ünvanı", ImportField::Position),
            ("Departman", ImportField::Department),
            ("Telefon", ImportField::Phone),
            ("E-posta", ImportField::Email),
            ("E-Mail", ImportField::Email),
            ("İşyeri / SGK Sicil No", ImportField::Workplace),
            ("Çalışma Türü", ImportField::EmploymentType),
            ("Kan Grubu", ImportField::BloodGroup),
            ("Taşeron mu?", ImportField::IsSubcontractor),
            ("First Name", ImportField::FirstName),
            ("date_of_birth", ImportField::BirthDate),
            ("startDate", ImportField::StartDate),
        ];
        for (header, field) in cases {
            assert_eq!(ImportField::of_header(header), Some(field), "{header}");
        }
        for header in ["", " ", "(TC)", "Sıra No", "Sicil No", "Baba Adı", "Hata", "12345678950"] {
            assert_eq!(ImportField::of_header(header), None, "{header}");
        }
    }

    #[test]
    fn a_header_names_one_field_and_each_field_names_itself() {
        let mut all = Vec::new();
        for field in ImportField::ALL {
            for header in field.headers() {
                assert_eq!(*header, compact(header), "{header} is not folded");
                assert!(!all.contains(header), "{header} names two fields");
                all.push(*header);
            }
            assert_eq!(ImportField::of_header(field.as_str()), Some(*field));
        }
    }
}

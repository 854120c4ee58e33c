//! Pages: the frame, the forms, the texts and the parts that every feature's pages are made of.
//!
//! A page's handler asks for a [`Page`], proves its caller by the same [`Allowed`](crate::auth::Allowed) as the API,
//! calls the same functions, and shows a template. docs/web.md says how to add one.

pub mod assets;
pub mod chart;
mod combo;
pub mod errors;
mod fields;
mod flash;
mod form;
pub mod format;
pub mod list;
pub mod nav;
mod page;
mod progress;
pub mod recover;
mod sent;
mod texts;
pub mod ui;
mod upload;

pub use combo::Found;
pub use fields::Field;
pub use form::{Change, Form, FormState, last_change, settle};
pub use list::{PageList, PageQuery};
pub use page::{Choice, Page, Theme};
pub use progress::{Progress, Steps};
pub use recover::Kept;
pub use texts::{Count, Texts};
pub use ui::Tone;
pub use upload::{FileForm, SentFile};

/// What an answer's path may be: one on this site, and nothing else.
pub fn local_path(path: &str) -> Option<&str> {
    let inner = path.strip_prefix('/')?;
    let is_plain = path.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    (is_plain && !inner.starts_with('/')).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn a_way_back_leads_nowhere_but_to_this_site() {
        for good in ["/", "/panel", "/panel/companies?q=%C5%9F&page=2"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in ["", "panel", "//evil.test", "/\\evil.test", "https://evil.test", "/a b", "/\n", "/\u{15f}"] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}

//! How far something is: long work, and a task in several steps.

use std::borrow::Borrow;

use askama::Template;

use super::{Page, Tone, ui::Badge};
use crate::jobs::JobStatus;

/// How far long work is: where it stands, a bar, and how many of how many. The page around it asks for it again every
/// two seconds until the work has ended; without the script somebody reloads the page.
#[derive(Debug, Template)]
#[template(path = "ui/progress.html")]
pub struct Progress<'a> {
    page: &'a Page,
    status: JobStatus,
    done: u32,
    total: Option<u32>,
}
impl askama::filters::HtmlSafe for Progress<'_> {}

/// The steps of a task, one of which is at hand.
#[derive(Debug, Template)]
#[template(path = "ui/steps.html")]
pub struct Steps<'a> {
    page: &'a Page,
    names: Vec<&'a str>,
    at: usize,
}
impl askama::filters::HtmlSafe for Steps<'_> {}

impl Page {
    /// The steps of a task; those before `at` are done, and all of them when there are no more.
    pub fn steps<'a>(&'a self, steps: impl AsRef<[&'a str]>, at: impl Borrow<usize>) -> Steps<'a> {
        Steps { page: self, names: steps.as_ref().to_vec(), at: *at.borrow() }
    }

    /// How far long work is: so many items of so many, once it is known how many there are.
    pub fn progress(
        &self,
        status: impl Borrow<JobStatus>,
        done: impl Borrow<u32>,
        total: impl Borrow<Option<u32>>,
    ) -> Progress<'_> {
        Progress { page: self, status: *status.borrow(), done: *done.borrow(), total: *total.borrow() }
    }

    /// Where long work stands.
    pub fn job_status(&self, status: impl Borrow<JobStatus>) -> Badge<'static> {
        let status = *status.borrow();
        let tone = match status {
            JobStatus::Queued => Tone::Plain,
            JobStatus::Running => Tone::Info,
            JobStatus::Done => Tone::Ok,
            JobStatus::Failed => Tone::Danger,
            JobStatus::Cancelled => Tone::Warn,
        };
        Badge::new(tone, self.word("jobStatus", status))
    }
}

impl Progress<'_> {
    /// The bar's length and how far it is filled; none while nobody knows.
    fn bar(&self) -> Option<(u32, u32)> {
        match (self.status, self.total) {
            (JobStatus::Queued, _) => Some((1, 0)),
            // A list without rows is done all the same.
            (JobStatus::Done, _) => Some((1, 1)),
            (_, Some(total)) if total > 0 => Some((total, self.done.min(total))),
            (status, _) if status.is_final() => Some((1, 0)),
            _ => None,
        }
    }

    fn numbers(&self) -> String {
        match self.total {
            Some(total) if total > 0 => format!("{} / {}", self.page.whole(self.done), self.page.whole(total)),
            _ => String::new(),
        }
    }
}

//! Charts as SVG, made by the server: no script, no colour that says anything alone, and the figures as a table.

use std::fmt;

use askama::Template;

use super::Page;

/// One figure: its name, its size, and how it is written.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What it is of.
    pub name: String,
    /// How much.
    pub value: f64,
    /// As the reader sees it.
    pub text: String,
}

impl Figure {
    /// A figure.
    pub fn new(name: impl Into<String>, value: f64, text: impl Into<String>) -> Self {
        Self { name: name.into(), value, text: text.into() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bars,
    Line,
    Donut,
}

/// A chart with its table.
#[derive(Debug, Template)]
#[template(path = "ui/chart.html")]
pub struct Chart<'a> {
    page: &'a Page,
    kind: Kind,
    title: &'a str,
    figures: &'a [Figure],
}

impl askama::filters::HtmlSafe for Chart<'_> {}

/// The drawing's size; the style sheet makes it as wide as its place.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
/// Room for the words under the drawing; the template knows where it begins.
const FOOT: f64 = 22.0;

impl Page {
    /// Upright bars: amounts side by side.
    pub fn bars<'a>(&'a self, title: &'a str, figures: &'a [Figure]) -> Chart<'a> {
        Chart { page: self, kind: Kind::Bars, title, figures }
    }

    /// A line: the way of an amount over time.
    pub fn line<'a>(&'a self, title: &'a str, figures: &'a [Figure]) -> Chart<'a> {
        Chart { page: self, kind: Kind::Line, title, figures }
    }

    /// A ring: the parts of a whole, at most six.
    pub fn donut<'a>(&'a self, title: &'a str, figures: &'a [Figure]) -> Chart<'a> {
        Chart { page: self, kind: Kind::Donut, title, figures }
    }
}

/// A figure's place in the drawing.
struct Mark<'a> {
    figure: &'a Figure,
    x: Short,
    y: Short,
    width: Short,
    height: Short,
    middle: Short,
    over: Short,
}

/// A part of a ring, as a stretch of its line.
struct Part<'a> {
    figure: &'a Figure,
    index: usize,
    length: Short,
    offset: Short,
    share: String,
}

/// A number in an attribute, with one decimal.
#[derive(Clone, Copy)]
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}

impl Chart<'_> {
    fn is(&self, kind: &str) -> bool {
        matches!((self.kind, kind), (Kind::Bars, "bars") | (Kind::Line, "line") | (Kind::Donut, "donut"))
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        let top = self.figures.iter().map(|figure| figure.value).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let count = u32::try_from(self.figures.len().max(1)).map_or(1.0, f64::from);
        let step = WIDTH / count;
        let width = (step * 0.62).min(56.0);
        let mut middle = step / 2.0;
        let mut marks = Vec::with_capacity(self.figures.len());
        let dips = self.dips();
        for (figure, is_dip) in self.figures.iter().zip(dips) {
            let height = (figure.value.max(0.0) / top) * (HEIGHT - FOOT - 18.0);
            let y = HEIGHT - FOOT - height;
            marks.push(Mark {
                figure,
                x: Short(middle - width / 2.0),
                y: Short(y),
                width: Short(width),
                height: Short(height),
                middle: Short(middle),
                // Off a line, on the side that the line leaves free; over a bar.
                over: Short(match self.kind {
                    Kind::Line if is_dip && y < HEIGHT - FOOT - 20.0 => y + 16.0,
                    Kind::Line => y - 9.0,
                    _ => y - 5.0,
                }),
            });
            middle += step;
        }
        marks
    }

    /// For each figure whether the line goes up on both of its sides.
    fn dips(&self) -> Vec<bool> {
        let value = |at: usize| self.figures.get(at).map(|figure| figure.value);
        let is_higher = |at: Option<usize>, own: f64| at.and_then(value).is_none_or(|other| other > own);
        let dip = |(at, figure): (usize, &Figure)| {
            self.figures.len() > 1
                && is_higher(at.checked_sub(1), figure.value)
                && is_higher(Some(at + 1), figure.value)
        };
        self.figures.iter().enumerate().map(dip).collect()
    }

    fn path(&self) -> String {
        let points = self.marks().iter().map(|mark| format!("{},{}", mark.middle, mark.y)).collect::<Vec<_>>();
        points.join(" ")
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let sum: f64 = self.figures.iter().map(|figure| figure.value.max(0.0)).sum();
        let mut offset = 0.0;
        let mut parts = Vec::with_capacity(self.figures.len());
        for (index, figure) in self.figures.iter().enumerate() {
            // The ring's line is 100 long, so that a length is a percentage.
            let length = if sum > 0.0 { figure.value.max(0.0) / sum * 100.0 } else { 0.0 };
            parts.push(Part {
                figure,
                index,
                length: Short(length),
                offset: Short(-offset),
                share: format!("{length:.0}"),
            });
            offset += length;
        }
        parts
    }
}

//! What was measured, as a page of Markdown.

use std::fmt::{self, Display};
use std::time::Duration;

/// The bar for a row: what it must reach, and then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar {
    pub(crate) least: &'static str,
    pub(crate) then: &'static str,
}

/// A measured row.
#[derive(Debug)]
struct Row {
    name: String,
    bar: Bar,
    measured: String,
    beside: String,
}

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Table {
    ceilings: Vec<[String; 3]>,
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn ceiling(&mut self, name: &str, one: String, two: String) {
        eprintln!("{name}: {one} {two}");
        self.ceilings.push([name.to_owned(), one, two]);
    }

    pub(crate) fn row(
        &mut self,
        name: impl Into<String>,
        bar: Bar,
        measured: impl Into<String>,
        beside: impl Into<String>,
    ) {
        let row = Row { name: name.into(), bar, measured: measured.into(), beside: beside.into() };
        eprintln!("{}: {} ({}); at least {}", row.name, row.measured, row.beside, row.bar.least);
        self.rows.push(row);
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.ceilings.is_empty() {
            writeln!(f, "| the machine in this run | one thread | two threads |\n|---|---|---|")?;
            for [name, one, two] in &self.ceilings {
                writeln!(f, "| {name} | {one} | {two} |")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "| | at least | and then | measured | beside it |\n|---|---|---|---|---|")?;
        for Row { name, bar, measured, beside } in &self.rows {
            writeln!(f, "| {name} | {} | {} | **{measured}** | {beside} |", bar.least, bar.then)?;
        }
        Ok(())
    }
}

/// A count as a number to divide.
#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^52 here")]
pub(crate) fn number(count: usize) -> f64 {
    count as f64
}

/// `12,345`; with one digit after the point where it is small.
pub(crate) fn rate(per_second: f64) -> String {
    if per_second < 100.0 {
        return format!("{per_second:.1}");
    }
    let digits = format!("{per_second:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `12.3 ms` or `1.23 s`.
pub(crate) fn time(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

/// `12.3 MiB`
pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", number(usize::try_from(bytes).unwrap_or(usize::MAX)) / 1_048_576.0)
}

/// Of what happened so often in a time: how often a second.
pub(crate) fn per_second(count: usize, took: Duration) -> f64 {
    number(count) / took.as_secs_f64().max(1e-9)
}

/// Milliseconds of processor time for each.
pub(crate) fn cpu_each(cpu: Duration, count: usize) -> String {
    format!("{:.3} ms CPU each", cpu.as_secs_f64() * 1000.0 / number(count.max(1)))
}

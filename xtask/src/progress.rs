//! Progress on standard error: bars on a terminal, one line for each finished experiment elsewhere.

use crate::files::note;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The progress of a number of experiments.
pub struct Progress {
    total: usize,
    finished: AtomicUsize,
    bars: Option<(MultiProgress, ProgressBar)>,
}

impl Progress {
    /// Nothing is finished; bars if standard error is a terminal that can show them (`TERM=dumb` cannot).
    pub fn new(total: usize) -> Self {
        let bars = Some(MultiProgress::new()).filter(|bars| std::io::stderr().is_terminal() && !bars.is_hidden());
        let bars = bars.map(|bars| {
            let all = bars.add(ProgressBar::new(total as u64));
            all.set_style(style("{bar:30} {pos}/{len} experiments, {elapsed}"));
            all.tick();
            (bars, all)
        });
        Self { total, finished: AtomicUsize::new(0), bars }
    }

    /// The line of one experiment that starts now.
    pub fn start(&self, id: &str) -> Line<'_> {
        let bar = self.bars.as_ref().map(|(bars, all)| {
            let bar = bars.insert_before(all, ProgressBar::new(0));
            bar.set_style(style("{spinner} {prefix:28} {bar:20} {pos}/{len} {msg}"));
            bar.set_prefix(id.to_string());
            bar.enable_steady_tick(std::time::Duration::from_millis(100));
            bar
        });
        Line { progress: self, bar }
    }

    /// Takes the bars off the terminal.
    pub fn finish(&self) {
        if let Some((_, all)) = &self.bars {
            all.finish_and_clear();
        }
    }
}

/// The progress of one experiment.
pub struct Line<'a> {
    progress: &'a Progress,
    bar: Option<ProgressBar>,
}

impl Line<'_> {
    /// `done` of `total` steps.
    pub fn step(&self, done: u64, total: u64, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(message.to_string());
        }
    }

    /// The experiment ended; the line stays on the screen.
    pub fn finish(self, line: &str) {
        let count = self.progress.finished.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.progress.total;
        let line = format!("[{count:>width$}/{total}] {line}", width = total.to_string().len());
        match (&self.progress.bars, &self.bar) {
            (Some((bars, all)), Some(bar)) => {
                bar.finish_and_clear();
                all.inc(1);
                // A line that cannot be shown is no reason to stop.
                let _ = bars.println(line);
            }
            _ => note(&line),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

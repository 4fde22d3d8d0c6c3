//! A named range of inputs or neurons of a network file.

use std::ops::Range;

use spiketime_sim::graph::Source;

pub(crate) struct Part<'a> {
    pub name: &'a str,
    pub range: Range<u32>,
    pub is_input: bool,
}

impl Part<'_> {
    /// One of it, counted within it.
    pub fn source(&self, own: u32) -> Source {
        let index = self.range.start + own;
        if self.is_input { Source::Input(index) } else { Source::Neuron(index) }
    }
}

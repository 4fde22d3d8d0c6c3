//! A named range of inputs or neurons of a network file.

use std::ops::Range;

pub(crate) struct Part<'a> {
    pub name: &'a str,
    pub range: Range<u32>,
    pub is_input: bool,
}

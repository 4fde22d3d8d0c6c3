//! Laws that cross crate borders. One test binary, one module a law's home.

mod engines_agree;

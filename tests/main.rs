//! Laws that cross crate borders. One test binary, one module a law's home.

mod engines_agree; // on random layers full of ties
mod real_images; // the engines again, on real images of every condition
mod sample; // the embedded sample and the readers
mod traces; // three neurons and five inputs, computed by hand

//! A confusion matrix: true class × predicted class, in images.
//!
//! Up to 32 classes it is written as its rows; beyond, as the triples (true, predicted, images) that are not 0, ascending.

use std::ops::{Index, IndexMut};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiketime_data::Class;
use spiketime_data::facts::MAX_CLASSES;

/// With more classes, most of a matrix is 0.
const MAX_ROWS: usize = 32;

/// True class × predicted class, in images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Written", into = "Written")]
#[schemars(with = "Written")]
pub struct Confusion {
    classes: usize,
    counts: Vec<u64>,
}

/// Rows, true class by true class; or how many classes there are and the triples (true, predicted, images).
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    Rows(Vec<Vec<u64>>),
    Sparse { classes: usize, triples: Vec<(Class, Class, u64)> },
}

impl From<Confusion> for Written {
    fn from(confusion: Confusion) -> Written {
        let classes = confusion.classes;
        if classes <= MAX_ROWS {
            return Written::Rows(confusion.rows().map(<[u64]>::to_vec).collect());
        }
        let counts = confusion.counts.iter().enumerate().filter(|&(_, &count)| count > 0);
        let triple = |(at, &count)| ((at / classes) as Class, (at % classes) as Class, count);
        Written::Sparse { classes, triples: counts.map(triple).collect() }
    }
}

impl TryFrom<Written> for Confusion {
    type Error = String;

    fn try_from(written: Written) -> Result<Confusion, String> {
        match written {
            Written::Rows(rows)
                if rows.len() <= MAX_ROWS && rows.iter().all(|row| row.len() == rows.len()) =>
            {
                Ok(Confusion { classes: rows.len(), counts: rows.concat() })
            }
            Written::Rows(rows) => {
                Err(format!("a confusion matrix of {} rows that is no square", rows.len()))
            }
            Written::Sparse { classes, triples } => sparse(classes, &triples),
        }
    }
}

fn sparse(classes: usize, triples: &[(Class, Class, u64)]) -> Result<Confusion, String> {
    if classes > MAX_CLASSES {
        return Err(format!("a confusion matrix of {classes} classes; there are at most {MAX_CLASSES}"));
    }
    let mut confusion = Confusion::new(classes);
    for &(truth, predicted, count) in triples {
        let (truth, predicted) = (usize::from(truth), usize::from(predicted));
        if truth.max(predicted) >= classes {
            return Err(format!("class {} of {classes} in a confusion matrix", truth.max(predicted)));
        }
        confusion[(truth, predicted)] = count;
    }
    Ok(confusion)
}

impl Confusion {
    /// No image yet.
    #[must_use]
    pub fn new(classes: usize) -> Confusion {
        Confusion { classes, counts: vec![0; classes * classes] }
    }

    /// How many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// What each true class was taken for, from class 0 on.
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.counts.chunks_exact(self.classes.max(1))
    }

    /// How many images there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

impl Index<(usize, usize)> for Confusion {
    type Output = u64;

    fn index(&self, (truth, predicted): (usize, usize)) -> &u64 {
        &self.counts[truth * self.classes..][..self.classes][predicted]
    }
}

impl IndexMut<(usize, usize)> for Confusion {
    fn index_mut(&mut self, (truth, predicted): (usize, usize)) -> &mut u64 {
        &mut self.counts[truth * self.classes..][..self.classes][predicted]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_32_classes_are_rows_and_more_are_triples() {
        let mut two = Confusion::new(2);
        two[(1, 0)] = 3;
        assert_eq!(serde_json::to_string(&two).unwrap(), "[[0,0],[3,0]]");
        let mut many = Confusion::new(33);
        many[(32, 1)] = 4;
        many[(0, 32)] = 5;
        let json = serde_json::to_string(&many).unwrap();
        assert_eq!(json, r#"{"classes":33,"triples":[[0,32,5],[32,1,4]]}"#);
        assert!(serde_json::to_string(&Confusion::new(32)).unwrap().starts_with("[[0,"));
        for confusion in [two, many] {
            let json = serde_json::to_string(&confusion).unwrap();
            assert_eq!(serde_json::from_str::<Confusion>(&json).unwrap(), confusion);
        }
    }

    #[test]
    fn what_is_no_matrix_is_refused() {
        for json in ["[[1,2]]", r#"{"classes":2,"triples":[[2,0,1]]}"#, r#"{"classes":1001,"triples":[]}"#] {
            assert!(serde_json::from_str::<Confusion>(json).is_err(), "{json}");
        }
    }
}

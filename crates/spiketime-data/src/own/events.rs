//! Recordings of a sensor as arrays: an `.npz` of `times`, `inputs`, `offsets` and `labels`.
//!
//! Recording r is the events `offsets[r]` to `offsets[r + 1]`, by time; `offsets` begins with 0 and ends with their number.

use crate::array::{Array, ArrayError, Values};
use crate::dataset::Content;

use super::labels::{Labels, LabelsError};

/// What is wrong with events.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum EventsError {
    #[error("{0}")]
    Array(#[from] ArrayError),
    #[error(
        "is no .npz file; events are an .npz of times, inputs, offsets and labels, or a folder of N-MNIST"
    )]
    NoArchive,
    #[error("labels: {0}")]
    Labels(#[from] LabelsError),
    #[error("{name} must be one axis of {needed}")]
    Kind { name: &'static str, needed: &'static str },
    #[error("has {times} times, but {inputs} inputs; an event has one of both")]
    Counts { times: usize, inputs: usize },
    #[error("offsets must rise from 0 to {events}, the number of events; they do not at place {place}")]
    Offsets { events: usize, place: usize },
    #[error("event {place} is at {at_ms} ms; times are 0 or more")]
    Time { place: usize, at_ms: f64 },
    #[error("event {place} lies before the one that precedes it; sort the events of each recording by time")]
    Unsorted { place: usize },
    #[error("event {place} is of input {input}; the shape has inputs 0 to {}", .inputs - 1)]
    Input { place: usize, input: i64, inputs: usize },
    #[error("has {0} bytes; events take 5 each")]
    Length(usize),
    #[error(
        "event {place} is at x {x}, y {y}; half of the shape has {columns} x {rows} pixels, one half a polarity"
    )]
    Pixel { place: usize, x: usize, y: usize, columns: usize, rows: usize },
    #[error("time_unit_ms is {0}; it must be a number above 0")]
    Unit(f64),
}

/// How long the longest recording is \[ms\]; `None` for images.
pub(super) fn longest_ms(content: &Content) -> Option<f64> {
    match content {
        Content::Images { .. } => None,
        Content::Events { times_ms, .. } => Some(times_ms.iter().copied().fold(0.0, f64::max)),
    }
}

/// Recordings and their labels.
pub(super) fn read(
    bytes: &[u8],
    inputs: usize,
    time_unit_ms: f64,
    most: u64,
) -> Result<(Content, Labels), EventsError> {
    if !bytes.starts_with(b"PK") {
        return Err(EventsError::NoArchive);
    }
    if !(time_unit_ms > 0.0 && time_unit_ms.is_finite()) {
        return Err(EventsError::Unit(time_unit_ms));
    }
    let named = |name| Array::from_npz(bytes, name, most);
    let times: Vec<f64> =
        numbers(named("times")?).ok_or(EventsError::Kind { name: "times", needed: "numbers" })?;
    let whole = |name| {
        let needed = "whole numbers of 0 or more";
        integers(named(name)?).ok_or(EventsError::Kind { name, needed })
    };
    let (sources, offsets) = (whole("inputs")?, whole("offsets")?);
    let labels = Labels::of(named("labels")?)?;
    let times_ms = times.into_iter().map(|time| time * time_unit_ms).collect();
    Ok((recordings(times_ms, &sources, &offsets, inputs)?, labels))
}

fn numbers(array: Array) -> Option<Vec<f64>> {
    match array.values {
        _ if array.shape.len() != 1 => None,
        Values::Bytes(bytes) => Some(bytes.into_iter().map(f64::from).collect()),
        Values::Integers(numbers) => Some(numbers.into_iter().map(|number| number as f64).collect()),
        Values::Floats(floats) => Some(floats),
        Values::Texts(_) => None,
    }
}

fn integers(array: Array) -> Option<Vec<i64>> {
    match array.values {
        _ if array.shape.len() != 1 => None,
        Values::Bytes(bytes) => Some(bytes.into_iter().map(i64::from).collect()),
        Values::Integers(numbers) => Some(numbers),
        Values::Floats(_) | Values::Texts(_) => None,
    }
}

/// The content, once every rule holds. Events at one time come by input, so that files that differ in nothing else
/// are the same data.
///
/// # Errors
/// When a rule is broken.
pub fn recordings(
    times_ms: Vec<f64>,
    sources: &[i64],
    offsets: &[i64],
    inputs: usize,
) -> Result<Content, EventsError> {
    let events = times_ms.len();
    if events != sources.len() {
        return Err(EventsError::Counts { times: events, inputs: sources.len() });
    }
    let offsets = checked_offsets(offsets, events)?;
    let wrong = times_ms.iter().position(|at_ms| !(at_ms.is_finite() && *at_ms >= 0.0));
    if let Some(place) = wrong {
        return Err(EventsError::Time { place, at_ms: times_ms[place] });
    }
    let in_range = |(place, &input): (usize, &i64)| match u32::try_from(input) {
        Ok(source) if (source as usize) < inputs => Ok(source),
        _ => Err(EventsError::Input { place, input, inputs }),
    };
    let mut sources = sources.iter().enumerate().map(in_range).collect::<Result<Vec<u32>, _>>()?;
    for recording in offsets.windows(2) {
        let (begin, end) = (recording[0], recording[1]);
        let times_ms = &times_ms[begin..end];
        if let Some(place) = times_ms.windows(2).position(|pair| pair[1] < pair[0]) {
            return Err(EventsError::Unsorted { place: begin + place + 1 });
        }
        times_ms.chunk_by(|a, b| a == b).fold(begin, |at, together| {
            sources[at..at + together.len()].sort_unstable();
            at + together.len()
        });
    }
    Ok(Content::Events { times_ms, inputs: sources, offsets })
}

fn checked_offsets(offsets: &[i64], events: usize) -> Result<Vec<usize>, EventsError> {
    let wrong = |place| EventsError::Offsets { events, place };
    let offsets: Vec<usize> = offsets
        .iter()
        .enumerate()
        .map(|(place, &offset)| usize::try_from(offset).map_err(|_| wrong(place)))
        .collect::<Result<_, _>>()?;
    if offsets.first() != Some(&0) {
        return Err(wrong(0));
    }
    if let Some(place) = offsets.windows(2).position(|pair| pair[1] < pair[0]) {
        return Err(wrong(place + 1));
    }
    if offsets.last() == Some(&events) { Ok(offsets) } else { Err(wrong(offsets.len() - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_at_one_time_come_by_input_within_their_recording() {
        let content = recordings(vec![0.0, 2.0, 2.0, 2.0, 1.0], &[5, 4, 3, 9, 0], &[0, 3, 5], 10);
        // The fourth event is of the second recording: it is not sorted with those of the first.
        assert!(matches!(content, Err(EventsError::Unsorted { place: 4 })));
        let content = recordings(vec![0.0, 2.0, 2.0, 2.0, 3.0], &[5, 4, 3, 0, 0], &[0, 3, 5], 10).unwrap();
        let expected = Content::Events {
            times_ms: vec![0.0, 2.0, 2.0, 2.0, 3.0],
            inputs: vec![5, 3, 4, 0, 0],
            offsets: vec![0, 3, 5],
        };
        assert_eq!(content, expected);
        assert_eq!(longest_ms(&content), Some(3.0));
    }

    #[test]
    fn events_that_break_a_rule_are_named_with_their_place() {
        let told = |times_ms: &[f64], sources: &[i64], offsets: &[i64]| {
            recordings(times_ms.to_vec(), sources, offsets, 3).unwrap_err().to_string()
        };
        assert!(told(&[0.0], &[], &[0, 1]).starts_with("has 1 times, but 0 inputs"));
        assert!(
            told(&[0.0, 1.0], &[0, 3], &[0, 2])
                .starts_with("event 1 is of input 3; the shape has inputs 0 to 2")
        );
        assert!(told(&[0.0], &[-1], &[0, 1]).starts_with("event 0 is of input -1"));
        assert!(told(&[0.0, -1.0], &[0, 0], &[0, 1, 2]).starts_with("event 1 is at -1 ms"));
        assert!(told(&[f64::NAN], &[0], &[0, 1]).starts_with("event 0 is at NaN ms"));
        assert!(told(&[1.0, 0.5], &[0, 0], &[0, 2]).starts_with("event 1 lies before"));
        for (offsets, place) in [(&[][..], 0), (&[1, 1], 0), (&[0, 2, 1], 2), (&[0, 2], 1), (&[0, -1, 1], 1)]
        {
            let message = told(&[0.0], &[0], offsets);
            assert!(message.ends_with(&format!("they do not at place {place}")), "{message}");
        }
    }
}

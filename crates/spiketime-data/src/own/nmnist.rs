//! N-MNIST's recordings: one `.bin` file each, in a folder a class; events of 5 bytes, big-endian.
//!
//! ```text
//! x, 8 bits   y, 8 bits   polarity, 1 bit   time in µs, 23 bits
//! ```
//!
//! Input = polarity · rows/2 · columns + y · columns + x, so a shape of 68 × 34 draws the two polarities one above the
//! other. Recordings come in the order of class, then file name. Orchard, Jayawant, Cohen and Thakor 2015, *Converting
//! Static Image Datasets to Spiking Neuromorphic Datasets Using Saccades*, Front. Neurosci. 9:437.

use std::fs;
use std::path::{Path, PathBuf};

use crate::dataset::Content;
use crate::limited;

use super::error::OwnError;
use super::events::{self, EventsError};
use super::labels::Labels;

/// No recording of the set has half as much.
const MAX_RECORDING_BYTES: u64 = 1 << 20;
/// A time is in microseconds.
const UNIT_MS: f64 = 0.001;

/// The recordings of a folder.
pub(super) fn read(folder: &Path, shape: [usize; 2]) -> Result<(Content, Labels), OwnError> {
    let (mut all_ms, mut all_inputs, mut offsets, mut labels) = (Vec::new(), Vec::new(), vec![0], Vec::new());
    for class in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
        let is_recording = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "bin");
        for path in sorted(&class)?.into_iter().filter(is_recording) {
            let io = |reason| OwnError::Io { path: path.clone(), reason };
            let bytes = limited::bytes(&path, MAX_RECORDING_BYTES).map_err(io)?;
            let place = path.display().to_string();
            let content = recording(&bytes, shape).map_err(|reason| OwnError::Events { place, reason })?;
            if let Content::Events { times_ms, inputs, .. } = content {
                all_ms.extend(times_ms);
                all_inputs.extend(inputs);
            }
            offsets.push(all_ms.len());
            labels.push(class.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    Ok((Content::Events { times_ms: all_ms, inputs: all_inputs, offsets }, named(labels)))
}

/// One recording.
fn recording(bytes: &[u8], [rows, columns]: [usize; 2]) -> Result<Content, EventsError> {
    let (events, rest) = bytes.as_chunks::<5>();
    if !rest.is_empty() {
        return Err(EventsError::Length(bytes.len()));
    }
    let rows = rows / 2;
    let mut inputs = Vec::with_capacity(events.len());
    for (place, &[x, y, polarity, ..]) in events.iter().enumerate() {
        let (x, y) = (usize::from(x), usize::from(y));
        if x >= columns || y >= rows {
            return Err(EventsError::Pixel { place, x, y, columns, rows });
        }
        let input = (usize::from(polarity >> 7) * rows + y) * columns + x;
        inputs.push(input as i64);
    }
    let time = |&[_, _, high, middle, low]: &[u8; 5]| u32::from_be_bytes([0, high & 0x7f, middle, low]);
    let times_ms = events.iter().map(|event| f64::from(time(event)) * UNIT_MS).collect();
    events::recordings(times_ms, &inputs, &[0, events.len() as i64], 2 * rows * columns)
}

/// What lies in a folder, by name.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>, OwnError> {
    let io = |reason| OwnError::Io { path: folder.to_owned(), reason };
    let entries = fs::read_dir(folder).map_err(io)?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>().map_err(io)?;
    paths.sort();
    Ok(paths)
}

/// Folders that are called like numbers are numbers: 10 comes after 9.
fn named(labels: Vec<String>) -> Labels {
    match labels.iter().map(|label| label.parse()).collect::<Result<Vec<i64>, _>>() {
        Ok(numbers) => Labels::Numbers(numbers),
        Err(_) => Labels::Texts(labels),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An event by the layout above, put together by hand.
    fn event(x: u8, y: u8, is_on: bool, time_us: u32) -> [u8; 5] {
        let [_, high, middle, low] = time_us.to_be_bytes();
        [x, y, high | if is_on { 0x80 } else { 0 }, middle, low]
    }

    #[test]
    fn recordings_are_read_by_class_and_name_with_both_polarities() {
        let folder = tempfile::tempdir().unwrap();
        for (class, file, events) in [
            ("10", "00001.bin", vec![event(1, 0, true, 70_000)]),
            ("9", "00002.bin", vec![event(0, 0, false, 5)]),
            ("9", "00001.bin", vec![event(2, 1, false, 1_000), event(0, 0, true, 300_001)]),
        ] {
            fs::create_dir_all(folder.path().join(class)).unwrap();
            fs::write(folder.path().join(class).join(file), events.concat()).unwrap();
        }
        fs::write(folder.path().join("9/notes.txt"), "no recording").unwrap();
        let (content, labels) = read(folder.path(), [4, 3]).unwrap();
        // Folders in the order of their names: "10" before "9"; polarity 1 lies 2 · 3 inputs further.
        let expected = Content::Events {
            times_ms: vec![70.0, 1.0, 300_001.0 * UNIT_MS, 0.005],
            inputs: vec![7, 5, 6, 0],
            offsets: vec![0, 1, 3, 4],
        };
        assert_eq!(content, expected);
        assert_eq!(labels, Labels::Numbers(vec![10, 9, 9]));
    }

    #[test]
    fn a_recording_that_is_cut_or_of_a_larger_sensor_is_refused() {
        let told = |bytes: &[u8]| recording(bytes, [4, 3]).unwrap_err().to_string();
        assert_eq!(told(&event(0, 0, true, 0)[..4]), "has 4 bytes; events take 5 each");
        let outside = "event 0 is at x 3, y 0; half of the shape has 3 x 2 pixels, one half a polarity";
        assert_eq!(told(&event(3, 0, true, 0)), outside);
        assert!(told(&event(0, 2, true, 0)).contains("x 0, y 2"));
        let unsorted = [event(0, 0, true, 2), event(0, 0, true, 1)].concat();
        assert!(told(&unsorted).starts_with("event 1 lies before"));
    }
}

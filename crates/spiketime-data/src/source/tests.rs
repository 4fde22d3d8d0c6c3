//! Download, import and the mending of the cache, held against a mirror on this machine and against
//! folders of every layout. No network beyond loopback.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read};

use flate2::read::GzDecoder;
use server::{Reply, Server};
use tempfile::{TempDir, tempdir};
use ureq::tls::RootCerts;

use super::*;

mod server;

const MNIST_GZ: &[u8] = include_bytes!("../../../../fixtures/whole/mnist/t10k-labels-idx1-ubyte.gz");
const FASHION_GZ: &[u8] =
    include_bytes!("../../../../fixtures/whole/fashion-mnist/t10k-labels-idx1-ubyte.gz");
const NAME: &str = "t10k-labels-idx1-ubyte";

fn gunzipped(gz: &[u8]) -> Vec<u8> {
    let mut raw = Vec::new();
    GzDecoder::new(gz).read_to_end(&mut raw).unwrap();
    raw
}

/// An own cache and nothing else but the given mirrors.
fn sources(mirrors: Mirrors) -> (TempDir, Sources) {
    let cache = tempdir().unwrap();
    let sources = Sources { folder: None, cache: cache.path().to_owned(), mirrors, packages: false };
    (cache, sources)
}

fn fetched(sources: &Sources) -> Result<Found, DataError> {
    let set = DatasetName::Mnist;
    let mut fetcher = Fetcher::new(&sources.mirrors, sources.packages, set, &|_| {});
    sources.fetched(&mut fetcher, set, DataFile::TestLabels, &|_| {})
}

fn serving(reply: Reply) -> Server {
    Server::start(BTreeMap::from([(format!("/{NAME}.gz"), reply)]))
}

/// The one line for a mirror that failed, after checking that nothing reached the cache.
fn refusal(sources: &Sources) -> String {
    let error = fetched(sources).err().expect("it must be refused");
    let left: Vec<_> = walk(&sources.cache);
    assert_eq!(left, Vec::<PathBuf>::new(), "something was left in the cache");
    match error {
        DataError::NoSource { tried, .. } => tried.join("\n"),
        other => panic!("{other}"),
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn a_good_file_is_fetched_over_tls_unpacked_verified_and_kept_raw() {
    let server = serving(Reply::Body(MNIST_GZ.to_vec()));
    let (_cache, sources) = sources(server.trusted());
    let found = fetched(&sources).unwrap();
    assert_eq!(found.raw, gunzipped(MNIST_GZ));
    assert_eq!(server.requests(), [format!("/{NAME}.gz")]);
    let kept = sources.verify(DatasetName::Mnist, DataFile::TestLabels).unwrap().unwrap();
    assert_eq!(fs::read(&kept).unwrap(), gunzipped(MNIST_GZ));
    assert_eq!(walk(&sources.cache), [kept]);
}

#[test]
fn a_truncated_file_is_refused() {
    let server = serving(Reply::Cut(MNIST_GZ.to_vec()));
    let refusal = refusal(&sources(server.trusted()).1);
    assert!(refusal.contains("Peer disconnected") || refusal.contains("EOF"), "{refusal}");
    // The same, where the mirror itself holds half a file and says so.
    let server = serving(Reply::Body(MNIST_GZ[..2_000].to_vec()));
    assert!(self::refusal(&sources(server.trusted()).1).contains("is not readable gzip"));
}

#[test]
fn a_file_with_another_digest_is_refused_and_both_digests_are_told() {
    let server = serving(Reply::Body(FASHION_GZ.to_vec()));
    let refusal = refusal(&sources(server.trusted()).1);
    let [found, expected] =
        [DatasetName::FashionMnist, DatasetName::Mnist].map(|set| DataFile::TestLabels.sha256(set));
    assert!(refusal.contains(&format!("SHA-256 is {found}, expected {expected}")), "{refusal}");
}

#[test]
fn a_page_that_is_no_data_is_refused() {
    let server = serving(Reply::Body(b"<html>Please sign in</html>".to_vec()));
    assert!(refusal(&sources(server.trusted()).1).contains("label files start with 0x00000801"));
    let missing = Server::start(BTreeMap::new());
    assert!(refusal(&sources(missing.trusted()).1).contains("404"));
}

#[test]
fn a_file_that_is_too_long_is_cut_off() {
    let server = serving(Reply::Endless);
    let refusal = refusal(&sources(server.trusted()).1);
    assert!(refusal.contains("larger than request limit"), "{refusal}");
}

#[test]
fn plain_http_is_refused_before_anything_is_sent() {
    let server = serving(Reply::Body(MNIST_GZ.to_vec()));
    let plain = Mirrors::at(&server.url("http", "localhost"), RootCerts::WebPki);
    assert!(refusal(&sources(plain).1).contains("https only"));
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn a_redirection_to_plain_http_is_not_followed() {
    let plain = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    plain.set_nonblocking(true).unwrap();
    let server = serving(Reply::Redirect(format!("http://{}/", plain.local_addr().unwrap())));
    assert!(refusal(&sources(server.trusted()).1).contains("https only"));
    assert_eq!(plain.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn an_untrusted_certificate_is_refused_before_anything_is_sent() {
    let server = serving(Reply::Body(MNIST_GZ.to_vec()));
    let refusal = refusal(&sources(server.untrusted()).1);
    assert!(refusal.contains("certificate"), "{refusal}");
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn a_damaged_cache_is_told_and_mended() {
    let server = serving(Reply::Body(MNIST_GZ.to_vec()));
    let (_cache, sources) = sources(server.trusted());
    let path = fetched(&sources).map(|_| sources.cached(DatasetName::Mnist, DataFile::TestLabels)).unwrap();
    for damage in [damaged_bit(), gunzipped(MNIST_GZ)[..5_000].to_vec(), Vec::new()] {
        fs::write(&path, damage).unwrap();
        assert!(sources.verify(DatasetName::Mnist, DataFile::TestLabels).is_err());
        let told = RefCell::new(String::new());
        let at_hand = sources.at_hand(DatasetName::Mnist, DataFile::TestLabels, &|line| {
            told.borrow_mut().push_str(line);
        });
        assert!(at_hand.unwrap().is_none());
        assert!(told.borrow().starts_with("the cached file is damaged and will be fetched again"));
        fetched(&sources).unwrap();
        assert_eq!(fs::read(&path).unwrap(), gunzipped(MNIST_GZ));
    }
}

fn damaged_bit() -> Vec<u8> {
    let mut raw = gunzipped(MNIST_GZ);
    raw[5_000] ^= 1;
    raw
}

#[test]
fn every_layout_of_a_folder_is_imported_raw_or_gzipped() {
    let layouts: [(&str, Vec<u8>); 4] = [
        ("t10k-labels-idx1-ubyte", gunzipped(MNIST_GZ)),
        ("t10k-labels-idx1-ubyte.gz", MNIST_GZ.to_vec()),
        ("MNIST/raw/t10k-labels-idx1-ubyte.gz", MNIST_GZ.to_vec()),
        ("mnist/t10k-labels-idx1-ubyte", gunzipped(MNIST_GZ)),
    ];
    for (name, bytes) in layouts {
        let folder = tempdir().unwrap();
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
        let (_cache, sources) = sources(Mirrors::none());
        let copies = sources.import(folder.path()).unwrap();
        assert_eq!(copies, [sources.cached(DatasetName::Mnist, DataFile::TestLabels)], "{name}");
        assert_eq!(fs::read(&copies[0]).unwrap(), gunzipped(MNIST_GZ), "{name}");
    }
}

#[test]
fn both_sets_are_imported_from_torchvisions_layout_and_one_from_a_flat_folder() {
    let folder = tempdir().unwrap();
    for (below, gz) in [("MNIST/raw", MNIST_GZ), ("FashionMNIST/raw", FASHION_GZ)] {
        fs::create_dir_all(folder.path().join(below)).unwrap();
        fs::write(folder.path().join(below).join(NAME), gunzipped(gz)).unwrap();
    }
    let (_cache, sources) = sources(Mirrors::none());
    assert_eq!(sources.import(folder.path()).unwrap().len(), 2);

    let flat = tempdir().unwrap();
    fs::write(flat.path().join(NAME), gunzipped(FASHION_GZ)).unwrap();
    let copies = sources.import(flat.path()).unwrap();
    assert_eq!(copies, [sources.cached(DatasetName::FashionMnist, DataFile::TestLabels)]);
}

#[test]
fn a_damaged_file_is_not_imported_wherever_it_lies() {
    for below in ["", "mnist", "MNIST/raw"] {
        let folder = tempdir().unwrap();
        fs::create_dir_all(folder.path().join(below)).unwrap();
        let path = folder.path().join(below).join(NAME);
        fs::write(&path, damaged_bit()).unwrap();
        let (_cache, sources) = sources(Mirrors::none());
        let error = sources.import(folder.path()).unwrap_err();
        assert!(matches!(&error, DataError::Digest { path: named, .. } if *named == path), "{error}");
        assert_eq!(walk(&sources.cache), Vec::<PathBuf>::new());
    }
}

/// The cache holds what the folder lacks, and a mirror answers: neither is asked.
#[test]
fn a_folder_that_is_named_is_the_only_source() {
    let server = serving(Reply::Body(MNIST_GZ.to_vec()));
    let (_cache, mut sources) = sources(server.trusted());
    fetched(&sources).unwrap();
    let (before, folder) = (server.requests(), tempdir().unwrap());
    sources.folder = Some(folder.path().to_owned());
    let error = sources.load(DatasetName::Mnist, &|_| {}).unwrap_err().to_string();
    let needs = "mnist needs train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, \
                 t10k-labels-idx1-ubyte there, raw or .gz, or in mnist/ or MNIST/raw/ below it";
    assert!(error.starts_with(&format!("{}: {needs}", folder.path().display())), "{error}");
    assert_eq!(server.requests(), before);
    // What is there is not looked for.
    fs::write(folder.path().join(format!("{NAME}.gz")), MNIST_GZ).unwrap();
    let error = sources.load(DatasetName::Mnist, &|_| {}).unwrap_err().to_string();
    assert!(error.contains("t10k-images-idx3-ubyte there"), "{error}");
}

#[test]
fn sound_files_of_the_other_set_are_no_damage_of_a_named_folder() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join(format!("{NAME}.gz")), MNIST_GZ).unwrap();
    let (_cache, mut sources) = sources(Mirrors::none());
    sources.folder = Some(folder.path().to_owned());
    let error = sources.load(DatasetName::FashionMnist, &|_| {}).unwrap_err();
    assert!(matches!(&error, DataError::NotInFolder { files, .. } if files.len() == 4), "{error}");
}

#[test]
fn a_folder_without_data_and_a_file_in_its_place_are_told_apart() {
    let folder = tempdir().unwrap();
    let (_cache, sources) = sources(Mirrors::none());
    assert!(matches!(sources.import(folder.path()), Err(DataError::NothingToImport { .. })));
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(sources.import(&file), Err(DataError::NoFolder { .. })));
}

/// The way of a new user, all of it: four files over TLS into an empty cache, then from the cache.
#[test]
fn the_full_set_comes_over_tls_and_the_second_time_from_the_cache() {
    let users = Sources::usual(None).unwrap();
    let mut replies = BTreeMap::new();
    for file in DataFile::ALL {
        let Ok(Some(path)) = users.verify(DatasetName::Mnist, file) else {
            println!("skipped: MNIST is not in the cache; run `spiketime data fetch`");
            return;
        };
        replies.insert(format!("/{}.gz", file.name()), Reply::Body(fs::read(path).unwrap()));
    }
    let server = Server::start(replies);
    let (_cache, sources) = sources(server.trusted());
    for _ in 0..2 {
        let loaded = sources.load(DatasetName::Mnist, &|_| {}).unwrap();
        assert_eq!((loaded.train.len(), loaded.test.len(), loaded.is_sample), (60_000, 10_000, false));
    }
    assert_eq!(server.requests().len(), 4);
}

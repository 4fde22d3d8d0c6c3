//! Numbers that the conditions of a file give: read from where they say, or from beside the copy that results keep.

use std::collections::BTreeMap;
use std::path::Path;

use spiketime_train::condition::Condition;
use spiketime_train::given::{Content, Given, kept_at};

/// What files of numbers held, by their paths as an experiment file says them.
pub type Contents = BTreeMap<String, Content>;

/// Reads the numbers of an experiment file, each file once.
pub struct Reader<'a> {
    folder: &'a Path,
    /// In a copy that results keep: what the file at a path held.
    kept: &'a Contents,
    /// What was read.
    pub contents: Contents,
}

impl<'a> Reader<'a> {
    /// For the file at `path`.
    #[must_use]
    pub fn new(path: &'a Path, kept: &'a Contents) -> Reader<'a> {
        let folder = path.parent().unwrap_or(Path::new(""));
        Reader { folder, kept, contents: Contents::new() }
    }

    /// Puts what the files held where a condition names them.
    ///
    /// # Errors
    /// (key, what is wrong) when a file cannot be read or holds no such numbers.
    pub fn resolve(&mut self, condition: &mut Condition) -> Result<(), (&'static str, String)> {
        for (key, given) in condition.given() {
            *given = match given {
                Given::File(file) => Given::Content(self.content(file).map_err(|message| (key, message))?),
                Given::Content(_) => return Err((key, format!("{key} is the path of a .npy file"))),
            };
        }
        Ok(())
    }

    fn content(&mut self, file: &str) -> Result<Content, String> {
        if let Some(content) = self.contents.get(file) {
            return Ok(content.clone());
        }
        let content = match self.kept.get(file) {
            Some(kept) => self.copy_of(kept),
            None => {
                let path = self.folder.join(file);
                Content::read(&path).map_err(|error| format!("{}: {error}", path.display()))?
            }
        };
        self.contents.insert(file.to_owned(), content.clone());
        Ok(content)
    }

    /// Results can be read without the numbers that runs began from: where their copy is gone, the digest does.
    fn copy_of(&self, kept: &Content) -> Content {
        let copy = Content::read(&kept_at(self.folder, &kept.sha256));
        copy.ok().filter(|copy| copy == kept).unwrap_or_else(|| kept.clone())
    }
}

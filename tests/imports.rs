//! No two files import each other: within a crate, what a file uses never leads back to it.
//!
//! A `pub use` shows a child at its parent's door and is no import; nor is what a test module uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::house::{root, sources, text};

/// The files of a crate, each by the path of its module (`layer/dense`; the root is empty), and what they use.
type Imports = BTreeMap<String, BTreeSet<String>>;

fn module(source: &Path, file: &Path) -> String {
    let name = file.strip_prefix(source).expect("below").with_extension("");
    let name = name.to_str().expect("UTF-8").to_owned();
    if name == "lib" || name == "main" { String::new() } else { name }
}

/// Paths below the crate's root that a text imports, groups taken apart; only the outermost braces are looked into.
fn paths(module: &str, text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().expect("a head");
    let uses = code.split(';').filter_map(|statement| {
        statement.lines().map(str::trim_start).find(|line| line.starts_with("use ")).map(|line| {
            let from = statement.find(line).expect("found above") + "use ".len();
            statement[from..].split_whitespace().collect::<String>()
        })
    });
    uses.flat_map(|path| below_root(module, &path)).chain(children(module, code)).collect()
}

/// Children that are called by their path, as `reference::present(…)`: shown at the door or not, that is an import.
fn children(module: &str, code: &str) -> Vec<String> {
    let declared = code.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    });
    let rest: String = code.split(';').filter(|statement| !statement.contains("pub use ")).collect();
    let is_called = |name: &String| {
        let (path, within) = (format!("{name}::"), |c: char| c.is_alphanumeric() || "_:`[".contains(c));
        rest.match_indices(&path).any(|(at, _)| !rest[..at].ends_with(within))
    };
    declared
        .filter(is_called)
        .map(|name| format!("{module}/{name}").trim_start_matches('/').to_owned())
        .collect()
}

fn below_root(module: &str, path: &str) -> Vec<String> {
    let parent = module.rsplit_once('/').map_or("", |(parent, _)| parent);
    let (from, path) = match path.split_once("::") {
        Some(("crate", rest)) => ("", rest),
        Some(("super", rest)) => (parent, rest),
        Some(("self", rest)) => (module, rest),
        _ => return Vec::new(),
    };
    let (head, group) = path.split_once('{').unwrap_or((path, ""));
    let names = group.trim_end_matches('}').trim_end_matches(',').split(',');
    let names = names.map(|name| format!("{from}/{head}{name}"));
    names.map(|name| name.replace("::", "/").trim_start_matches('/').to_owned()).collect()
}

/// The file of the longest beginning of a path that is one; the root of the crate where none is.
fn file_of(path: &str, files: &BTreeSet<String>) -> String {
    let mut path = path;
    while !files.contains(path) {
        path = path.rsplit_once('/').map_or("", |(head, _)| head);
    }
    path.to_owned()
}

fn imports(source: &Path) -> Imports {
    let rust: Vec<_> =
        sources(source).into_iter().filter(|file| file.extension().is_some_and(|e| e == "rs")).collect();
    let files: BTreeSet<String> =
        rust.iter().map(|file| module(source, file)).chain([String::new()]).collect();
    let is_test = |name: &String| name == "tests" || name.ends_with("/tests");
    let used = |file: &Path| {
        let own = module(source, file);
        let used = paths(&own, &text(file))
            .into_iter()
            .map(|path| file_of(&path, &files))
            .filter(|used| *used != own);
        (own.clone(), used.collect())
    };
    rust.iter().map(|file| used(file)).filter(|(name, _): &(String, _)| !is_test(name)).collect()
}

/// Files from which one comes back to where one began, in order; empty if there are none.
fn circle(imports: &Imports) -> Vec<String> {
    fn walk<'a>(
        from: &'a str,
        imports: &'a Imports,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> bool {
        if let Some(at) = way.iter().position(|&earlier| earlier == from) {
            way.drain(..at);
            return true;
        }
        if !done.insert(from) {
            return false;
        }
        way.push(from);
        let found = imports.get(from).into_iter().flatten().any(|next| walk(next, imports, way, done));
        if !found {
            way.pop();
        }
        found
    }
    let mut done = BTreeSet::new();
    for file in imports.keys() {
        let mut way = Vec::new();
        if walk(file, imports, &mut way, &mut done) {
            return way.into_iter().map(str::to_owned).collect();
        }
    }
    Vec::new()
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let crates = std::fs::read_dir(root().join("crates")).expect("a folder");
    let mut files = 0;
    for folder in crates.map(|entry| entry.expect("readable").path()) {
        let imports = imports(&folder.join("src"));
        files += imports.len();
        assert_eq!(circle(&imports), [] as [&str; 0], "{}", folder.display());
    }
    assert!(files > 80, "{files} files");
}

#[test]
fn a_circle_of_imports_is_seen_however_it_is_written() {
    let text =
        "use std::fmt;\nuse crate::{a, b::C};\nuse super::d::{\n    E,\n    F,\n};\npub use self::g::H;\n";
    assert_eq!(paths("x/y", text), ["a", "b/C", "x/d/E", "x/d/F"]);
    let called =
        "mod told;\npub mod shown;\npub use shown::Door;\nfn f() {\n    told::told(crate::shown::x)\n}\n";
    assert_eq!(paths("verdict", called), ["verdict/told"]);
    let files: BTreeSet<String> = ["", "a", "b", "x", "x/d", "x/y"].map(String::from).into();
    assert_eq!(file_of("x/d/E", &files), "x/d");
    assert_eq!(file_of("Nothing", &files), "");
    let imports = |pairs: &[(&str, &str)]| -> Imports {
        let mut imports = Imports::new();
        for (from, to) in pairs {
            imports.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        imports
    };
    assert_eq!(circle(&imports(&[("a", "b"), ("b", "c"), ("a", "c")])), [] as [&str; 0]);
    assert_eq!(circle(&imports(&[("0", "a"), ("a", "b"), ("b", "c"), ("c", "a")])), ["a", "b", "c"]);
}

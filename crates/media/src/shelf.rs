//! Where files lie. A name says nothing of what a file is about and cannot be
//! guessed; a file is whole or not there.
//!
//! This is the only place that knows that files lie in a folder.

use crate::{Format, Refused};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::{NamedTempFile, TempDir};

/// Files begin their life in here.
const INCOMING: &str = "incoming";

/// All files of one server.
#[derive(Debug, Clone)]
pub struct Shelf {
    root: PathBuf,
}

/// A file that is being written; it goes away unless it is kept.
#[derive(Debug)]
pub struct Incoming(NamedTempFile);

impl Incoming {
    /// Writes more of it.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        Ok(self.0.write_all(bytes)?)
    }

    /// Where it is for now.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Shelf {
    /// Files in this folder. It is made when the first file comes.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// A new name from 16 random bytes.
    pub fn name(random: [u8; 16], format: Format) -> String {
        const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut number = u128::from_be_bytes(random);
        let mut name = String::with_capacity(32);
        for place in 0..26 {
            if place == 2 {
                name.push('/');
            }
            let digit = usize::try_from(number & 31).unwrap_or(0);
            name.push(DIGITS.get(digit).copied().unwrap_or(b'a').into());
            number >>= 5;
        }
        name.push('.');
        name.push_str(format.extension());
        name
    }

    /// Begins a file.
    pub fn incoming(&self) -> Result<Incoming, Refused> {
        let folder = self.folder()?;
        Ok(Incoming(tempfile::Builder::new().prefix("new-").tempfile_in(folder)?))
    }

    /// A folder for work that goes away with it.
    pub fn bench(&self) -> Result<TempDir, Refused> {
        Ok(tempfile::Builder::new().prefix("work-").tempdir_in(self.folder()?)?)
    }

    fn folder(&self) -> Result<PathBuf, Refused> {
        let folder = self.root.join(INCOMING);
        private(&folder)?;
        Ok(folder)
    }

    /// Keeps a file under its name. Once this returns it is on disk.
    pub fn keep(&self, incoming: Incoming, name: &str) -> Result<(), Refused> {
        let path = self.path(name)?;
        let folder = path.parent().unwrap_or(&self.root);
        private(folder)?;
        incoming.0.as_file().sync_all()?;
        incoming.0.persist_noclobber(&path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()?;
        Ok(())
    }

    /// Keeps a file that another program has written, under a name.
    pub fn adopt(&self, file: &Path, name: &str) -> Result<(), Refused> {
        let path = self.path(name)?;
        let folder = path.parent().unwrap_or(&self.root);
        private(folder)?;
        File::open(file)?.sync_all()?;
        fs::rename(file, &path)?;
        File::open(folder)?.sync_all()?;
        Ok(())
    }

    /// Keeps bytes under a name.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Refused> {
        let mut incoming = self.incoming()?;
        incoming.write(bytes)?;
        self.keep(incoming, name)
    }

    /// Gives a file a second name.
    pub fn link(&self, name: &str, second: &str) -> Result<(), Refused> {
        let (from, to) = (self.path(name)?, self.path(second)?);
        private(to.parent().unwrap_or(&self.root))?;
        // Some file systems know no second names.
        fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(drop))?;
        Ok(())
    }

    /// Where a file is, for reading it.
    pub fn path(&self, name: &str) -> Result<PathBuf, Refused> {
        if is_name(name) {
            Ok(self.root.join(name))
        } else {
            Err(Refused::Io(io::ErrorKind::NotFound.into()))
        }
    }

    /// The bytes of a file.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Refused> {
        Ok(fs::read(self.path(name)?)?)
    }

    /// Takes a file away; one that is not there is gone.
    pub fn remove(&self, name: &str) -> Result<(), Refused> {
        match fs::remove_file(self.path(name)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Takes away what was begun before a crash.
    pub fn clear(&self, older_than: Duration) {
        let Ok(entries) = fs::read_dir(self.root.join(INCOMING)) else { return };
        for entry in entries.flatten() {
            let age = entry.metadata().and_then(|known| known.modified()).ok().and_then(age_of);
            if age.is_some_and(|age| age > older_than) {
                let path = entry.path();
                // What cannot be removed now is tried again at the next start.
                let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "files are dated by the clock of the machine, not by that of the server"
)]
fn age_of(time: SystemTime) -> Option<Duration> {
    SystemTime::now().duration_since(time).ok()
}

/// Nobody else on the machine may look in.
fn private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Whether a text is a name as [`Shelf::name`] makes them. No other path is
/// ever opened.
pub fn is_name(text: &str) -> bool {
    let Some((stem, _)) = text.rsplit_once('.').filter(|_| Format::of_name(text).is_some()) else {
        return false;
    };
    let Some((folder, rest)) = stem.split_once('/') else { return false };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
    folder.len() == 2 && rest.len() == 24 && digits(folder) && digits(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> (TempDir, Shelf) {
        let folder = TempDir::new().unwrap();
        let shelf = Shelf::new(folder.path().join("media"));
        (folder, shelf)
    }

    #[test]
    fn a_file_is_kept_linked_and_removed() {
        let (_folder, shelf) = shelf();
        let (one, two) = (Shelf::name([7; 16], Format::Png), Shelf::name([8; 16], Format::Png));
        shelf.put(&one, b"x").unwrap();
        shelf.link(&one, &two).unwrap();
        shelf.remove(&one).unwrap();
        shelf.remove(&one).unwrap();
        assert!(shelf.read(&one).is_err());
        assert_eq!(shelf.read(&two).unwrap(), b"x");
        assert!(shelf.put(&two, b"y").is_err(), "no file is written over");
    }

    #[test]
    fn only_our_own_names_are_opened() {
        assert!(is_name(&Shelf::name([0xff; 16], Format::Mp4)));
        for wrong in [
            "",
            "../../etc/passwd.png",
            "ab/../cdefghijklmnopqrstuvwxy.png",
            "incoming/new-abc.png",
            "ab/abcdefghijklmnopqrstuvwx.html",
            "ab/abcdefghijklmnopqrstuvwx",
            "AB/abcdefghijklmnopqrstuvwx.png",
            "ab/abcdefghijklmnopqrstuvw\0.png",
        ] {
            assert!(!is_name(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_not_kept_leaves_nothing() {
        let (folder, shelf) = shelf();
        let mut incoming = shelf.incoming().unwrap();
        incoming.write(b"half").unwrap();
        let path = incoming.path().to_owned();
        drop(incoming);
        assert!(!path.exists() && path.starts_with(folder.path()));
    }
}

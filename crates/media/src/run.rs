//! Runs a program that reads hostile bytes: without our environment, in a
//! folder of its own, within bounds of time, memory and output.

use crate::Refused;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The most memory it may ask for, in bytes.
const MEMORY: u64 = 3 << 30;
/// The largest file it may write, in bytes.
const OUTPUT: u64 = 256 << 20;
/// How much of what it says is read, in bytes.
const WORDS: u64 = 1 << 20;
/// How often it is looked after.
const LOOK: Duration = Duration::from_millis(10);

/// Runs it in a folder until it ends, and no longer than `patience`; what it
/// wrote to its output.
pub(crate) fn run(
    program: &Path,
    arguments: &[&str],
    folder: &Path,
    patience: Duration,
    stopped: &AtomicBool,
) -> Result<Vec<u8>, Refused> {
    let (said, complained) = (folder.join("said"), folder.join("complained"));
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(File::create(&said)?)
        .stderr(File::create(&complained)?)
        .spawn()?;
    bound(&child, patience);
    let ended = wait(child, patience, stopped)?;
    if ended {
        return words(&said);
    }
    let why = words(&complained)?;
    let why = String::from_utf8_lossy(why.get(..300).unwrap_or(&why)).trim().to_owned();
    Err(Refused::Broken(why))
}

/// The bounds reach it a moment after its start, before it has read much.
fn bound(child: &Child, patience: Duration) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let Ok(id) = i32::try_from(child.id()) else { return };
    let seconds = patience.as_secs().saturating_mul(2).max(1);
    for (resource, most) in
        [(Resource::As, MEMORY), (Resource::Fsize, OUTPUT), (Resource::Cpu, seconds), (Resource::Core, 0)]
    {
        // It may have ended already.
        let _ = prlimit(Pid::from_raw(id), resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

/// Whether it ended by itself and well.
fn wait(mut child: Child, patience: Duration, stopped: &AtomicBool) -> Result<bool, Refused> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        let stopped = stopped.load(Ordering::Relaxed);
        if stopped || started.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Err(if stopped {
                io::Error::from(io::ErrorKind::Interrupted).into()
            } else {
                Refused::Slow
            });
        }
        thread::sleep(LOOK);
    }
}

fn words(path: &Path) -> Result<Vec<u8>, Refused> {
    let mut words = Vec::new();
    File::open(path)?.take(WORDS).read_to_end(&mut words)?;
    fs::remove_file(path)?;
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_no_environment_and_its_words_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let said = run(
            Path::new("/usr/bin/env"),
            &[],
            folder.path(),
            Duration::from_secs(5),
            &AtomicBool::default(),
        )
        .unwrap();
        assert!(!String::from_utf8_lossy(&said).contains("CARGO"), "{said:?}");
    }

    #[test]
    fn who_takes_too_long_is_ended_and_who_fails_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let sh = Path::new("/bin/sh");
        let slow =
            run(sh, &["-c", "sleep 30"], folder.path(), Duration::from_millis(100), &AtomicBool::default());
        assert!(matches!(slow, Err(Refused::Slow)), "{slow:?}");
        let wrong = run(
            sh,
            &["-c", "echo no >&2; exit 3"],
            folder.path(),
            Duration::from_secs(5),
            &AtomicBool::default(),
        );
        assert!(matches!(&wrong, Err(Refused::Broken(why)) if why == "no"), "{wrong:?}");
    }
}

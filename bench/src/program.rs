//! The server under measurement: a process of its own in a folder of its own,
//! watched from outside.

use anyhow::{Context, Result, bail, ensure};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a start may take.
const START: Duration = Duration::from_secs(20);
/// How long a stop may take before the process is killed.
const STOP: Duration = Duration::from_secs(12);
/// The kernel counts the time of a process in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// A server with its folder, which goes when this goes.
pub(crate) struct Program {
    binary: PathBuf,
    folder: TempDir,
    address: SocketAddr,
    running: Option<Child>,
}

impl Program {
    /// Starts a fresh server and waits until it answers.
    pub(crate) fn start(binary: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("antiphon-bench-").tempdir()?;
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let mut program = Self { binary: binary.to_owned(), folder, address, running: None };
        program.start_again()?;
        Ok(program)
    }

    /// Starts it where it was stopped or killed; how long until it answered.
    pub(crate) fn start_again(&mut self) -> Result<Duration> {
        ensure!(self.running.is_none(), "the server runs already");
        let log = File::options().create(true).append(true).open(self.log())?;
        let begun = Instant::now();
        let child = self
            .command()
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        self.running = Some(child);
        while !is_healthy(self.address) {
            if begun.elapsed() > START {
                bail!("the server does not answer; its log says:\n{}", self.complaints());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(begun.elapsed())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(self.folder.path())
            .env("ANTIPHON_ORIGIN", self.origin())
            .env("ANTIPHON_LISTEN", self.address.to_string())
            .env("ANTIPHON_DATA_DIR", self.folder.path().join("data"))
            .env("ANTIPHON_PEERS_ALLOW", "127.0.0.0/8")
            .env("ANTIPHON_RATE_LIMIT", "off")
            .env("ANTIPHON_LOG", "warn");
        command
    }

    /// Runs a command of the command line beside it, with something to read.
    pub(crate) fn say(&self, words: &[&str], input: &str) -> Result<String> {
        let mut child = self
            .command()
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "antiphon {}: {complaint}", words.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Where it is, as the world names it.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The file with all rows.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("data").join("antiphon.db")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The last lines it wrote to its log.
    pub(crate) fn complaints(&self) -> String {
        let text = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(20)).copied().collect::<Vec<_>>().join("\n")
    }

    /// How much processor time it has used.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.pid()?))?;
        // The name, the only field with spaces, ends with the last bracket.
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok());
        let (user, system) = ticks(11).zip(ticks(12)).context("/proc/PID/stat")?;
        Ok(TICK * (user + system))
    }

    /// Memory it holds, in bytes.
    pub(crate) fn memory_bytes(&self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.split_whitespace().next().context("no VmRSS")?.parse()?;
        Ok(kib * 1024)
    }

    fn pid(&self) -> Result<u32> {
        self.running.as_ref().map(Child::id).context("the server does not run")
    }

    /// Ends it as a power cut of the process would: at once.
    pub(crate) fn kill(&mut self) -> Result<()> {
        let Some(mut child) = self.running.take() else { return Ok(()) };
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks it to stop; how long that took.
    pub(crate) fn stop(&mut self) -> Result<Duration> {
        let Some(child) = self.running.as_mut() else { return Ok(Duration::ZERO) };
        let begun = Instant::now();
        rustix::process::kill_process(
            rustix::process::Pid::from_child(child),
            rustix::process::Signal::TERM,
        )?;
        while child.try_wait()?.is_none() {
            if begun.elapsed() > STOP {
                self.kill()?;
                bail!("the server did not stop in {STOP:?}");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        self.running = None;
        Ok(begun.elapsed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Nobody is left to be told.
        let _ = self.kill();
    }
}

fn is_healthy(address: SocketAddr) -> bool {
    let asked = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(200))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    asked().unwrap_or(false)
}

//! The real program in a process of its own, to be killed.

use crate::http::Http;
use crate::wait::eventually;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

/// The program and its folder; it can be started again and again.
#[derive(Debug)]
pub struct Program {
    /// The origin of its server.
    pub origin: String,
    /// Where numbers are served.
    pub metrics: String,
    binary: PathBuf,
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
    child: Option<Child>,
}

impl Program {
    /// With an empty folder and free ports.
    ///
    /// # Panics
    /// Where there is no folder or port.
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        let ip = crate::address();
        let free =
            || TcpListener::bind((ip, 0)).and_then(|listener| listener.local_addr()).expect("a free port");
        let (address, metrics) = (free(), free());
        let variables = [
            ("ANTIPHON_ORIGIN", format!("http://{address}")),
            ("ANTIPHON_METRICS_LISTEN", metrics.to_string()),
            ("ANTIPHON_PEERS_ALLOW", "127.0.0.0/8".to_owned()),
            ("ANTIPHON_RATE_LIMIT", "off".to_owned()),
        ];
        Self {
            origin: format!("http://{address}"),
            metrics: format!("http://{metrics}/metrics"),
            binary: binary.into(),
            folder: tempfile::tempdir().expect("a folder for the test"),
            variables: variables.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            child: None,
        }
    }

    /// Where it runs; its data lies in `antiphon-data`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sets a variable of its environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(args).current_dir(self.folder.path()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts the server and waits until it is well.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start(&mut self) {
        let mut serve = self.command(&["serve"]);
        let greeting = std::fs::File::create(self.folder().join("greeting")).expect("a file for its words");
        self.child = Some(serve.stdout(greeting).spawn().expect("the program starts"));
        let http = Http::default();
        let health = format!("{}/health", self.origin);
        eventually("the server is well", || async {
            let request = http::Request::get(&health).body(bytes::Bytes::new()).expect("a request");
            http.try_send(request).await.ok().filter(|reply| reply.status.is_success())
        })
        .await;
    }

    /// What it printed since its last start.
    pub fn greeting(&self) -> String {
        std::fs::read_to_string(self.folder().join("greeting")).unwrap_or_default()
    }

    /// Its process.
    ///
    /// # Panics
    /// While it does not run.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// `kill -9`.
    ///
    /// # Panics
    /// While it does not run.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("it is ours to kill");
        child.wait().expect("it ends");
    }

    /// `SIGTERM`, and how it ended.
    ///
    /// # Panics
    /// While it does not run, or where it does not end.
    pub async fn terminate(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        let pid =
            i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it is ours to end");
        let child = std::cell::RefCell::new(&mut child);
        eventually("the server ends", || async {
            child.borrow_mut().try_wait().expect("it can be waited for")
        })
        .await
    }

    /// Runs a command of the program, and gives it something to read.
    ///
    /// # Panics
    /// Where it cannot be run.
    pub fn run(&self, args: &[&str], stdin: &str) -> Output {
        use std::io::Write;
        let mut command = self.command(args);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("the program starts");
        // A command that reads nothing may be over already.
        let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    /// Runs a command that has to go well, and answers with what it printed.
    ///
    /// # Panics
    /// Where it does not go well.
    pub fn says(&self, args: &[&str], stdin: &str) -> String {
        let output = self.run(args, stdin);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {} {words}", output.status);
        String::from_utf8(output.stdout).expect("text")
    }

    /// A number of its metrics.
    ///
    /// # Panics
    /// Where it is not told.
    pub async fn metric(&self, name: &str) -> f64 {
        let page = Http::default().get(&self.metrics, "*/*").await.text();
        let value = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.unwrap_or_else(|| panic!("no metric {name} in {page}"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

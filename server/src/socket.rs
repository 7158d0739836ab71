//! How commands reach a running server: a socket in its data folder, one line
//! of JSON each way. Whoever may open the folder may do all that the command
//! line can.

use crate::boot::StartError;
use crate::commands::{self, Output};
use serde::{Deserialize, Serialize};
use service::Cx;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};

/// The longest request, in bytes.
const MAX_REQUEST: u64 = 16 << 20;
/// Commands at a time.
const COMMANDS: usize = 16;

/// A command for a running server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Request {
    /// What was typed after the program's name.
    pub(crate) args: Vec<String>,
    /// What was piped in, where the command reads it.
    pub(crate) stdin: String,
    /// Where relative paths begin.
    pub(crate) folder: PathBuf,
}

/// The listening side.
#[derive(Debug)]
pub(crate) struct Commands {
    listener: UnixListener,
    path: PathBuf,
}

/// Opens the socket. `None` where the path is too long for one: then commands
/// wait until the server is stopped.
pub(crate) async fn bind(path: &Path) -> Result<Option<Commands>, StartError> {
    let folder = |why| StartError::Folder { path: path.display().to_string(), why };
    if UnixStream::connect(path).await.is_ok() {
        return Err(StartError::Held(path.parent().unwrap_or(path).display().to_string()));
    }
    // What a server left that was killed.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(folder(error)),
        _ => (),
    }
    match UnixListener::bind(path) {
        Ok(listener) => {
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o600)).map_err(folder)?;
            Ok(Some(Commands { listener, path: path.to_owned() }))
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            tracing::warn!(path = %path.display(), "too long a path for a socket: commands cannot reach this server");
            Ok(None)
        }
        Err(error) => Err(folder(error)),
    }
}

impl Commands {
    /// Serves commands until `stopped`.
    pub(crate) async fn run(self, cx: Cx, mut stopped: watch::Receiver<bool>) {
        let room = Arc::new(Semaphore::new(COMMANDS));
        loop {
            let accepted = tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                accepted = self.listener.accept() => accepted,
            };
            let (Ok((stream, _)), Ok(permit)) = (accepted, room.clone().acquire_owned().await) else {
                continue;
            };
            let cx = cx.clone();
            tokio::spawn(async move {
                if let Err(error) = answer(&cx, stream).await {
                    tracing::warn!(%error, "a command was not answered");
                }
                drop(permit);
            });
        }
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "the socket was gone");
        }
    }
}

async fn answer(cx: &Cx, stream: UnixStream) -> io::Result<()> {
    let (from, mut to) = stream.into_split();
    let mut line = String::new();
    BufReader::new(from.take(MAX_REQUEST)).read_line(&mut line).await?;
    let output = match serde_json::from_str::<Request>(&line) {
        Ok(request) => {
            Box::pin(commands::execute_typed(cx, &request.args, &request.stdin, &request.folder)).await
        }
        Err(error) => Output::failed(format!("the request cannot be read: {error}")),
    };
    let mut line = serde_json::to_string(&output)?;
    line.push('\n');
    to.write_all(line.as_bytes()).await?;
    to.shutdown().await
}

/// Hands a command to the server that runs with this socket. `None` where none
/// does.
pub(crate) async fn ask(path: &Path, request: &Request) -> io::Result<Option<Output>> {
    let Ok(stream) = UnixStream::connect(path).await else { return Ok(None) };
    let (from, mut to) = stream.into_split();
    let mut line = serde_json::to_string(request)?;
    line.push('\n');
    to.write_all(line.as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(from).read_line(&mut answer).await?;
    Ok(Some(serde_json::from_str(&answer)?))
}

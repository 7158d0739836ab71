//! Puts a server together, starts it and stops it. Several fit into one
//! process: each has its own store, keys, clock and doors.

use crate::commands::Output;
use crate::settings::{Settings, WrongSetting};
use crate::{doors, listen, metrics, socket};
use service::Cx;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{Clock, Config, Database, Store};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use workers::Workers;

/// How long a stop waits for what is under way.
const DRAIN: Duration = Duration::from_secs(8);

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings cannot be used.
    #[error("{0}")]
    Setting(#[from] WrongSetting),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why not.
        why: std::io::Error,
    },
    /// The data folder cannot be used.
    #[error("{path}: {why}")]
    Folder {
        /// Which.
        path: String,
        /// Why not.
        why: std::io::Error,
    },
    /// Another running server has the data folder.
    #[error("another server is running with the data folder {0}")]
    Held(String),
    /// The store does not open.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// The client for other servers cannot be made.
    #[error("{0}")]
    Client(#[from] wire::ClientError),
    /// The server's own account cannot be made.
    #[error("{0}")]
    Service(#[from] service::Error),
}

impl StartError {
    /// Whether other settings would help: exit status 2.
    pub fn is_setting(&self) -> bool {
        use store::Error::{OtherOrigin, Setting};
        matches!(self, Self::Setting(_) | Self::Store(OtherOrigin { .. } | Setting(_)))
    }
}

/// What a server is started with.
#[derive(Debug)]
pub struct Options {
    /// What the administrator decided.
    pub settings: Settings,
    /// What tells the time.
    pub clock: Clock,
    /// Where requests come in, where that is open already.
    pub listener: Option<TcpListener>,
}

impl Options {
    /// With the clock of this machine, listening where the settings say.
    pub fn new(settings: Settings) -> Self {
        Self { settings, clock: Clock::system(), listener: None }
    }
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

/// A server that runs.
#[derive(Debug)]
pub struct Running {
    /// What it is made of.
    pub cx: Cx,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where its numbers are served, if anywhere.
    pub metrics: Option<SocketAddr>,
    shutdown: watch::Sender<bool>,
    workers: Workers,
    tasks: Vec<JoinHandle<()>>,
}

impl Server {
    /// Opens everything and begins to serve.
    pub async fn start(options: Options) -> Result<Running, StartError> {
        let Options { settings, clock, listener } = options;
        let cx = open(&settings, clock).await?;
        match serve(&settings, cx.clone(), listener).await {
            Ok(running) => Ok(running),
            Err(error) => {
                cx.store.shut_down().await;
                Err(error)
            }
        }
    }
}

/// Opens the store and makes the bundle, without doors and workers: all that a
/// command needs.
pub async fn open(settings: &Settings, clock: Clock) -> Result<Cx, StartError> {
    make_folder(&settings.data_dir)?;
    let client = wire::Client::new(settings.for_client()?)?;
    let for_service = settings.for_service()?;
    let config = Config::new(settings.database_place(), Arc::new(settings.names()), clock);
    if let Database::Sqlite(path) = &config.database {
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), make_folder)?;
    }
    let opening = tokio::task::spawn_blocking(move || Store::open(config));
    let store = opening.await.map_err(|error| store::Error::Panicked(error.to_string()))??;
    let cx = Cx::new(store, client, for_service);
    match prepare(&cx).await {
        Ok(()) => Ok(cx),
        Err(error) => {
            cx.store.shut_down().await;
            Err(error.into())
        }
    }
}

/// Puts a copy in the place of the database of a server that does not run.
pub(crate) fn restore(settings: &Settings, copy: &Path) -> Output {
    let config = Config::new(settings.database_place(), Arc::new(settings.names()), Clock::system());
    let restored = make_folder(&settings.data_dir)
        .and_then(|()| Store::restore(&config, copy).map_err(StartError::Store));
    match restored {
        Ok(Some(kept)) => {
            Output::said(format!("restored; the database before is kept as {}\n", kept.display()))
        }
        Ok(None) => Output::said("restored\n"),
        Err(error) if error.is_setting() => Output::misused(error),
        Err(error) => Output::failed(error),
    }
}

/// What must be there before anything is shown.
async fn prepare(cx: &Cx) -> service::Result<()> {
    service::account::ensure_instance_actor(cx).await?;
    service::media::prepare(cx).await
}

/// Private keys lie in it: nobody else may look.
fn make_folder(path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|why| StartError::Folder { path: path.display().to_string(), why })
}

async fn serve(settings: &Settings, cx: Cx, listener: Option<TcpListener>) -> Result<Running, StartError> {
    let (shutdown, stopped) = watch::channel(false);
    let listener = match listener {
        Some(listener) => listen::adopt(listener)?,
        None => listen::bind(settings.listen_address()).await?,
    };
    let address = listen::address_of(&listener);
    let measured = match settings.metrics_listen {
        Some(address) => Some(listen::bind(address).await?),
        None => None,
    };
    let metrics_address = measured.as_ref().map(listen::address_of);
    let commands = socket::bind(&settings.socket()).await?;
    let app = doors::open(cx.clone(), settings.for_doors());
    let streams = mastodon::stream(cx.clone(), stopped.clone());
    let mut tasks = vec![tokio::spawn(listen::run(listener, app, stopped.clone())), tokio::spawn(streams)];
    if let Some(listener) = measured {
        tasks.push(tokio::spawn(listen::run(listener, metrics::routes(cx.clone()), stopped.clone())));
    }
    tasks.extend(commands.map(|commands| tokio::spawn(commands.run(cx.clone(), stopped.clone()))));
    let workers = workers::start(&cx, &stopped);
    Ok(Running { cx, address, metrics: metrics_address, shutdown, workers, tasks })
}

impl Running {
    /// Lets workers look at the clock again, after a test has moved it.
    pub fn kick(&self) {
        self.workers.kick();
    }

    /// Takes nothing more, finishes what is under way and closes the store.
    pub async fn stop(self) {
        let Self { cx, shutdown, workers, tasks, .. } = self;
        // Fails only where nothing listens any more.
        let _ = shutdown.send(true);
        let drained = async {
            for task in tasks {
                if let Err(error) = task.await {
                    tracing::error!(%error, "a task of the server broke");
                }
            }
            workers.join().await;
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("stopping although something is still under way");
        }
        cx.store.shut_down().await;
    }
}

//! The command line: what was typed, with which settings it runs, and where.

use crate::boot::{self, Options, Server, StartError};
use crate::commands::{self, Command, ConfigCommand, Input, Output};
use crate::settings::{ENTRIES, Effective, Settings, Sources};
use crate::{files, socket};
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches, Parser};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::Clock;
use tokio::signal::unix::{SignalKind, signal};

/// The file that is read where none is named.
const FILE: &str = "antiphon.toml";
/// How often a folder that is held is tried again: its server may just start.
const TRIES: u32 = 50;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// A server of the fediverse that speaks ActivityPub.
#[derive(Debug, Parser)]
#[command(name = "antiphon", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// The file with settings
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What was typed.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) command: Command,
    config: Option<PathBuf>,
    flags: Vec<(&'static str, String)>,
}

/// A command with all it needs to run.
#[derive(Debug)]
pub struct Plan {
    command: Command,
    args: Vec<String>,
    effective: Effective,
}

/// Every setting is a flag too.
fn interface() -> clap::Command {
    ENTRIES.iter().fold(Cli::command(), |command, entry| {
        let flag = Arg::new(setting_id(entry.name))
            .long(entry.flag())
            .value_name("VALUE")
            .global(true)
            .help(entry.sentence())
            .help_heading("Settings")
            .hide_short_help(true);
        command.arg(flag)
    })
}

/// Apart from the names of the commands' own arguments.
fn setting_id(name: &str) -> String {
    format!("setting-{name}")
}

/// Reads arguments, without the program's name.
pub(crate) fn parse(args: &[String]) -> Result<Typed, Output> {
    let named = std::iter::once("antiphon".to_owned()).chain(args.iter().cloned());
    let matches = interface().try_get_matches_from(named).map_err(|error| usage(&error))?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| usage(&error))?;
    let flag = |name: &'static str, matches: &ArgMatches| {
        matches.get_one::<String>(&setting_id(name)).map(|text| (name, text.clone()))
    };
    Ok(Typed {
        command: cli.command.unwrap_or(Command::Serve),
        config: cli.config,
        flags: ENTRIES.iter().filter_map(|entry| flag(entry.name, &matches)).collect(),
    })
}

/// Help goes to standard output, complaints to standard error.
fn usage(error: &clap::Error) -> Output {
    let (text, code) = (error.render().to_string(), u8::try_from(error.exit_code()).unwrap_or(2));
    if error.use_stderr() {
        Output { stderr: text, code, ..Output::default() }
    } else {
        Output { stdout: text, code, ..Output::default() }
    }
}

/// Reads arguments (without the program's name) and settings.
pub fn read(args: Vec<String>, variables: Vec<(String, String)>) -> Result<Plan, Output> {
    let typed = parse(&args)?;
    if matches!(typed.command, Command::Config(ConfigCommand::List)) {
        let effective = Sources::default().gather().map_err(Output::misused)?;
        return Ok(Plan { command: typed.command, args, effective });
    }
    let file = read_file(typed.config.as_deref())?;
    let effective = Sources { file, variables, flags: typed.flags }.gather().map_err(Output::misused)?;
    Ok(Plan { command: typed.command, args, effective })
}

fn read_file(named: Option<&Path>) -> Result<Option<(PathBuf, String)>, Output> {
    let path = named.unwrap_or(Path::new(FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((path.to_owned(), text))),
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Output::misused(format_args!("{}: {error}", path.display()))),
    }
}

impl Plan {
    /// The settings in effect.
    pub fn settings(&self) -> &Settings {
        &self.effective.settings
    }

    /// How much is written to standard error. In the demonstration only what
    /// went wrong, unless somebody asked for more.
    pub fn log(&self) -> &str {
        let log = self.settings().log.as_str();
        if matches!(self.command, Command::Demo(_)) && log == Settings::default().log { "warn" } else { log }
    }

    /// Runs it. What a command says comes back; a server greets through `out`.
    pub async fn run(self, out: &mut (dyn Write + Send)) -> Output {
        match &self.command {
            Command::Serve => Box::pin(serve(self.effective.settings, out)).await,
            Command::Demo(demo) => Box::pin(crate::demo::run(demo, out)).await,
            Command::Config(ConfigCommand::Check) => match self.settings().for_client() {
                Ok(_) => Output::said(self.effective.to_string()),
                Err(wrong) => Output::misused(wrong),
            },
            Command::Restore { file } => boot::restore(self.settings(), file),
            command => match read_input(command) {
                Ok(input) => match command.execute_alone(&input) {
                    Some(output) => output,
                    None => Box::pin(self.somewhere(input)).await,
                },
                Err(why) => Output::failed(why),
            },
        }
    }

    /// In the server that runs with this data folder, else here.
    async fn somewhere(&self, stdin: String) -> Output {
        let folder = std::env::current_dir().unwrap_or_default();
        let request = socket::Request { args: self.args.clone(), stdin, folder };
        for _ in 0..TRIES {
            match socket::ask(&self.settings().socket(), &request).await {
                Ok(Some(output)) => return output,
                Ok(None) => (),
                Err(error) => {
                    return Output::failed(format_args!("the running server did not answer: {error}"));
                }
            }
            match Box::pin(boot::open(self.settings(), Clock::system())).await {
                Ok(cx) => {
                    let done = commands::execute(&cx, &self.command, &request.stdin, &request.folder);
                    let output = Box::pin(done).await;
                    cx.store.shut_down().await;
                    return output;
                }
                Err(StartError::Store(store::Error::Held(_))) => tokio::time::sleep(BETWEEN_TRIES).await,
                Err(error) => return refused(&error),
            }
        }
        Output::failed("another process has the data folder and does not answer")
    }
}

fn read_input(command: &Command) -> Result<String, String> {
    match command.input() {
        Input::None => Ok(String::new()),
        Input::Stdin => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
            Ok(text)
        }
        Input::File(path) => {
            std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
        }
    }
}

fn refused(error: &StartError) -> Output {
    if error.is_setting() { Output::misused(error) } else { Output::failed(error) }
}

/// Runs a server until it is asked to stop.
async fn serve(settings: Settings, out: &mut (dyn Write + Send)) -> Output {
    files::allow_all();
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
        return Output::failed("signals cannot be listened to");
    };
    let running = match Server::start(Options::new(settings)).await {
        Ok(running) => running,
        Err(error) => return refused(&error),
    };
    // Nobody may be reading; the server runs all the same.
    let _ = greet(out, &running);
    tokio::select! {
        _ = terminate.recv() => (),
        _ = interrupt.recv() => (),
    }
    tracing::info!("stopping");
    running.stop().await;
    Output::default()
}

fn greet(out: &mut (dyn Write + Send), running: &boot::Running) -> io::Result<()> {
    let origin = running.cx.names.origin();
    writeln!(
        out,
        "Antiphon {} is at {origin}, listening on {}.",
        env!("CARGO_PKG_VERSION"),
        running.address
    )?;
    if let Some(address) = running.metrics {
        writeln!(out, "Numbers are at http://{address}/metrics.")?;
    }
    writeln!(out, "Make the first account with: antiphon account create NAME --admin")?;
    out.flush()
}

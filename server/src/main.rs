//! Antiphon, the program. Only here is the environment read and logging set up.

use server::cli;
use server::commands::Output;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// A page of posts is some thousand small texts, taken on one thread and given
/// back on another: what the system's own allocator is slowest at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Fails only where one is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let args = std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let output = match cli::read(args, variables.collect()) {
        Ok(plan) => run(plan),
        Err(output) => output,
    };
    // Who reads us may be gone: then there is nobody to tell.
    let _ = io::stdout().write_all(output.stdout.as_bytes()).and_then(|()| io::stdout().flush());
    let _ = io::stderr().write_all(output.stderr.as_bytes());
    ExitCode::from(output.code)
}

fn run(plan: cli::Plan) -> Output {
    let filter = match EnvFilter::builder().parse(plan.log()) {
        Ok(filter) => filter,
        Err(error) => return Output::misused(format_args!("log: {error}")),
    };
    let color = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(color).init();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(async { Box::pin(plan.run(&mut io::stdout())).await }),
        Err(error) => Output::failed(error),
    }
}

//! Numbers for Prometheus, on an address of their own.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use service::Cx;
use std::fmt::{Display, Write as _};

pub(crate) fn routes(cx: Cx) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(cx)
}

/// `GET /metrics`
async fn metrics(State(cx): State<Cx>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    match text(&cx).await {
        Ok(text) => (kind, text).into_response(),
        Err(error) => {
            tracing::error!(%error, "no metrics");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn text(cx: &Cx) -> service::Result<String> {
    let waiting = cx.read(|tx| Ok((store::message::waiting_count(tx)?, store::delivery::waiting_count(tx)?)));
    let (messages, deliveries) = waiting.await?;
    let (store, client) = (cx.store.stats(), cx.client.stats());
    let mut page = Page::default();
    page.gauge(
        "store_waiting_foreground",
        "Verbs of people and peers that wait to write.",
        store.waiting_foreground,
    );
    page.gauge("store_waiting_background", "Verbs of workers that wait to write.", store.waiting_background);
    page.gauge("store_waiting_reads", "Verbs that wait to read.", store.waiting_reads);
    page.counter("store_commits_total", "Commits since the start.", store.commits);
    page.counter("store_verbs_total", "Verbs these commits held.", store.verbs);
    page.gauge("messages_waiting", "Messages of peers that wait to be acted upon.", messages);
    page.gauge("deliveries_waiting", "Deliveries that wait.", deliveries);
    page.gauge("client_sockets_open", "Sockets to other servers that are open.", client.open_sockets);
    page.counter(
        "client_sockets_opened_total",
        "Sockets ever opened to other servers.",
        client.opened_sockets,
    );
    page.counter("client_requests_total", "Requests ever sent to other servers.", client.requests);
    page.gauge("client_fetches", "Fetches under way.", client.fetches);
    page.gauge("client_deliveries", "Deliveries under way.", client.deliveries);
    if let Some(bytes) = resident_bytes() {
        page.gauge("resident_memory_bytes", "Memory of the process.", bytes);
    }
    Ok(page.0)
}

/// The text format of Prometheus.
#[derive(Debug, Default)]
struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.line("gauge", name, help, value);
    }

    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.line("counter", name, help, value);
    }

    fn line(&mut self, kind: &str, name: &str, help: &str, value: impl Display) {
        // Writing to a text cannot fail.
        let _ = write!(
            self.0,
            "# HELP antiphon_{name} {help}\n# TYPE antiphon_{name} {kind}\nantiphon_{name} {value}\n"
        );
    }
}

/// Where the system tells it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_with_its_kind() {
        let mut page = Page::default();
        page.gauge("deliveries_waiting", "Deliveries that wait.", 3);
        let lines: Vec<&str> = page.0.lines().collect();
        assert_eq!(
            lines,
            [
                "# HELP antiphon_deliveries_waiting Deliveries that wait.",
                "# TYPE antiphon_deliveries_waiting gauge",
                "antiphon_deliveries_waiting 3"
            ]
        );
    }

    #[test]
    fn memory_is_more_than_nothing_where_it_is_told() {
        assert!(resident_bytes().is_none_or(|bytes| bytes > 100_000));
    }
}

//! A server with people on it, and peers around it.

use crate::caller::{Answer, Connection, request};
use crate::database::Rows;
use crate::letters;
use crate::peers::{Actor, Peers};
use crate::program::Program;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// How long setting up may take.
const SETTING_UP: Duration = Duration::from_secs(120);
/// Connections that bring letters.
const CALLERS: usize = 32;

/// A server, its people and its peers.
pub(crate) struct Stage {
    pub(crate) program: Program,
    pub(crate) peers: Peers,
    people: Vec<Person>,
}

/// An account of the server.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) token: String,
}

impl Stage {
    /// A fresh server with so many people (the first is alice) and hosts.
    pub(crate) async fn open(binary: &Path, people: usize, hosts: usize) -> Result<Self> {
        let program = Program::start(binary)?;
        let peers = Peers::open(hosts, program.address()).await?;
        let mut stage = Self { program, peers, people: Vec::new() };
        for number in 0..people {
            let name = if number == 0 { "alice".to_owned() } else { format!("alice{number}") };
            stage.program.say(&["account", "create", &name, "--password-stdin"], "antiphon in the nave\n")?;
            let token = stage.program.say(&["token", "create", &name], "")?.trim().to_owned();
            stage.people.push(Person { name, token });
        }
        Ok(stage)
    }

    /// The first person.
    pub(crate) fn alice(&self) -> &Person {
        self.people.first().expect("a stage has somebody on it")
    }

    /// Alice, as peers name her.
    pub(crate) async fn alice_id(&self) -> Result<String> {
        let target = format!("/.well-known/webfinger?resource=acct:alice@{}", self.program.address());
        let found = self.get(&target, None).await?;
        let links = found.get("links").and_then(Value::as_array).context("no links")?;
        let own = links.iter().find(|link| link.get("rel").and_then(Value::as_str) == Some("self"));
        let href = own.and_then(|link| link.get("href")).and_then(Value::as_str);
        Ok(href.context("no link to alice")?.to_owned())
    }

    pub(crate) fn rows(&self) -> Result<Rows> {
        Rows::open(&self.program.database())
    }

    pub(crate) fn inbox(&self) -> Result<Url> {
        letters::shared_inbox(self.program.address())
    }

    /// A request of somebody's client.
    pub(crate) fn ask(&self, target: &str, accept: &str, who: Option<&Person>) -> Vec<u8> {
        let token = who.map(|person| person.token.as_str());
        request("GET", target, self.program.address(), accept, token, None)
    }

    async fn get(&self, target: &str, who: Option<&Person>) -> Result<Value> {
        let asked = self.ask(target, "application/json", who);
        read(&Connection::open(self.program.address()).await?.call(&asked).await?, target)
    }

    async fn post(&self, target: &str, who: &Person, body: &Value) -> Result<Value> {
        let asked =
            request("POST", target, self.program.address(), "application/json", Some(&who.token), Some(body));
        read(&Connection::open(self.program.address()).await?.call(&asked).await?, target)
    }

    /// Somebody writes a public post; its id among the peers.
    pub(crate) async fn write(&self, who: &Person, text: &str) -> Result<String> {
        let posted =
            self.post("/api/v1/statuses", who, &json!({"status": text, "visibility": "public"})).await?;
        Ok(posted.get("uri").and_then(Value::as_str).context("a post without uri")?.to_owned())
    }

    /// Everybody here follows the first actors of the peers, and is accepted.
    pub(crate) async fn follow_authors(&self, authors: usize) -> Result<()> {
        for person in &self.people {
            for number in 0..authors {
                self.follow(person, &self.peers.actor(number)).await?;
            }
        }
        let wanted = i64::try_from(authors * self.people.len())?;
        let accepted = "SELECT COUNT(*) FROM follow WHERE accepted = 1";
        ensure!(self.rows()?.until(accepted, wanted, SETTING_UP).await?, "not all follows were accepted");
        Ok(())
    }

    async fn follow(&self, person: &Person, actor: &Actor) -> Result<()> {
        let found = self
            .get(&format!("/api/v2/search?resolve=true&type=accounts&q={}", actor.id), Some(person))
            .await?;
        let id =
            found.pointer("/accounts/0/id").and_then(Value::as_str).context("the actor was not found")?;
        self.post(&format!("/api/v1/accounts/{id}/follow"), person, &json!({})).await.map(drop)
    }

    /// So many actors of the peers follow alice, and are accepted.
    pub(crate) async fn gather_followers(&self, count: usize) -> Result<()> {
        let before = self.peers.accepts();
        let (alice, inbox) = (self.alice_id().await?, self.inbox()?);
        let actors: Vec<Actor> = (0..count).map(|number| self.peers.actor(number)).collect();
        let (_, requests) = letters::many(count, move |number| {
            let actor = actors.get(number).context("an actor")?;
            letters::post(actor, &letters::follow(actor, number, &alice), &inbox)
        })
        .await?;
        let sent = crate::caller::send_each(self.program.address(), requests, CALLERS).await?;
        ensure!(sent.taken().count() == count, "not all follows were taken");
        ensure!(
            self.until(SETTING_UP, || self.peers.accepts() >= before + count).await,
            "not all were accepted"
        );
        Ok(())
    }

    /// Looks again and again whether it is so; false where it took too long.
    pub(crate) async fn until(&self, within: Duration, is_so: impl Fn() -> bool) -> bool {
        let begun = Instant::now();
        while !is_so() {
            if begun.elapsed() > within {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        true
    }

    /// Posts of the first authors, signed and ready. `series` is part of their ids.
    pub(crate) async fn creates(
        &self,
        authors: usize,
        count: usize,
        series: &'static str,
        mentioned: Option<String>,
    ) -> Result<(Vec<String>, Arc<Vec<Vec<u8>>>)> {
        let actors: Vec<Actor> = (0..authors).map(|number| self.peers.actor(number)).collect();
        let inbox = self.inbox()?;
        letters::many(count, move |number| {
            let actor = actors.get(number % actors.len()).context("an actor")?;
            let create = letters::create(actor, &format!("{series}{number}"), mentioned.as_deref());
            letters::post(actor, &create, &inbox)
        })
        .await
    }
}

fn read(answer: &Answer, target: &str) -> Result<Value> {
    let text = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == 200, "{target} answered {}: {text}", answer.status);
    Ok(serde_json::from_slice(&answer.body)?)
}

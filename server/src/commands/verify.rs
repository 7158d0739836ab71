//! `antiphon verify`: explains the signature of a saved HTTP request.

mod saved;

use super::Output;
use activitypub::{KeyDocument, KeyForm};
use anyhow::Context;
use clap::Args;
use domain::Timestamp;
use saved::Saved;
use service::Cx;
use std::fmt::Write as _;
use std::path::PathBuf;
use store::Clock;
use wire::digest;
use wire::key::PublicKey;
use wire::signature::{self, Claim, Parts};

/// What to verify, and with what.
#[derive(Debug, Clone, Args)]
pub struct VerifyCommand {
    /// A file with request line, headers, an empty line and the body; - reads
    /// standard input
    pub file: PathBuf,
    /// The public key, in PEM; else it is fetched
    #[arg(long, value_parser = read_key)]
    pub key: Option<String>,
    /// How the request came: https or http
    #[arg(long, default_value = "https", value_parser = ["https", "http"])]
    pub scheme: String,
}

/// A file's contents stand in for its name, so that another process needs no
/// file. What was read already is passed through.
fn read_key(text: &str) -> Result<String, String> {
    if text.contains("-----BEGIN") {
        return Ok(text.to_owned());
    }
    std::fs::read_to_string(text).map_err(|error| error.to_string())
}

impl VerifyCommand {
    /// With a key at hand nothing else is needed.
    pub(super) fn alone(&self, input: &str) -> Option<Output> {
        let pem = self.key.as_deref()?;
        let key = PublicKey::from_pem(pem).map_err(|why| why.to_string());
        Some(self.explain(input, Clock::system().now(), &|_| ("the file".to_owned(), key.clone())))
    }

    /// Fetches each key that is named.
    pub(super) async fn run(&self, cx: &Cx, input: &str) -> Output {
        if let Some(output) = self.alone(input) {
            return output;
        }
        let mut keys = Vec::new();
        let claims = Saved::parse(input).ok().and_then(|saved| signature::read(&saved.headers).ok());
        for claim in claims.unwrap_or_default() {
            let found = fetch_key(cx, &claim).await.map_err(|why| format!("{why:#}"));
            keys.push((claim.key_id.clone(), found));
        }
        self.explain(input, cx.now(), &|claim| {
            let found = keys.iter().find(|(key_id, _)| *key_id == claim.key_id);
            match found {
                Some((_, Ok((owner, key)))) => (format!("the document of {owner}"), Ok(key.clone())),
                Some((_, Err(why))) => (claim.key_id.clone(), Err(why.clone())),
                None => (claim.key_id.clone(), Err("was not fetched".to_owned())),
            }
        })
    }

    fn explain(&self, input: &str, now: Timestamp, key_of: KeyOf<'_>) -> Output {
        let saved = match Saved::parse(input) {
            Ok(saved) => saved,
            Err(why) => return Output::failed(why),
        };
        let mut told = Told::default();
        told.request(&saved, &self.scheme, now, key_of);
        let verdict = if told.is_good { "The signature holds." } else { "The signature does not hold." };
        Output {
            stdout: format!("{}{verdict}\n", told.text),
            code: u8::from(!told.is_good),
            ..Output::default()
        }
    }
}

type KeyOf<'a> = &'a dyn Fn(&Claim) -> (String, Result<PublicKey, String>);

/// The explanation while it is written.
#[derive(Debug, Default)]
struct Told {
    text: String,
    is_good: bool,
}

impl Told {
    fn say(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// A check and its outcome.
    fn check<E: std::fmt::Display>(&mut self, name: &str, outcome: Result<String, E>) -> bool {
        match outcome {
            Ok(words) => {
                self.say(format_args!("  {name}: good{}{words}", if words.is_empty() { "" } else { ", " }));
            }
            Err(why) => {
                self.say(format_args!("  {name}: NOT good: {why}"));
                return false;
            }
        }
        true
    }

    fn request(&mut self, saved: &Saved, scheme: &str, now: Timestamp, key_of: KeyOf<'_>) {
        self.say(format_args!("{} {} at {}", saved.method, saved.target, saved.authority));
        let parts = Parts {
            method: &saved.method,
            scheme,
            authority: &saved.authority,
            target: &saved.target,
            headers: &saved.headers,
        };
        let has_body = !saved.body.is_empty();
        let mut body_fits = true;
        if has_body {
            let checked = digest::check(&saved.headers, saved.body.as_bytes());
            body_fits =
                self.check("digest of the body", checked.map(|by| by.by().collect::<Vec<_>>().join(" and ")));
            let trimmed = saved.body.trim_end_matches(['\r', '\n']);
            if !body_fits && digest::check(&saved.headers, trimmed.as_bytes()).is_ok() {
                self.say(format_args!(
                    "    without the line break at its end it would be: was it added when saving?"
                ));
            }
        }
        match signature::read(&saved.headers) {
            Ok(claims) => {
                for claim in &claims {
                    self.is_good |= self.claim(&parts, claim, has_body, now, key_of) && body_fits;
                }
            }
            Err(why) => self.say(format_args!("  {why}")),
        }
    }

    fn claim(
        &mut self,
        parts: &Parts<'_>,
        claim: &Claim,
        has_body: bool,
        now: Timestamp,
        key_of: KeyOf<'_>,
    ) -> bool {
        match signature::explain(parts, claim) {
            Ok(told) => self.explanation(&told),
            Err(why) => {
                self.check::<_>("signing string", Err(why));
                return false;
            }
        }
        let form = self.check(
            "coverage and dates",
            signature::check_form(parts, claim, has_body, now).map(|()| String::new()),
        );
        let (place, key) = key_of(claim);
        let fits = match key {
            Ok(key) => {
                self.check::<String>("key", Ok(format!("{}, from {place}", key.kind())));
                self.check("signature", signature::verify(parts, claim, &key).map(|_| String::new()))
            }
            Err(why) => self.check("key", Err(why)),
        };
        form && fits
    }

    fn explanation(&mut self, told: &signature::Explanation) {
        self.say(format_args!("{} signature", told.scheme.name()));
        if let Some(label) = &told.label {
            self.say(format_args!("  label: {label}"));
        }
        self.say(format_args!("  key id: {}", told.key_id));
        self.say(format_args!(
            "  algorithm: {}",
            told.algorithm.as_deref().unwrap_or("not named; the key decides")
        ));
        self.say(format_args!("  covers: {}", told.covered.join(" ")));
        for (name, seconds) in [("created", told.created), ("expires", told.expires)] {
            if let Some(seconds) = seconds {
                self.say(format_args!("  {name}: {}", super::shown(Timestamp(seconds.saturating_mul(1000)))));
            }
        }
        self.say(format_args!("  what was signed:"));
        for line in told.signing_string.lines() {
            self.say(format_args!("    | {line}"));
        }
        self.say(format_args!("  signature in base64: {}", told.signature));
    }
}

/// The key that a signature names, and whose it says it is.
async fn fetch_key(cx: &Cx, claim: &Claim) -> anyhow::Result<(String, PublicKey)> {
    let url = signature::key_id_url(&claim.key_id)?;
    let signer = cx.instance_signer().await?;
    let document = cx.client.fetch_document(url.as_str(), Some(&signer), cx.now()).await?;
    let keys = KeyDocument::parse(&document.json)?;
    let key = keys.find(&claim.key_id).context("the document does not list it")?;
    let public = match &key.form {
        KeyForm::Pem(text) => PublicKey::from_pem(text),
        KeyForm::Multibase(text) => PublicKey::from_multibase(text),
    };
    Ok((key.owner.clone(), public?))
}

#[cfg(test)]
mod tests;

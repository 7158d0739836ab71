//! Commands, with a running server and without one.

use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Http, Peer, Program, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_antiphon"))
}

fn handle(program: &Program, name: &str) -> String {
    format!("@{name}@{}", program.origin.trim_start_matches("http://"))
}

/// All that is done to accounts, wherever it runs.
fn accounts(program: &Program, name: &str) {
    let create =
        ["account", "create", name, "--password-stdin", "--admin", "--email", &format!("{name}@example.org")];
    assert_eq!(program.says(&create, "correct horse battery\n"), format!("{}\n", handle(program, name)));
    let again = program.run(&create, "correct horse battery\n");
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("has already been taken"));
    let bot = program.says(&["account", "create", &format!("{name}_bot"), "--bot"], "");
    let password = bot.lines().nth(1).and_then(|line| line.strip_prefix("password: ")).unwrap();
    assert!(password.len() >= 20, "{bot}");
    assert!(program.says(&["account", "show", &format!("{name}_bot")], "").contains("kind: Service"));
    assert!(program.says(&["account", "list"], "").contains(&handle(program, name)));
    let shown = program.says(&["account", "show", name], "");
    assert!(shown.contains("state: active") && shown.contains("user: admin"), "{shown}");
    let token = program.says(&["token", "create", name, "--scopes", "read write"], "");
    assert!(token.trim().len() > 30 && token.lines().count() == 1, "{token}");
    assert_eq!(program.run(&["token", "create", name, "--scopes", "fly"], "").status.code(), Some(1));
    assert_eq!(program.run(&["token", "create", "nobody"], "").status.code(), Some(1));
    program.says(&["account", "suspend", &format!("{name}_bot")], "");
    assert!(program.says(&["account", "show", &format!("{name}_bot")], "").contains("state: suspended"));
    program.says(&["account", "delete", &format!("{name}_bot")], "");
    assert!(program.says(&["account", "show", &format!("{name}_bot")], "").contains("state: deleted"));
    let wrong = program.run(&["account", "create", "x y", "--password-stdin"], "correct horse battery\n");
    assert_eq!(wrong.status.code(), Some(1));
}

#[tokio::test]
async fn accounts_are_made_shown_and_ended_with_a_server_and_without() {
    let mut program = program();
    accounts(&program, "alice");
    program.start().await;
    accounts(&program, "bob");
    let token = program.says(&["token", "create", "alice"], "");
    let request = http::Request::get(format!("{}/api/v1/accounts/verify_credentials", program.origin))
        .header("authorization", format!("Bearer {}", token.trim()))
        .body(bytes::Bytes::new())
        .unwrap();
    let me = Http::default().send(request).await;
    assert_eq!((me.code(), &me.json()["username"]), (200, &json!("alice")));
}

/// Capability X6.
#[tokio::test]
async fn servers_are_ruled_and_reports_are_read_from_the_command_line() {
    let mut program = program();
    assert_eq!(
        program.says(&["host", "block", "Evil.example", "--note", "spam"], ""),
        "evil.example is blocked\n"
    );
    assert_eq!(program.says(&["host", "silence", "loud.example"], ""), "loud.example is silenced\n");
    let rules = program.says(&["host", "list"], "");
    assert!(rules.contains("evil.example\tblocked") && rules.contains("\tspam\n"), "{rules}");
    program.start().await;
    assert_eq!(program.says(&["host", "allow", "evil.example"], ""), "evil.example is allowed\n");
    assert!(!program.says(&["host", "list"], "").contains("evil.example"));
    let own = program.origin.trim_start_matches("http://").to_owned();
    for wrong in [own.as_str(), "no host"] {
        assert_eq!(program.run(&["host", "block", wrong], "").status.code(), Some(1), "{wrong}");
    }
    for name in ["alice", "mallory"] {
        program.says(&["account", "create", name], "");
    }
    let token = program.says(&["token", "create", "alice"], "");
    let (http, bearer) = (Http::default(), format!("Bearer {}", token.trim()));
    let ask = |path: &str| {
        http::Request::builder().uri(format!("{}{path}", program.origin)).header("authorization", &bearer)
    };
    let found =
        http.send(ask("/api/v1/accounts/lookup?acct=mallory").body(bytes::Bytes::new()).unwrap()).await;
    let body = json!({ "account_id": found.json()["id"], "comment": "rude" }).to_string();
    let report = ask("/api/v1/reports").method("POST").header("content-type", "application/json");
    let id = http.send(report.body(body.into()).unwrap()).await.json()["id"].as_str().unwrap().to_owned();
    let list = program.says(&["report", "list"], "");
    assert!(list.starts_with(&id) && list.contains("@mallory@") && list.contains("by @alice@"), "{list}");
    let shown = program.says(&["report", "show", &id], "");
    assert!(shown.contains("  | rude") && shown.contains("category: other"), "{shown}");
    program.says(&["report", "resolve", &id, "--note", "warned"], "");
    assert_eq!(program.says(&["report", "list"], ""), "");
    assert!(program.says(&["report", "list", "--all"], "").contains("\tresolved\t"));
    assert!(program.says(&["report", "show", &id], "").contains("warned"));
    assert_eq!(program.run(&["report", "resolve", &id], "").status.code(), Some(1));
}

/// N27
#[tokio::test]
async fn a_suspended_persons_token_is_good_no_more() {
    let mut program = program();
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    let token = program.says(&["token", "create", "alice"], "");
    let verify = || {
        http::Request::get(format!("{}/api/v1/accounts/verify_credentials", program.origin))
            .header("authorization", format!("Bearer {}", token.trim()))
            .body(bytes::Bytes::new())
            .unwrap()
    };
    let http = Http::default();
    assert_eq!(http.send(verify()).await.code(), 200);
    let host = program.origin.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let watch = format!(
        "GET /api/v1/streaming/user HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        token.trim()
    );
    stream.write_all(watch.as_bytes()).await.unwrap();
    let mut told = [0; 12];
    stream.read_exact(&mut told).await.unwrap();
    assert_eq!(&told, b"HTTP/1.1 200");
    program.says(&["account", "suspend", "alice"], "");
    assert_eq!(http.send(verify()).await.code(), 401);
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    ended.expect("what was watched ends, too").unwrap();
}

/// Capability W1, W8.
#[tokio::test(flavor = "multi_thread")]
async fn documents_of_others_are_fetched_and_handles_found() {
    let mut program = program();
    let peer = Peer::start().await;
    let bob = peer.add("bob");
    let at = format!("@bob@{}", peer.address);
    for running in [false, true] {
        if running {
            program.start().await;
        }
        for what in [bob.as_str(), at.as_str()] {
            let printed = says(&program, &["fetch", what]);
            let document: Value = serde_json::from_str(&printed).unwrap();
            assert_eq!((&document["id"], printed.lines().count() > 5), (&json!(bob), true));
        }
        let found = says(&program, &["webfinger", &at]);
        assert!(found.contains(&format!("actor: {bob}")), "{found}");
        let missing = run(&program, &["fetch", &peer.url("/nothing")]);
        assert_eq!(missing.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&missing.stderr).contains("404"), "{missing:?}");
    }
    eventually("fetches are in the log", || async {
        let log = says(&program, &["log"]);
        (log.contains(&format!("fetch GET {bob} ({}): processed", peer.address))
            && log.contains(": failed, "))
        .then_some(())
    })
    .await;
}

/// The peer runs in this process: commands must not block its thread.
fn run(program: &Program, args: &[&str]) -> std::process::Output {
    tokio::task::block_in_place(|| program.run(args, ""))
}

fn says(program: &Program, args: &[&str]) -> String {
    tokio::task::block_in_place(|| program.says(args, ""))
}

/// Capability H6.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_and_a_delivery_are_in_the_log_with_their_reasons() {
    let mut program = program();
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    let peer = Peer::start().await;
    peer.add("bob");
    let alice = format!("{}/users/alice", program.origin);
    let follow = peer.activity("bob", 1, "Follow", &json!(alice));
    let letter = peer.letter("bob", &format!("{alice}/inbox"), &follow);
    assert_eq!(letter.clone().without("signature").send().await.code(), 401);
    assert_eq!(letter.send().await.code(), 202);
    peer.receives("Accept").await;
    peer.add("mallory");
    let forged = letter.signer(peer.signer("mallory"));
    assert_eq!(forged.send().await.code(), 403);
    let signer = format!("from {}, signed by {} ({})", peer.id("bob"), peer.id("mallory"), peer.address);
    eventually("the log", || async {
        let refused = says(&program, &["log", "--refused"]);
        let told = refused.lines().count() == 2
            && refused.contains("has no Signature header")
            && refused.contains(&signer);
        let log = says(&program, &["log", "--limit", "20"]);
        let delivered = log.contains(&format!("to {}: delivered, 1 try", peer.address));
        (told && delivered && log.contains("in    Follow")).then_some(())
    })
    .await;
}

/// N66
#[tokio::test]
async fn a_backup_is_a_database_and_never_overwrites() {
    let mut program = program();
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    assert_eq!(
        program.says(&["backup", "copy.db"], "").trim(),
        program.folder().join("copy.db").display().to_string()
    );
    assert_eq!(program.run(&["backup", "copy.db"], "").status.code(), Some(1));
    program.terminate().await;
    let restored = program.says(&["--database", "sqlite:restored/antiphon.db", "account", "list"], "");
    assert_eq!(restored, "");
    std::fs::copy(program.folder().join("copy.db"), program.folder().join("restored/antiphon.db")).unwrap();
    let restored = program.says(&["--database", "sqlite:restored/antiphon.db", "account", "list"], "");
    assert!(restored.contains("@alice@"), "{restored}");
}

#[tokio::test]
async fn inspect_reads_files_and_standard_input() {
    let program = program();
    let like = r#"{"id":"https://a.example/1","type":"Like","actor":"https://a.example/u","object":"https://b.example/1"}"#;
    std::fs::write(program.folder().join("like.json"), like).unwrap();
    for (args, stdin) in [(["inspect", "like.json"], ""), (["inspect", "-"], like)] {
        assert!(program.says(&args, stdin).contains("Like"));
    }
    assert_eq!(program.run(&["inspect", "-"], "[]").status.code(), Some(1));
    assert_eq!(program.run(&["inspect", "missing.json"], "").status.code(), Some(1));
    assert!(!program.folder().join("antiphon-data").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_request_is_verified_with_a_key_that_is_fetched() {
    let program = program();
    let peer = Peer::start().await;
    peer.add("bob");
    let request = peer.letter("bob", "https://here.example/inbox", &json!({ "type": "Like" })).request();
    let headers: String = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    std::fs::write(program.folder().join("saved"), format!("POST /inbox HTTP/1.1\n{headers}\n{body}"))
        .unwrap();
    let told = says(&program, &["verify", "saved"]);
    assert!(told.contains(&peer.id("bob")) && told.ends_with("The signature holds.\n"), "{told}");
    std::fs::write(program.folder().join("saved"), format!("POST /inbox HTTP/1.1\n{headers}\n{body} "))
        .unwrap();
    assert_eq!(run(&program, &["verify", "saved"]).status.code(), Some(1));
}

//! What the administrator says on the command line, read through the doors.

use serde_json::{Value, json};
use testkit::{Http, Program};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

async fn get(program: &Program, path: &str, token: &str) -> Value {
    let request = http::Request::get(format!("{}{path}", program.origin))
        .header("authorization", format!("Bearer {token}"))
        .body(bytes::Bytes::new())
        .unwrap();
    let answer = Http::default().send(request).await;
    assert_eq!(answer.code(), 200, "{path}");
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn announcements_emoji_rules_and_texts_are_made_on_the_command_line() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_antiphon"));
    program.says(&["rule", "add", "Be kind", "--hint", "To everyone."], "");
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    let token = program.says(&["token", "create", "alice"], "").trim().to_owned();

    assert_eq!(program.says(&["rule", "add", "No spam"], ""), "2\n");
    assert!(program.says(&["rule", "list"], "").contains("1\tBe kind\n\tTo everyone.\n2\tNo spam\n"));
    program.says(&["rule", "remove", "1"], "");
    assert_eq!(get(&program, "/api/v1/instance/rules", &token).await[0]["id"], "2");
    assert_eq!(program.run(&["rule", "remove", "1"], "").status.code(), Some(1));

    let told = program.says(&["announcement", "create", "-", "--ends", "2099-01-01"], "**Hello** all\n");
    let list = get(&program, "/api/v1/announcements", &token).await;
    assert_eq!((&list[0]["id"], &list[0]["all_day"]), (&json!(told.trim()), &json!(true)));
    assert_eq!(list[0]["ends_at"], "2099-01-01T23:59:59.999Z");
    assert!(program.says(&["announcement", "list"], "").contains("**Hello** all"));
    program.says(&["announcement", "delete", told.trim()], "");
    assert_eq!(get(&program, "/api/v1/announcements", &token).await, json!([]));
    assert_eq!(program.run(&["announcement", "create", "x", "--ends", "soon"], "").status.code(), Some(1));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("owl.png");
    std::fs::write(&file, PICTURE).unwrap();
    let file = file.to_str().unwrap();
    let added = program.says(&["emoji", "add", "owl", file, "--category", "Birds"], "");
    let url = added.trim().rsplit(' ').next().unwrap();
    assert_eq!(get(&program, "/api/v1/custom_emojis", &token).await[0]["url"], url);
    assert!(program.says(&["emoji", "list"], "").starts_with(":owl:\tBirds\t"));
    program.says(&["emoji", "remove", "owl"], "");
    assert_eq!(get(&program, "/api/v1/custom_emojis", &token).await, json!([]));
    std::fs::write(folder.path().join("owl.png"), "<svg/>").unwrap();
    assert_eq!(program.run(&["emoji", "add", "owl", file], "").status.code(), Some(1));
    assert_eq!(program.run(&["emoji", "add", "owl", "/nowhere/at/all"], "").status.code(), Some(1));

    program.says(&["text", "set", "about", "-"], "A *choir*.");
    assert_eq!(program.says(&["text", "show", "about"], ""), "A *choir*.\n");
    let about = get(&program, "/api/v1/instance/extended_description", &token).await;
    assert!(about["content"].as_str().unwrap().contains("<em>choir</em>"), "{about}");
    program.says(&["text", "remove", "about"], "");
    assert_eq!(program.run(&["text", "show", "about"], "").status.code(), Some(1));
    assert_eq!(program.run(&["text", "set", "poem", "-"], "x").status.code(), Some(1));
}

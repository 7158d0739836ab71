//! The program as the system sees it: signals, exit statuses, folders.

use testkit::{Program, eventually};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_antiphon"))
}

fn words(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn sigterm_ends_it_well() {
    let mut program = program();
    program.start().await;
    assert!(program.folder().join("antiphon-data/antiphon.sock").exists());
    let status = program.terminate().await;
    assert_eq!(status.code(), Some(0));
    assert!(!program.folder().join("antiphon-data/antiphon.sock").exists());
}

#[tokio::test]
async fn it_greets_with_its_address_and_the_way_to_the_first_account() {
    let mut program = program();
    program.start().await;
    let wanted = ["antiphon account create NAME --admin".to_owned(), format!(" is at {},", program.origin)];
    eventually("the greeting", || async {
        wanted.iter().all(|words| program.greeting().contains(words)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_wrong_setting_is_one_sentence_and_exit_status_2() {
    let mut program = program();
    program.set("ANTIPHON_LISTEN", "nowhere");
    for command in ["serve", "config check", "account list"] {
        let args: Vec<&str> = command.split(' ').collect();
        let output = program.run(&args, "");
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert_eq!(
            words(&output),
            "antiphon: ANTIPHON_LISTEN is \"nowhere\", but must be an address with a port, such as 127.0.0.1:8080\n"
        );
    }
    assert!(!program.folder().join("antiphon-data").exists());
}

#[tokio::test]
async fn unknown_settings_files_and_arguments_are_exit_status_2() {
    let mut program = program();
    for args in [
        ["--nonsense"].as_slice(),
        &["fly"],
        &["account", "create"],
        &["--config", "missing.toml", "config", "check"],
    ] {
        assert_eq!(program.run(args, "").status.code(), Some(2), "{args:?}");
    }
    program.set("ANTIPHON_EXTRA_CA", "missing.pem");
    assert_eq!(program.run(&["config", "check"], "").status.code(), Some(2));
    program.set("ANTIPHON_ORIGEN", "x");
    let output = program.run(&["serve"], "");
    assert_eq!((output.status.code(), words(&output).contains("ANTIPHON_ORIGIN?")), (Some(2), true));
}

#[tokio::test]
async fn the_file_counts_before_defaults_and_after_flags() {
    let program = program();
    std::fs::write(program.folder().join("antiphon.toml"), "title = 'From the file'\nlog_days = 3\n")
        .unwrap();
    let shown = program.says(&["--log-days", "4", "config", "check"], "");
    assert!(
        shown.contains("title = \"From the file\"  # file\n") && shown.contains("log_days = \"4\"  # flag\n"),
        "{shown}"
    );
    assert!(program.says(&["--help"], "").contains("account"));
    assert!(program.says(&["config", "list"], "").contains("| `origin` | `ANTIPHON_ORIGIN` |"));
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused() {
    let mut program = program();
    program.start().await;
    let output = program.run(&["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "serve"], "");
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(words(&output).contains("held by another running server"), "{}", words(&output));
}

#[tokio::test]
async fn another_origin_than_the_stored_one_is_exit_status_2() {
    let mut program = program();
    program.start().await;
    program.terminate().await;
    for command in ["serve", "account list"] {
        let args: Vec<&str> =
            ["--origin", "https://other.example"].into_iter().chain(command.split(' ')).collect();
        let output = program.run(&args, "");
        assert_eq!(output.status.code(), Some(2), "{command}: {}", words(&output));
        assert!(
            words(&output).contains(&format!("belongs to {}, not to https://other.example", program.origin))
        );
    }
}

#[tokio::test]
async fn an_address_in_use_is_a_failure_with_its_name() {
    let program = program();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = program.run(&["--listen", &address, "serve"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output).contains(&format!("cannot listen on {address}: ")), "{}", words(&output));
}

#[tokio::test]
async fn n64_a_damaged_database_is_said_at_the_start_and_a_copy_takes_its_place() {
    let mut program = program();
    program.start().await;
    program.says(&["account", "create", "alice"], "");
    program.says(&["backup", "copy.db"], "");
    program.terminate().await;
    let file = program.folder().join("antiphon-data/antiphon.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.chunks_mut(4096).nth(8).unwrap().iter_mut().for_each(|byte| *byte = !*byte);
    std::fs::write(&file, bytes).unwrap();
    for command in ["serve", "account list"] {
        let output = program.run(&command.split(' ').collect::<Vec<_>>(), "");
        assert_eq!(output.status.code(), Some(1), "{command}: {}", words(&output));
        let told = words(&output);
        assert!(told.contains("the database is damaged") && told.contains("antiphon restore FILE"), "{told}");
    }
    assert!(
        program.says(&["restore", "copy.db"], "").starts_with("restored; the database before is kept as")
    );
    program.start().await;
    assert!(program.says(&["account", "list"], "").contains("@alice@"));
}

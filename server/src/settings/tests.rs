use super::*;

fn gather(
    file: Option<&str>,
    variables: &[(&str, &str)],
    flags: &[(&'static str, &str)],
) -> Result<Effective, WrongSetting> {
    Sources {
        file: file.map(|text| ("antiphon.toml".into(), text.to_owned())),
        variables: variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        flags: flags.iter().map(|(name, text)| (*name, (*text).to_owned())).collect(),
    }
    .gather()
}

fn complaint(file: Option<&str>, variables: &[(&str, &str)]) -> String {
    gather(file, variables, &[]).unwrap_err().to_string()
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = gather(None, &[("HOME", "/root")], &[]).unwrap().settings;
    assert_eq!(settings.origin.to_string(), "http://127.0.0.1:8080");
    assert_eq!(settings.listen_address().to_string(), "127.0.0.1:8080");
    assert_eq!(settings.log_bytes, 2 << 30);
    assert!(settings.rate_limit && settings.peers_allow.is_empty());
}

#[test]
fn a_flag_counts_before_the_environment_and_that_before_the_file() {
    let file = "title = 'file'\ndescription = 'file'\nlog_days = 3\nrate_limit = false\npeers_allow = ['10.0.0.1', '127.0.0.0/8']";
    let variables = [("ANTIPHON_TITLE", "environment"), ("ANTIPHON_DESCRIPTION", "environment")];
    let found = gather(Some(file), &variables, &[("title", "flag")]).unwrap();
    let settings = &found.settings;
    assert_eq!(
        (settings.title.as_str(), settings.description.as_str(), settings.log_days),
        ("flag", "environment", 3)
    );
    assert!(!settings.rate_limit);
    assert_eq!(settings.peers_allow.len(), 2);
    let shown = found.to_string();
    for line in [
        "title = \"flag\"  # flag",
        "description = \"environment\"  # environment",
        "log_days = \"3\"  # file",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}:\n{shown}");
    }
    assert!(shown.contains("origin = \"http://127.0.0.1:8080\"  # default"));
}

#[test]
fn a_wrong_value_is_one_clear_sentence() {
    for (name, value, sentence) in [
        (
            "ANTIPHON_LISTEN",
            "8080",
            "ANTIPHON_LISTEN is \"8080\", but must be an address with a port, such as 127.0.0.1:8080",
        ),
        (
            "ANTIPHON_ORIGIN",
            "social.example",
            "ANTIPHON_ORIGIN is \"social.example\", but must be scheme and host, such as https://social.example",
        ),
        ("ANTIPHON_RATE_LIMIT", "perhaps", "ANTIPHON_RATE_LIMIT is \"perhaps\", but must be on or off"),
        (
            "ANTIPHON_SIGN_UP",
            "all",
            "ANTIPHON_SIGN_UP is \"all\", but must be one of closed, approval, invite, open",
        ),
        (
            "ANTIPHON_DATABASE",
            "mysql://x",
            "ANTIPHON_DATABASE must be sqlite:PATH or postgres://USER@HOST/NAME",
        ),
        (
            "ANTIPHON_LOG_BYTES",
            "many",
            "ANTIPHON_LOG_BYTES is \"many\", but must be a size, such as 2 GiB or 500 MB",
        ),
        (
            "ANTIPHON_PEERS_ALLOW",
            "127.0.0.0/8,x",
            "ANTIPHON_PEERS_ALLOW has \"x\", but must be networks, such as 10.0.0.0/8, with a comma between them",
        ),
    ] {
        assert_eq!(complaint(None, &[(name, value)]), sentence);
    }
    for origin in
        ["https://a.example/path", "https://u:p@a.example", "ftp://a.example", "https://a.example?x"]
    {
        assert!(
            complaint(None, &[("ANTIPHON_ORIGIN", origin)]).starts_with("ANTIPHON_ORIGIN is"),
            "{origin}"
        );
    }
}

#[test]
fn an_unknown_name_is_told_with_the_nearest() {
    assert_eq!(
        complaint(None, &[("ANTIPHON_ORIGN", "https://a.example")]),
        "there is no setting ANTIPHON_ORIGN; did you mean ANTIPHON_ORIGIN?"
    );
    assert_eq!(
        complaint(Some("lisen = 'x'"), &[]),
        "there is no setting antiphon.toml: lisen; did you mean listen?"
    );
    assert_eq!(complaint(None, &[("ANTIPHON_QQQQ", "1")]), "there is no setting ANTIPHON_QQQQ");
    assert!(complaint(Some("origin = "), &[]).starts_with("antiphon.toml: "));
    assert!(gather(None, &[("ANTIPHON_TEST_POSTGRES", "x"), ("ANTIPHON_BIN", "x")], &[]).is_ok());
}

#[test]
fn it_listens_where_its_origin_is_if_that_is_this_machine() {
    for (origin, listen) in [
        ("http://127.0.0.2:9000", "127.0.0.2:9000"),
        ("http://[::1]:9000", "[::1]:9000"),
        ("http://alpha.localhost:9001", "127.0.0.1:9001"),
        ("http://localhost", "127.0.0.1:8080"),
        ("https://social.example", "127.0.0.1:8080"),
        ("https://social.example:8443", "127.0.0.1:8080"),
    ] {
        let settings = gather(None, &[("ANTIPHON_ORIGIN", origin)], &[]).unwrap().settings;
        assert_eq!(settings.listen_address().to_string(), listen, "{origin}");
    }
}

#[test]
fn what_is_shown_can_be_read_again_and_hides_passwords() {
    let variables = [("ANTIPHON_DATABASE", "postgres://u:secret@h/n"), ("ANTIPHON_LOG_BYTES", "1500 MB")];
    let found = gather(None, &variables, &[]).unwrap();
    assert!(!found.to_string().contains("secret"), "{found}");
    let again = gather(Some(&found.to_string()), &[], &[]).unwrap();
    assert_eq!(again.settings.log_bytes, 1_500_000_000);
    assert_eq!(found.settings.for_service().unwrap().log_bytes, 1_500_000_000);
}

#[test]
fn the_page_in_the_manual_is_the_list() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(page, manual(), "write it anew: cargo run -- config list > docs/settings.md");
}

#[test]
fn certificates_that_are_none_are_refused() {
    let wrong = Settings { extra_ca: Some("/nowhere/ca.pem".into()), ..Settings::default() };
    assert!(wrong.for_client().unwrap_err().to_string().starts_with("extra_ca: /nowhere/ca.pem: "));
    let empty = Settings {
        extra_ca: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").into()),
        ..Settings::default()
    };
    assert!(empty.for_client().unwrap_err().to_string().contains("holds no certificate"));
}

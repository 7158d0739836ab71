//! What a program may do, in words that people understand.

use domain::user::Scopes;

/// One sentence for each scope, in the order of the scopes.
pub(crate) fn sentences(scopes: &Scopes) -> Vec<String> {
    scopes.iter().map(sentence).collect()
}

fn sentence(scope: &str) -> String {
    match scope {
        "read" => "Read everything your account can see, also what is not public".into(),
        "write" => "Post, follow, and change your account in your name".into(),
        "follow" => "Follow, mute and block accounts in your name".into(),
        "push" => "Be told of your notifications".into(),
        "profile" | "openid" | "read:me" => "Know your name and your picture".into(),
        "email" => "Know your e-mail address".into(),
        "crypto" => "Use your keys for encrypted messages".into(),
        "write:statuses" => "Post in your name, change and delete your posts".into(),
        "write:follows" => "Follow accounts in your name".into(),
        "write:accounts" => "Change your profile".into(),
        "write:media" => "Upload pictures, films and sounds".into(),
        "write:favourites" => "Like posts in your name".into(),
        "write:reports" => "Report others in your name".into(),
        "read:statuses" => "Read the posts you can see, also those that are not public".into(),
        "read:search" => "Search in your name".into(),
        other => rest(other),
    }
}

fn rest(scope: &str) -> String {
    match scope.split_once(':') {
        Some(("admin", rest)) => format!("Administer this server ({rest}), if you may"),
        Some(("read", what)) => format!("Read your {what}"),
        Some(("write", what)) => format!("Change your {what}"),
        _ => scope.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_a_sentence() {
        let scopes = Scopes::parse("read write push read:lists write:mutes admin:read:accounts").unwrap();
        let sentences = sentences(&scopes);
        assert_eq!(sentences.len(), 6);
        assert!(sentences.contains(&"Read your lists".to_owned()));
        assert!(sentences.contains(&"Administer this server (read:accounts), if you may".to_owned()));
    }
}

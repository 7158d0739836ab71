use crate::stage::{id, on_each};
use serde_json::json;

#[test]
fn a_local_only_status_is_shown_to_accounts_of_this_server_and_nobody_else() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let body = json!({ "status": "between us #here", "local_only": true });
        let status = bob.post_json("/api/v1/statuses", body).await.ok();
        assert_eq!(status["local_only"], true);
        let path = format!("/api/v1/statuses/{}", id(&status));
        assert_eq!(eve.get(&path).await.ok()["local_only"], true);
        server.get(&path).await.refused(404);
        for list in ["/api/v1/timelines/public", "/api/v1/timelines/tag/here"] {
            assert_eq!(server.get(list).await.ok(), json!([]));
            assert_eq!(eve.get(list).await.ok().as_array().unwrap().len(), 1);
        }
        let own = format!("/api/v1/accounts/{}/statuses", bob.id());
        assert_eq!(server.get(&own).await.ok(), json!([]));
        assert_eq!(eve.get(&own).await.ok().as_array().unwrap().len(), 1);
        let answer = eve.answers(&status, "yes", "public").await;
        assert_eq!(answer["local_only"], true);
        assert_eq!(bob.writes("to all", "public").await["local_only"], false);
        eve.post(&format!("{path}/reblog")).await.ok();
        let eves = format!("/api/v1/accounts/{}/statuses", eve.id());
        assert_eq!(server.get(&eves).await.ok(), json!([]));
    });
}

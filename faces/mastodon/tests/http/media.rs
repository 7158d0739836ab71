use crate::stage::{Answer, Person, Server, id, on_each_with};
use base64::Engine as _;
use http::Method;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use service::Settings;
use service::media::work;
use std::io::Cursor;
use std::path::{Path, PathBuf};

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image =
        RgbImage::from_fn(40, 20, |x, y| Rgb([u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 9]));
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png() -> Vec<u8> {
    picture(ImageFormat::Png)
}

/// A picture of 30 000 by 30 000 points, as its head says.
fn bomb() -> Vec<u8> {
    let mut bytes = png();
    bytes[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    bytes
}

/// A server with a shelf of its own.
fn on_shelf(test: impl AsyncFn(Server, PathBuf)) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { media_dir: folder.path().join("media"), ..Settings::default() };
    on_each_with(&settings, async |server| test(server, settings.media_dir.clone()).await);
}

async fn sends(person: &Person, path: &str, bytes: &[u8]) -> Answer {
    person.send_parts(Method::POST, path, &[("file", Some("../../a.png"), bytes)]).await
}

async fn uploads(person: &Person) -> Value {
    sends(person, "/api/v2/media", &png()).await.ok()
}

async fn posts(person: &Person, body: Value) -> Value {
    person.post_json("/api/v1/statuses", body).await.ok()
}

/// The file behind an address, if it is on the shelf.
fn file(folder: &Path, url: &Value) -> Option<Vec<u8>> {
    let name = url.as_str().unwrap().strip_prefix("https://here.example/media/").unwrap();
    std::fs::read(folder.join(name)).ok()
}

#[test]
fn a_picture_is_ready_at_once_with_all_that_is_known_of_it() {
    on_shelf(async |server, folder| {
        let bob = server.person("bob").await;
        let parts: &[(&str, Option<&str>, &[u8])] = &[
            ("file", Some("a.png"), &png()),
            ("description", None, b" a \0cheese "),
            ("focus", None, b"-0.5,0.25"),
        ];
        for path in ["/api/v1/media", "/api/v2/media"] {
            let medium = bob.send_parts(Method::POST, path, parts).await.ok();
            assert_eq!((&medium["type"], &medium["description"]), (&json!("image"), &json!("a cheese")));
            assert_eq!(medium["meta"]["focus"], json!({ "x": -0.5, "y": 0.25 }));
            let size = json!({
                "width": 40, "height": 20, "size": "40x20", "aspect": 2.0,
                "frame_rate": null, "duration": null, "bitrate": null,
            });
            assert_eq!((&medium["meta"]["original"], &medium["meta"]["small"]), (&size, &size));
            assert_eq!((&medium["remote_url"], &medium["blurhash"].is_string()), (&Value::Null, &true));
            assert!(
                file(&folder, &medium["url"]).is_some() && file(&folder, &medium["preview_url"]).is_some()
            );
            let again = bob.get(&format!("/api/v1/media/{}", id(&medium))).await.ok();
            assert_eq!(again, medium);
        }
    });
}

#[test]
fn what_is_said_of_a_medium_can_be_changed_until_it_is_posted() {
    on_shelf(async |server, folder| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let medium = uploads(&bob).await;
        let path = format!("/api/v1/media/{}", id(&medium));
        let changed = bob.put_json(&path, json!({ "description": "new", "focus": "1,-1" })).await.ok();
        assert_eq!((&changed["description"], &changed["meta"]["focus"]["y"]), (&json!("new"), &json!(-1.0)));
        let parts: &[(&str, Option<&str>, &[u8])] =
            &[("thumbnail", Some("t.gif"), &picture(ImageFormat::Gif))];
        let pictured = bob.send_parts(Method::PUT, &path, parts).await.ok();
        assert_ne!(pictured["preview_url"], medium["preview_url"]);
        assert!(file(&folder, &pictured["preview_url"]).is_some());
        bob.put_json(&path, json!({ "focus": "left" })).await.refused(422);
        bob.put_json(&path, json!({ "description": "x".repeat(1501) })).await.refused(422);
        eve.put_json(&path, json!({ "description": "mine" })).await.refused(404);
        eve.get(&path).await.refused(404);
        eve.delete(&path).await.refused(404);
        posts(&bob, json!({ "media_ids": [id(&medium)] })).await;
        bob.put_json(&path, json!({ "description": "late" })).await.refused(404);
        let used = bob.delete(&path).await.refused(422);
        assert_eq!(used, "Media attachment is currently used by a status");
    });
}

#[test]
fn a_medium_that_is_thrown_away_takes_its_files_along() {
    on_shelf(async |server, folder| {
        let bob = server.person("bob").await;
        let medium = uploads(&bob).await;
        bob.delete(&format!("/api/v1/media/{}", id(&medium))).await.ok();
        service::media::sweep(&server.cx).await.unwrap();
        assert!(file(&folder, &medium["url"]).is_none() && file(&folder, &medium["preview_url"]).is_none());
        bob.get(&format!("/api/v1/media/{}", id(&medium))).await.refused(404);
    });
}

/// D13, X07
#[test]
fn hostile_files_are_refused_with_a_reason_and_leave_nothing() {
    on_shelf(async |server, folder| {
        let bob = server.person("bob").await;
        let jpeg = picture(ImageFormat::Jpeg);
        let bomb = bomb();
        for wrong in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<!DOCTYPE html><script>alert(1)</script>",
            br#"{"type":"Note","id":"https://here.example/users/bob"}"#,
            b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
            &jpeg[..30],
            &bomb,
        ] {
            for path in ["/api/v1/media", "/api/v2/media"] {
                let why = sends(&bob, path, wrong).await.refused(422);
                assert!(why.starts_with("Validation failed: file "), "{why}");
            }
        }
        for path in ["/api/v1/media", "/api/v2/media"] {
            bob.send_parts(Method::POST, path, &[("description", None, b"x")]).await.refused(422);
            bob.post_json(path, json!({ "file": "x" })).await.refused(422);
            bob.post(path).await.refused(422);
            server.send(None, Method::POST, path, "", String::new()).await.refused(401);
            let reader = bob.with(&server.token("bob", "read write:statuses").await);
            sends(&reader, path, &png()).await.refused(403);
        }
        let left: Vec<_> = walk(&folder);
        assert!(left.is_empty(), "{left:?}");
    });
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let inside = |path: PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    entries.flat_map(|entry| inside(entry.path())).collect()
}

#[test]
fn a_film_is_looked_at_later_and_one_that_cannot_be_read_says_so() {
    on_shelf(async |server, folder| {
        let bob = server.person("bob").await;
        let fake = b"\0\0\0\x18ftypisom\0\0\0\0nothing of a film";
        let answer = sends(&bob, "/api/v2/media", fake).await;
        assert_eq!(answer.status, 202);
        let medium = answer.json();
        assert_eq!((&medium["type"], &medium["url"]), (&json!("video"), &Value::Null));
        let path = format!("/api/v1/media/{}", id(&medium));
        assert_eq!(bob.get(&path).await.status, 206);
        let body = json!({ "status": "look", "media_ids": [id(&medium)] });
        let early = bob.post_json("/api/v1/statuses", body.clone()).await.refused(422);
        assert!(early.contains("not finished processing"), "{early}");
        assert!(work(&server.cx).await.unwrap());
        assert!(!work(&server.cx).await.unwrap(), "once is enough");
        if server.cx.media.has_tools() {
            assert_eq!(bob.get(&path).await.refused(422), "Error processing thumbnail for uploaded media");
            bob.post_json("/api/v1/statuses", body).await.refused(422);
            service::media::sweep(&server.cx).await.unwrap();
            assert!(walk(&folder).is_empty(), "{:?}", walk(&folder));
        } else {
            let kept = bob.get(&path).await.ok();
            assert_eq!(file(&folder, &kept["url"]).unwrap(), fake);
        }
    });
}

/// Capability N18.
#[test]
fn pictures_go_out_with_a_post_and_only_once() {
    on_shelf(async |server, _| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let (one, two) = (uploads(&bob).await, uploads(&bob).await);
        let post = posts(&bob, json!({ "media_ids": [id(&two), id(&one)], "sensitive": true })).await;
        assert_eq!((&post["content"], &post["sensitive"]), (&json!(""), &json!(true)));
        let shown: Vec<String> = post["media_attachments"].as_array().unwrap().iter().map(id).collect();
        assert_eq!(shown, [id(&two), id(&one)], "in the order that was asked for");
        assert_eq!(post["media_attachments"][0]["url"], two["url"]);
        let mine = uploads(&eve).await;
        for wrong in [id(&one), id(&mine), "12".into(), "x".into()] {
            let body = json!({ "status": "again", "media_ids": [wrong] });
            let why = bob.post_json("/api/v1/statuses", body).await.refused(422);
            assert!(why.contains("not found"), "{why}");
        }
        let mut many = Vec::new();
        for _ in 0..5 {
            many.push(id(&uploads(&bob).await));
        }
        let why = bob.post_json("/api/v1/statuses", json!({ "media_ids": many })).await.refused(422);
        assert_eq!(why, "Cannot attach more than 4 files");
        bob.post_json("/api/v1/statuses", json!({ "media_ids": [] })).await.refused(422);
        posts(&bob, json!({ "media_ids": many[..4] })).await;
    });
}

#[test]
fn a_poll_may_have_pictures() {
    on_shelf(async |server, _| {
        let bob = server.person("bob").await;
        let medium = uploads(&bob).await;
        let poll = json!({ "options": ["this", "that"], "expires_in": 600 });
        let post = posts(&bob, json!({ "status": "which?", "media_ids": [id(&medium)], "poll": poll })).await;
        assert_eq!(id(&post["media_attachments"][0]), id(&medium));
        assert_eq!(post["poll"]["options"][1]["title"], "that");
    });
}

#[test]
fn an_edit_changes_what_hangs_on_a_post_and_what_is_said_of_it() {
    on_shelf(async |server, folder| {
        let bob = server.person("bob").await;
        let (one, two) = (uploads(&bob).await, uploads(&bob).await);
        let post = posts(&bob, json!({ "status": "one", "media_ids": [id(&one)] })).await;
        let path = format!("/api/v1/statuses/{}", id(&post));
        let later = || server.clock.advance(std::time::Duration::from_secs(1));
        later();
        let kept = bob.put_json(&path, json!({ "status": "still one", "media_ids": [id(&one)] })).await.ok();
        assert_eq!(id(&kept["media_attachments"][0]), id(&one));
        let said = json!({ "media_ids": [id(&one), id(&two)],
            "media_attributes": [{ "id": id(&two), "description": "the second", "focus": "0,1" }] });
        later();
        let both = bob.put_json(&path, said).await.ok();
        assert_eq!(both["media_attachments"][1]["description"], "the second");
        assert_eq!(both["media_attachments"][1]["meta"]["focus"], json!({ "x": 0.0, "y": 1.0 }));
        let data = base64::engine::general_purpose::STANDARD.encode(picture(ImageFormat::Gif));
        let other = json!({ "media_ids": [id(&one), id(&two)], "media_attributes":
            [{ "id": id(&two), "thumbnail": format!("data:image/gif;base64,{data}") }] });
        later();
        let shown = bob.put_json(&path, other).await.ok()["media_attachments"][1].clone();
        assert_ne!(shown["preview_url"], two["preview_url"]);
        assert_eq!((&shown["url"], &shown["description"]), (&two["url"], &json!("the second")));
        service::media::sweep(&server.cx).await.unwrap();
        assert!(
            file(&folder, &shown["preview_url"]).is_some() && file(&folder, &two["preview_url"]).is_none()
        );
        let wrong =
            json!({ "media_attributes": [{ "id": id(&two), "thumbnail": "https://evil.example/x.png" }] });
        bob.put_json(&path, wrong).await.refused(422);
        later();
        let none = bob.put_json(&path, json!({ "media_ids": [] })).await.ok();
        assert_eq!(none["media_attachments"], json!([]));
        bob.put_json(&path, json!({ "status": "" })).await.refused(422);
        let versions = bob.get(&format!("{path}/history")).await.ok();
        let counts: Vec<usize> = versions
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v["media_attachments"].as_array().unwrap().len())
            .collect();
        assert_eq!(counts, [1, 1, 2, 2, 0]);
        assert!(file(&folder, &one["url"]).is_some(), "its history still shows it");
        bob.delete(&format!("{path}?delete_media=true")).await.ok();
        service::media::sweep(&server.cx).await.unwrap();
        assert!(walk(&folder).is_empty(), "{:?}", walk(&folder));
    });
}

/// N51
#[test]
fn what_is_deleted_can_be_written_again_with_its_media_and_the_old_addresses_are_gone() {
    on_shelf(async |server, folder| {
        let bob = server.person("bob").await;
        let medium = uploads(&bob).await;
        let post = posts(&bob, json!({ "status": "one", "media_ids": [id(&medium)] })).await;
        let gone = bob.delete(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
        service::media::sweep(&server.cx).await.unwrap();
        assert_eq!(gone["text"], "one");
        let kept = &gone["media_attachments"][0];
        assert_eq!(id(kept), id(&medium));
        assert!(file(&folder, &medium["url"]).is_none() && file(&folder, &medium["preview_url"]).is_none());
        assert!(file(&folder, &kept["url"]).is_some() && file(&folder, &kept["preview_url"]).is_some());
        let again = posts(&bob, json!({ "status": "two", "media_ids": [id(&medium)] })).await;
        assert_eq!(again["media_attachments"][0]["url"], kept["url"]);
    });
}

#[test]
fn a_repeated_request_hangs_nothing_twice() {
    on_shelf(async |server, _| {
        let bob = server.person("bob").await;
        let medium = uploads(&bob).await;
        let body = json!({ "media_ids": [id(&medium)] }).to_string();
        let mut ids = Vec::new();
        for _ in 0..2 {
            let request = http::Request::post("/api/v1/statuses")
                .header("host", crate::stage::HOST)
                .header("authorization", format!("Bearer {}", server.token("bob", "read write").await))
                .header("content-type", "application/json")
                .header("idempotency-key", "once")
                .body(axum::body::Body::from(body.clone()))
                .unwrap();
            ids.push(id(&server.sent(request).await.ok()));
        }
        assert_eq!(ids[0], ids[1]);
    });
}

#[test]
fn what_nobody_posts_goes_after_a_day() {
    on_shelf(async |server, folder| {
        let bob = server.person("bob").await;
        let (left, used) = (uploads(&bob).await, uploads(&bob).await);
        posts(&bob, json!({ "media_ids": [id(&used)] })).await;
        service::sweep::sweep(&server.cx).await.unwrap();
        service::media::sweep(&server.cx).await.unwrap();
        assert!(file(&folder, &left["url"]).is_some());
        server.clock.advance(std::time::Duration::from_secs(25 * 3600));
        service::sweep::sweep(&server.cx).await.unwrap();
        service::media::sweep(&server.cx).await.unwrap();
        assert!(file(&folder, &left["url"]).is_none() && file(&folder, &used["url"]).is_some());
    });
}

/// D13, X07
#[test]
fn a_profile_has_pictures_that_come_and_go() {
    on_shelf(async |server, folder| {
        let bob = server.person("bob").await;
        let own = "/api/v1/accounts/update_credentials";
        let parts: &[(&str, Option<&str>, &[u8])] =
            &[("avatar", Some("a.png"), &png()), ("avatar_description", None, b"bob on a boat")];
        let account = bob.send_parts(Method::PATCH, own, parts).await.ok();
        assert_eq!(account["avatar_description"], "bob on a boat");
        assert_eq!(account["avatar"], account["avatar_static"]);
        let first = account["avatar"].clone();
        let size =
            |bytes: Vec<u8>| image::load_from_memory(&bytes).map(|it| (it.width(), it.height())).unwrap();
        assert_eq!(size(file(&folder, &first).unwrap()), (400, 400));
        let data = base64::engine::general_purpose::STANDARD.encode(picture(ImageFormat::Gif));
        let body = json!({ "header": format!("data:image/gif;base64,{data}") });
        let both = bob.send(Method::PATCH, own, "application/json", body.to_string()).await.ok();
        assert_eq!(both["avatar"], first);
        assert_eq!(size(file(&folder, &both["header"]).unwrap()), (1500, 500));
        let broken: Vec<&str> =
            data.as_bytes().chunks(60).map(|line| str::from_utf8(line).unwrap()).collect();
        let body = json!({ "header": format!("data:image/gif;base64,{}", broken.join("\r\n")) });
        bob.send(Method::PATCH, own, "application/json", body.to_string()).await.ok();
        let second = bob.send_parts(Method::PATCH, own, &parts[..1]).await.ok();
        assert_eq!(
            second["avatar_description"], "",
            "what was said of the old one is not said of the new one"
        );
        service::media::sweep(&server.cx).await.unwrap();
        assert!(file(&folder, &first).is_none() && file(&folder, &second["avatar"]).is_some());
        for wrong in [&b"<svg/>"[..], &bomb()] {
            for part in ["avatar", "header"] {
                let parts: &[(&str, Option<&str>, &[u8])] = &[(part, Some("a.png"), wrong)];
                bob.send_parts(Method::PATCH, own, parts).await.refused(422);
            }
        }
        bob.patch_form(own, "avatar=https%3A%2F%2Fevil.example%2Fx.png").await.refused(422);
        let none = bob.delete("/api/v1/profile/avatar").await.ok();
        assert_eq!(none["avatar"], "https://here.example/avatars/original/missing.png");
        let none = bob.delete("/api/v1/profile/header").await.ok();
        assert_eq!(none["header"], "https://here.example/headers/original/missing.png");
        for path in ["/avatars/original/missing.png", "/headers/original/missing.png"] {
            let shown = server.get(path).await;
            assert_eq!(shown.status, 200);
            assert_eq!(shown.headers["content-type"], "image/png");
        }
        service::media::sweep(&server.cx).await.unwrap();
        assert!(walk(&folder).is_empty(), "{:?}", walk(&folder));
    });
}

#[test]
fn what_peers_show_is_named_by_us_and_not_by_anyone_else() {
    on_shelf(async |server, _| {
        service::media::prepare(&server.cx).await.unwrap();
        let zoe = server.peer("zoe").await;
        let post = server.peer_post(&zoe, domain::Visibility::Public, &[]).await;
        let mut text = post.text.clone();
        text.attachments.push(domain::post::Attachment {
            kind: domain::post::AttachmentKind::Image,
            url: "https://there.example/a.png".into(),
            ..domain::post::Attachment::default()
        });
        let (now, old) = (server.clock.now(), post.clone());
        server.cx.write(move |tx| Ok(store::post::edit(tx, &old, &text, now, 1)?)).await.unwrap();
        let status = server.get(&format!("/api/v1/statuses/{}", post.id)).await.ok();
        let medium = &status["media_attachments"][0];
        assert_eq!(medium["remote_url"], "https://there.example/a.png");
        for url in [&medium["url"], &medium["preview_url"]] {
            assert!(url.as_str().unwrap().starts_with("https://here.example/media/remote/"), "{url}");
        }
        let bob = server.person("bob").await;
        let own = bob.get("/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!(own["avatar"], "https://here.example/avatars/original/missing.png");
    });
}

#[test]
fn the_instance_says_what_may_be_handed_in() {
    on_shelf(async |server, _| {
        for path in ["/api/v1/instance", "/api/v2/instance"] {
            let limits = server.get(path).await.ok()["configuration"].clone();
            assert_eq!(limits["statuses"]["max_media_attachments"], 4);
            let media = &limits["media_attachments"];
            assert!(media["supported_mime_types"].as_array().unwrap().contains(&json!("image/webp")));
            assert_eq!(
                (&media["image_size_limit"], &media["description_limit"]),
                (&json!(16 << 20), &json!(1500))
            );
        }
    });
}

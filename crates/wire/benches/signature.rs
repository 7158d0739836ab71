//! How fast signing and verifying are: the limit of what a server can send.
//!
//! Run with `cargo bench -p wire`.

use divan::{Bencher, black_box};
use domain::Timestamp;
use http::{HeaderMap, Method};
use url::Url;
use wire::key::SigningKey;
use wire::signature::{self, Parts, Scheme, ToSign};

const BODY: &[u8] = &[b'x'; 2048];
const KEY_ID: &str = "https://sender.example/users/a#main-key";

fn main() {
    divan::main();
}

fn signed(key: &SigningKey, url: &Url, scheme: Scheme) -> HeaderMap {
    let request = ToSign {
        method: &Method::POST,
        url,
        body: Some(BODY),
        content_type: Some("application/activity+json"),
        now: Timestamp(1_795_341_600_000),
    };
    signature::sign(&request, key, KEY_ID, scheme)
}

fn bench_sign(bencher: Bencher<'_, '_>, key: &SigningKey, scheme: Scheme) {
    let url = Url::parse("https://receiver.example/inbox").expect("a URL");
    bencher.bench_local(|| black_box(signed(key, &url, scheme)));
}

fn bench_verify(bencher: Bencher<'_, '_>, key: &SigningKey, scheme: Scheme) {
    let url = Url::parse("https://receiver.example/inbox").expect("a URL");
    let headers = signed(key, &url, scheme);
    let parts = Parts {
        method: &Method::POST,
        scheme: "https",
        authority: "receiver.example",
        target: "/inbox",
        headers: &headers,
    };
    bencher.bench_local(|| {
        let claims = signature::read(black_box(&headers)).expect("our own signature");
        for claim in &claims {
            signature::verify(&parts, claim, key.public()).expect("our own signature");
        }
    });
}

#[divan::bench(args = [Scheme::Cavage, Scheme::Rfc9421])]
fn sign_rsa_2048(bencher: Bencher<'_, '_>, scheme: Scheme) {
    bench_sign(bencher, &SigningKey::generate_rsa().expect("a key"), scheme);
}

#[divan::bench(args = [Scheme::Cavage, Scheme::Rfc9421])]
fn verify_rsa_2048(bencher: Bencher<'_, '_>, scheme: Scheme) {
    bench_verify(bencher, &SigningKey::generate_rsa().expect("a key"), scheme);
}

#[divan::bench(args = [Scheme::Cavage, Scheme::Rfc9421])]
fn sign_ed25519(bencher: Bencher<'_, '_>, scheme: Scheme) {
    bench_sign(bencher, &SigningKey::generate_ed25519().expect("a key"), scheme);
}

#[divan::bench(args = [Scheme::Cavage, Scheme::Rfc9421])]
fn verify_ed25519(bencher: Bencher<'_, '_>, scheme: Scheme) {
    bench_verify(bencher, &SigningKey::generate_ed25519().expect("a key"), scheme);
}

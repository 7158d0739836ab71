//! A program asks a person for a token (RFC 6749 §4.1.1): the consent page.
//!
//! Where the program or its redirect URI is wrong nobody is sent anywhere: the
//! URI could be anybody's. Every other error is told to the program.

use crate::scope_words;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Application;
use domain::application::OUT_OF_BAND;
use domain::user::Scopes;
use http::{StatusCode, header};
use serde::Deserialize;
use service::Cx;
use service::oauth::{self, Consent, Refusal};
use web::headers::consent_policy;
use web::layout::{Layout, page};
use web::{Csrf, PageError, PageViewer, Params, Posted};

/// What the program wrote into the link, and what the person answered.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    /// Asks the person to sign in again, perhaps as somebody else.
    force_login: bool,
    lang: Option<String>,
    decision: String,
}

/// A request that may be put to a person.
struct Sound {
    application: Application,
    scopes: Scopes,
    challenge: Option<String>,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    layout: Layout,
    asked: &'a Asked,
    application: &'a Application,
    handle: String,
    sentences: Vec<String>,
    /// Where the person goes after: a host, a scheme, or nowhere.
    target: Option<String>,
    csrf: &'a str,
    /// To the form for who wants to use another account.
    other_account: String,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    layout: Layout,
    application: &'a str,
    code: Option<&'a str>,
    problem: &'a str,
}

/// `GET /oauth/authorize`
pub(crate) async fn ask(
    State(cx): State<Cx>,
    viewer: Result<PageViewer, PageError>,
    csrf: Csrf,
    Params(asked): Params<Asked>,
) -> Result<Response, PageError> {
    let application = application(&cx, &asked).await?;
    let sound = match sound(application.clone(), &asked) {
        Ok(sound) => sound,
        Err(refusal) => return Ok(refuse(&cx, &application, &asked, refusal)),
    };
    if asked.force_login {
        return Ok(sign_in_again(&asked).into_response());
    }
    let viewer = viewer?;
    let name = &viewer.account.handle.name;
    let page = page(&ConsentPage {
        layout: Layout::new(&cx, "Allow access").seen_by(name, csrf.token()),
        asked: &asked,
        application: &sound.application,
        handle: viewer.account.handle.to_string(),
        sentences: scope_words::sentences(&sound.scopes),
        target: target(&asked.redirect_uri),
        csrf: csrf.token(),
        other_account: another(&asked),
    });
    let policy = [(header::CONTENT_SECURITY_POLICY, consent_policy(&asked.redirect_uri))];
    Ok((policy, page).into_response())
}

/// The same request, after signing in anew.
fn sign_in_again(asked: &Asked) -> Redirect {
    Redirect::to(&another(asked))
}

fn another(asked: &Asked) -> String {
    let mut request = form_urlencoded::Serializer::new(String::new());
    request
        .append_pair("response_type", &asked.response_type)
        .append_pair("client_id", &asked.client_id)
        .append_pair("redirect_uri", &asked.redirect_uri)
        .append_pair("scope", &asked.scope);
    for (name, value) in [
        ("state", &asked.state),
        ("code_challenge", &asked.code_challenge),
        ("code_challenge_method", &asked.code_challenge_method),
        ("lang", &asked.lang),
    ] {
        if let Some(value) = value {
            request.append_pair(name, value);
        }
    }
    let next = format!("/oauth/authorize?{}", request.finish());
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("again", "true").append_pair("next", &next);
    format!("/auth/sign_in?{}", form.finish())
}

/// `POST /oauth/authorize`
pub(crate) async fn decide(
    State(cx): State<Cx>,
    viewer: PageViewer,
    Posted(asked): Posted<Asked>,
) -> Result<Response, PageError> {
    let application = application(&cx, &asked).await?;
    let sound = match sound(application.clone(), &asked) {
        Ok(sound) if asked.decision == "allow" => sound,
        Ok(_) => return Ok(refuse(&cx, &application, &asked, Refusal::AccessDenied)),
        Err(refusal) => return Ok(refuse(&cx, &application, &asked, refusal)),
    };
    let consent = Consent {
        application: sound.application,
        user_id: viewer.user.id,
        account_id: viewer.account.id,
        redirect_uri: asked.redirect_uri.clone(),
        scopes: sound.scopes,
        challenge: sound.challenge,
    };
    match cx.write(move |tx| oauth::agree(tx, &consent)).await? {
        Some(code) => Ok(hand_over(&cx, &application, &asked, &code)),
        None => Ok(refuse(&cx, &application, &asked, Refusal::AccessDenied)),
    }
}

async fn application(cx: &Cx, asked: &Asked) -> Result<Application, PageError> {
    let client_id = asked.client_id.clone();
    let found = cx.read(move |tx| oauth::by_client(tx, &client_id)).await?;
    let application = found.ok_or_else(|| {
        PageError::new(StatusCode::BAD_REQUEST, "No program with this client_id is registered here.")
    })?;
    if !application.may_redirect(&asked.redirect_uri) {
        return Err(PageError::new(
            StatusCode::BAD_REQUEST,
            "The program asks to send you to an address (redirect_uri) that it did not register.",
        ));
    }
    Ok(application)
}

fn sound(application: Application, asked: &Asked) -> Result<Sound, Refusal> {
    if asked.response_type != "code" {
        return Err(Refusal::UnsupportedResponseType);
    }
    let (challenge, method) = (asked.code_challenge.as_deref(), asked.code_challenge_method.as_deref());
    let (scopes, challenge) = oauth::check_request(&application, &asked.scope, challenge, method)?;
    Ok(Sound { application, scopes, challenge })
}

/// What to tell the person about where they go.
fn target(redirect_uri: &str) -> Option<String> {
    if redirect_uri == OUT_OF_BAND {
        return None;
    }
    let url = url::Url::parse(redirect_uri).ok()?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(host)) => Some(host.to_owned()),
        (scheme, _) => Some(format!("the program that opens {scheme}: links")),
    }
}

fn hand_over(cx: &Cx, application: &Application, asked: &Asked, code: &str) -> Response {
    match back(asked, &[("code", code)]) {
        Some(url) => Redirect::to(&url).into_response(),
        None => page(&CodePage {
            layout: Layout::new(cx, "Your code"),
            application: &application.name,
            code: Some(code),
            problem: "",
        }),
    }
}

fn refuse(cx: &Cx, application: &Application, asked: &Asked, refusal: Refusal) -> Response {
    let answer = [("error", refusal.code()), ("error_description", refusal.description())];
    if let Some(url) = back(asked, &answer) {
        return Redirect::to(&url).into_response();
    }
    let (layout, problem) = (Layout::new(cx, "No access"), refusal.description());
    let page = page(&CodePage { layout, application: &application.name, code: None, problem });
    (StatusCode::BAD_REQUEST, page).into_response()
}

/// The redirect URI with an answer added; none where there is nobody to call.
fn back(asked: &Asked, answer: &[(&str, &str)]) -> Option<String> {
    if asked.redirect_uri == OUT_OF_BAND {
        return None;
    }
    let mut url = url::Url::parse(&asked.redirect_uri).ok()?;
    url.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = &asked.state {
        url.query_pairs_mut().append_pair("state", state);
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(redirect_uri: &str, state: Option<&str>) -> Asked {
        Asked { redirect_uri: redirect_uri.into(), state: state.map(str::to_owned), ..Asked::default() }
    }

    #[test]
    fn the_answer_is_added_to_what_the_program_registered() {
        let to = |uri, state| back(&asked(uri, state), &[("code", "c")]).unwrap();
        assert_eq!(to("https://a.test/cb?x=1", Some("s&t")), "https://a.test/cb?x=1&code=c&state=s%26t");
        assert_eq!(to("tusky://oauth", None), "tusky://oauth?code=c");
        assert_eq!(to("com.example.app:/cb", None), "com.example.app:/cb?code=c");
        assert_eq!(back(&asked(OUT_OF_BAND, None), &[]), None);
    }

    #[test]
    fn people_are_told_where_they_go() {
        assert_eq!(target("https://app.example/cb").as_deref(), Some("app.example"));
        assert!(target("tusky://oauth").unwrap().contains("tusky:"));
        assert_eq!(target(OUT_OF_BAND), None);
    }
}

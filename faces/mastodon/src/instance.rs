//! What the server says of itself.

use crate::answer::{Answer, At, json};
use crate::entities::Dialect;
use crate::entities::instance::Rule;
use crate::entities::value::{Day, Iso, Text};
use axum::extract::State;
use domain::moderation::HostRule;
use serde::Serialize;
use service::{Cx, instance, rule};
use web::{ApiError, MaybeViewer};

/// `GET /api/v1/instance`
pub(crate) async fn version_1(State(cx): State<Cx>) -> Answer {
    let overview = cx.read(instance::overview).await?;
    json(&Dialect::new(&cx.names).instance_v1(&cx.settings, &overview))
}

/// `GET /api/v2/instance`
pub(crate) async fn version_2(State(cx): State<Cx>) -> Answer {
    let overview = cx.read(instance::overview).await?;
    let push = service::push::key(&cx).await?;
    json(&Dialect::new(&cx.names).instance(&cx.settings, &overview, push.public()))
}

/// `GET /api/v1/instance/rules`
pub(crate) async fn rules(State(cx): State<Cx>) -> Answer {
    let rules = cx.read(rule::list).await?;
    json(&Rule::list(&rules))
}

/// `GET /api/v1/instance/peers`
pub(crate) async fn peers(State(cx): State<Cx>) -> Answer {
    let hosts = cx.read(instance::peers).await?;
    json(&hosts.iter().map(domain::Host::as_str).collect::<Vec<_>>())
}

/// A week of <https://docs.joinmastodon.org/methods/instance/#activity>
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the entity's own")]
struct Week {
    week: Text<i64>,
    statuses: Text<i64>,
    logins: Text<i64>,
    registrations: Text<i64>,
}

/// `GET /api/v1/instance/activity`
pub(crate) async fn activity(State(cx): State<Cx>) -> Answer {
    let weeks = cx.read(instance::activity).await?;
    let week = |week: &instance::Week| Week {
        week: Text(week.begins.seconds()),
        statuses: Text(week.posts),
        logins: Text(week.logins),
        registrations: Text(week.users),
    };
    json(&weeks.iter().map(week).collect::<Vec<_>>())
}

/// <https://docs.joinmastodon.org/entities/ExtendedDescription/>, and the same
/// of `PrivacyPolicy`.
#[derive(Debug, Serialize)]
struct LongText<'a> {
    updated_at: Option<Iso>,
    content: &'a str,
}

/// `GET /api/v1/instance/extended_description`
pub(crate) async fn extended_description(State(cx): State<Cx>) -> Answer {
    let text = cx.read(|tx| rule::text(tx, rule::Name::About)).await?;
    let content = text.as_ref().map_or("", |text| &text.content_html);
    json(&LongText { updated_at: text.as_ref().map(|text| Iso(text.created_at)), content })
}

/// `GET /api/v1/instance/privacy_policy`
pub(crate) async fn privacy_policy(State(cx): State<Cx>) -> Answer {
    let text = cx.read(rule::privacy).await?;
    json(&LongText { updated_at: Some(Iso(text.created_at)), content: &text.content_html })
}

/// <https://docs.joinmastodon.org/entities/TermsOfService/>
#[derive(Debug, Serialize)]
struct TermsOfService<'a> {
    effective_date: Day,
    effective: bool,
    content: &'a str,
    succeeded_by: Option<Day>,
}

impl<'a> From<&'a rule::Terms> for TermsOfService<'a> {
    fn from(terms: &'a rule::Terms) -> Self {
        Self {
            effective_date: Day(terms.text.created_at),
            effective: terms.succeeded_at.is_none(),
            content: &terms.text.content_html,
            succeeded_by: terms.succeeded_at.map(Day),
        }
    }
}

/// `GET /api/v1/instance/terms_of_service`: 404 where nobody wrote any.
pub(crate) async fn terms_of_service(State(cx): State<Cx>) -> Answer {
    let versions = cx.read(rule::terms).await?;
    let newest = versions.first().ok_or_else(ApiError::not_found)?;
    json(&TermsOfService::from(newest))
}

/// `GET /api/v1/instance/terms_of_service/:date`
pub(crate) async fn terms_of_a_day(State(cx): State<Cx>, At(date): At<String>) -> Answer {
    let versions = cx.read(rule::terms).await?;
    let of_day = |terms: &&rule::Terms| Day(terms.text.created_at).to_string() == date;
    let version = versions.iter().find(of_day).ok_or_else(ApiError::not_found)?;
    json(&TermsOfService::from(version))
}

/// <https://docs.joinmastodon.org/entities/DomainBlock/>
#[derive(Debug, Serialize)]
struct DomainBlock<'a> {
    domain: &'a str,
    digest: &'a str,
    severity: &'static str,
    /// Why is between the administrators.
    comment: Option<&'a str>,
}

impl<'a> From<&'a instance::ShownRule> for DomainBlock<'a> {
    fn from(rule: &'a instance::ShownRule) -> Self {
        Self {
            domain: &rule.name,
            digest: &rule.digest,
            severity: if rule.rule == HostRule::Suspend { "suspend" } else { "silence" },
            comment: None,
        }
    }
}

/// `GET /api/v1/instance/domain_blocks`: 404 where the settings keep it from
/// who asks.
pub(crate) async fn domain_blocks(State(cx): State<Cx>, viewer: MaybeViewer) -> Answer {
    let (show, me) = (cx.settings.show_domain_blocks, viewer.id());
    let rules =
        cx.read(move |tx| instance::host_rules(tx, show, me)).await?.ok_or_else(ApiError::not_found)?;
    json(&rules.iter().map(DomainBlock::from).collect::<Vec<_>>())
}

/// `GET /api/v1/instance/translation_languages`: nothing is translated here.
pub(crate) async fn translation_languages() -> Answer {
    crate::answer::nothing()
}

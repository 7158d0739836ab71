//! What the server says of itself, in the words of both versions of the API.

use super::Dialect;
use super::account::Account;
use super::value::Text;
use domain::Names;
use domain::media::{MAX_ATTACHMENTS, MAX_DESCRIPTION};
use domain::post::MAX_CHARACTERS;
use domain::{account, poll};
use serde::Serialize;
use service::instance::Overview;
use service::media::Limits;
use service::rule::Rule as Known;
use service::settings::SignUp;
use service::tag::MOST_FEATURED;
use service::{Settings, pin};

/// Programs look at the first number to know what they may ask for.
pub(crate) const VERSION: &str = concat!("4.5.0 (compatible; Antiphon ", env!("CARGO_PKG_VERSION"), ")");
/// Version 2 promises grouped notifications.
const API_VERSION: u32 = 2;
/// What a link counts for, however long it is.
const CHARACTERS_OF_A_LINK: u32 = 23;
const THUMBNAIL: &str = "/assets/server.png";
const ICON: &str = "/assets/icon.png";
/// The languages of our pages.
const LANGUAGES: [&str; 1] = ["en"];

/// Where streams are.
pub(crate) fn streaming(names: &Names) -> String {
    // http becomes ws, https becomes wss.
    format!("ws{}", names.origin().to_string().trim_start_matches("http"))
}

#[derive(Debug, Serialize)]
struct Statuses {
    max_characters: usize,
    max_media_attachments: usize,
    characters_reserved_per_url: u32,
}

const STATUSES: Statuses = Statuses {
    max_characters: MAX_CHARACTERS,
    max_media_attachments: MAX_ATTACHMENTS,
    characters_reserved_per_url: CHARACTERS_OF_A_LINK,
};

#[derive(Debug, Serialize)]
struct MediaAttachments {
    supported_mime_types: &'static [&'static str],
    description_limit: usize,
    image_size_limit: u64,
    image_matrix_limit: u64,
    video_size_limit: u64,
    video_frame_rate_limit: u32,
    video_matrix_limit: u64,
}

impl MediaAttachments {
    fn new() -> Self {
        let limits = Limits::new();
        Self {
            supported_mime_types: limits.media_types,
            description_limit: MAX_DESCRIPTION,
            image_size_limit: limits.picture_bytes,
            image_matrix_limit: limits.picture_pixels,
            video_size_limit: limits.film_bytes,
            video_frame_rate_limit: limits.frame_rate,
            video_matrix_limit: limits.film_pixels,
        }
    }
}

#[derive(Debug, Serialize)]
struct Polls {
    max_options: usize,
    max_characters_per_option: usize,
    min_expiration: i64,
    max_expiration: i64,
}

const POLLS: Polls = Polls {
    max_options: poll::MAX_OPTIONS,
    max_characters_per_option: poll::MAX_OPTION_CHARACTERS,
    min_expiration: poll::MIN_OPEN_S,
    max_expiration: poll::MAX_OPEN_S,
};

#[derive(Debug, Serialize)]
struct Accounts {
    max_display_name_length: usize,
    max_note_length: usize,
    max_profile_fields: usize,
    profile_field_name_limit: usize,
    profile_field_value_limit: usize,
    max_avatar_description_length: usize,
    max_header_description_length: usize,
    max_featured_tags: usize,
    max_pinned_statuses: i64,
}

const ACCOUNTS: Accounts = Accounts {
    max_display_name_length: account::MAX_DISPLAY_NAME,
    max_note_length: account::MAX_BIO,
    max_profile_fields: account::MAX_FIELDS,
    profile_field_name_limit: account::MAX_FIELD_CHARACTERS,
    profile_field_value_limit: account::MAX_FIELD_CHARACTERS,
    max_avatar_description_length: MAX_DESCRIPTION,
    max_header_description_length: MAX_DESCRIPTION,
    max_featured_tags: MOST_FEATURED,
    max_pinned_statuses: pin::MOST,
};

#[derive(Debug, Serialize)]
struct Enabled {
    enabled: bool,
}

#[derive(Debug, Serialize)]
struct Urls {
    streaming: String,
    about: Option<String>,
    privacy_policy: Option<String>,
    terms_of_service: Option<String>,
    status: Option<String>,
}

#[derive(Debug, Serialize)]
struct Feeds {
    local: &'static str,
    remote: &'static str,
}

const OPEN: Feeds = Feeds { local: "public", remote: "public" };

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the entity's own")]
struct TimelinesAccess {
    live_feeds: Feeds,
    hashtag_feeds: Feeds,
    trending_link_feeds: Option<Feeds>,
}

/// By which push services know the server (RFC 8292).
#[derive(Debug, Serialize)]
struct Vapid<'a> {
    public_key: &'a str,
}

#[derive(Debug, Serialize)]
struct Configuration<'a> {
    urls: Urls,
    vapid: Vapid<'a>,
    accounts: Accounts,
    statuses: Statuses,
    media_attachments: MediaAttachments,
    polls: Polls,
    translation: Enabled,
    timelines_access: TimelinesAccess,
    limited_federation: bool,
}

#[derive(Debug, Serialize)]
struct Users {
    active_month: i64,
}

#[derive(Debug, Serialize)]
struct Usage {
    users: Users,
}

#[derive(Debug, Serialize)]
struct Versions {
    #[serde(rename = "@1x")]
    one: String,
    #[serde(rename = "@2x")]
    two: String,
}

#[derive(Debug, Serialize)]
struct Thumbnail {
    url: String,
    description: Option<String>,
    blurhash: Option<String>,
    versions: Versions,
}

#[derive(Debug, Serialize)]
struct Registrations {
    enabled: bool,
    approval_required: bool,
    reason_required: bool,
    message: Option<String>,
    min_age: Option<u32>,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Contact<'a> {
    email: &'a str,
    account: Option<Account<'a>>,
}

#[derive(Debug, Serialize)]
struct ApiVersions {
    mastodon: u32,
}

/// <https://docs.joinmastodon.org/entities/Rule/>
#[derive(Debug, Serialize)]
pub(crate) struct Rule<'a> {
    id: Text<i64>,
    text: &'a str,
    hint: &'a str,
    /// Rules are written in one language.
    translations: serde_json::Map<String, serde_json::Value>,
}

impl<'a> Rule<'a> {
    pub(crate) fn list(rules: &'a [Known]) -> Vec<Self> {
        let one = |rule: &'a Known| Self {
            id: Text(rule.id.0),
            text: &rule.text,
            hint: &rule.hint,
            translations: serde_json::Map::new(),
        };
        rules.iter().map(one).collect()
    }
}

/// <https://docs.joinmastodon.org/entities/Instance/#icon>
#[derive(Debug, Serialize)]
struct Icon {
    src: String,
    size: &'static str,
}

/// <https://docs.joinmastodon.org/entities/Instance/>
#[derive(Debug, Serialize)]
pub(crate) struct Instance<'a> {
    domain: &'a str,
    title: &'a str,
    version: &'static str,
    source_url: String,
    description: &'a str,
    usage: Usage,
    thumbnail: Thumbnail,
    icon: [Icon; 1],
    languages: [&'static str; 1],
    configuration: Configuration<'a>,
    registrations: Registrations,
    api_versions: ApiVersions,
    contact: Contact<'a>,
    rules: Vec<Rule<'a>>,
    wrapstodon: Option<()>,
}

#[derive(Debug, Serialize)]
struct V1Accounts {
    max_featured_tags: usize,
}

#[derive(Debug, Serialize)]
struct V1Configuration {
    accounts: V1Accounts,
    statuses: Statuses,
    media_attachments: MediaAttachments,
    polls: Polls,
}

#[derive(Debug, Serialize)]
struct V1Urls {
    streaming_api: String,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the entity's own")]
struct Stats {
    user_count: i64,
    status_count: i64,
    domain_count: i64,
}

/// <https://docs.joinmastodon.org/entities/V1_Instance/>
#[derive(Debug, Serialize)]
pub(crate) struct V1Instance<'a> {
    uri: &'a str,
    title: &'a str,
    short_description: &'a str,
    description: &'a str,
    email: &'a str,
    version: &'static str,
    urls: V1Urls,
    stats: Stats,
    thumbnail: String,
    languages: [&'static str; 1],
    registrations: bool,
    approval_required: bool,
    invites_enabled: bool,
    configuration: V1Configuration,
    contact_account: Option<Account<'a>>,
    rules: Vec<Rule<'a>>,
}

impl<'a> Dialect<'a> {
    /// The server, version 2.
    pub(crate) fn instance(
        self,
        settings: &'a Settings,
        overview: &'a Overview,
        push_key: &'a str,
    ) -> Instance<'a> {
        let thumbnail = self.names.url(THUMBNAIL);
        let enabled = settings.sign_up.takes_strangers();
        Instance {
            domain: self.names.domain().as_str(),
            title: &settings.title,
            version: VERSION,
            // No public repository has a fixed address yet: the page at `/` says what runs here.
            source_url: self.names.url("/"),
            description: &settings.description,
            usage: Usage { users: Users { active_month: overview.active } },
            thumbnail: Thumbnail {
                description: None,
                blurhash: None,
                versions: Versions { one: thumbnail.clone(), two: thumbnail.clone() },
                url: thumbnail,
            },
            icon: [Icon { src: self.names.url(ICON), size: "240x240" }],
            languages: LANGUAGES,
            configuration: self.configuration(overview, push_key),
            registrations: Registrations {
                enabled,
                approval_required: settings.sign_up == SignUp::Approval,
                reason_required: settings.sign_up == SignUp::Approval,
                message: None,
                min_age: None,
                url: enabled.then(|| self.names.url("/auth/sign_up")),
            },
            api_versions: ApiVersions { mastodon: API_VERSION },
            contact: Contact {
                email: settings.contact_email.as_deref().unwrap_or_default(),
                account: overview.contact.as_ref().map(|view| self.profile(view)),
            },
            rules: Rule::list(&overview.rules),
            wrapstodon: None,
        }
    }

    fn configuration(self, overview: &Overview, public_key: &'a str) -> Configuration<'a> {
        Configuration {
            vapid: Vapid { public_key },
            urls: Urls {
                streaming: streaming(self.names),
                about: Some(self.names.url("/about")),
                privacy_policy: Some(self.names.url("/privacy-policy")),
                terms_of_service: overview.has_terms.then(|| self.names.url("/terms-of-service")),
                status: None,
            },
            accounts: ACCOUNTS,
            statuses: STATUSES,
            media_attachments: MediaAttachments::new(),
            polls: POLLS,
            translation: Enabled { enabled: false },
            timelines_access: TimelinesAccess {
                live_feeds: OPEN,
                hashtag_feeds: OPEN,
                trending_link_feeds: None,
            },
            limited_federation: false,
        }
    }

    /// The server, version 1.
    pub(crate) fn instance_v1(self, settings: &'a Settings, overview: &'a Overview) -> V1Instance<'a> {
        V1Instance {
            uri: self.names.domain().as_str(),
            title: &settings.title,
            short_description: &settings.description,
            description: &settings.description,
            email: settings.contact_email.as_deref().unwrap_or_default(),
            version: VERSION,
            urls: V1Urls { streaming_api: streaming(self.names) },
            stats: Stats {
                user_count: overview.accounts,
                status_count: overview.posts,
                domain_count: overview.peers,
            },
            thumbnail: self.names.url(THUMBNAIL),
            languages: LANGUAGES,
            registrations: settings.sign_up.takes_strangers(),
            approval_required: settings.sign_up == SignUp::Approval,
            invites_enabled: settings.sign_up == SignUp::Invite,
            configuration: V1Configuration {
                accounts: V1Accounts { max_featured_tags: ACCOUNTS.max_featured_tags },
                statuses: STATUSES,
                media_attachments: MediaAttachments::new(),
                polls: POLLS,
            },
            contact_account: overview.contact.as_ref().map(|view| self.profile(view)),
            rules: Rule::list(&overview.rules),
        }
    }
}

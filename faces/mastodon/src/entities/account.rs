//! `Account`, `CredentialAccount` and what is in them.

use super::Dialect;
use super::value::{Acct, Day, Iso, Picture, Text};
use domain::account::{AccountCounts, Emoji, Field};
use domain::post::MovedTo;
use domain::user::{Role as UserRole, User};
use domain::{Account as Known, AccountKind, AccountState, Names};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use service::mute::Muted;
use service::preferences::Preferences;
use service::profile::AccountView;
use std::sync::Arc;

/// Shown where an account has no picture. Programs know these two by their ends,
/// as documented, and show something of their own in their place.
const NO_AVATAR: &str = "/avatars/original/missing.png";
/// Shown where an account has no wide picture.
const NO_HEADER: &str = "/headers/original/missing.png";

/// <https://docs.joinmastodon.org/entities/CustomEmoji/>
#[derive(Debug, Serialize)]
pub(crate) struct CustomEmoji<'a> {
    shortcode: &'a str,
    url: Picture<'a>,
    static_url: Picture<'a>,
    visible_in_picker: bool,
    category: Option<&'a str>,
}

impl<'a> CustomEmoji<'a> {
    pub(crate) fn list(names: &'a Names, emojis: &'a [Emoji]) -> Vec<Self> {
        emojis.iter().map(|emoji| Self::of(names, emoji)).collect()
    }

    pub(crate) fn of(names: &'a Names, emoji: &'a Emoji) -> Self {
        Self {
            shortcode: &emoji.shortcode,
            url: Picture::Shown(names, &emoji.url),
            static_url: Picture::Shown(names, &emoji.url),
            // That of another server nobody here can pick.
            visible_in_picker: emoji.url.starts_with(&names.url("/emoji/")),
            category: None,
        }
    }
}

/// The same, of an emoji that people here can pick.
#[derive(Debug, Serialize)]
pub(crate) struct OfferedEmoji<'a> {
    shortcode: &'a str,
    url: String,
    static_url: String,
    visible_in_picker: bool,
    category: Option<&'a str>,
}

impl<'a> OfferedEmoji<'a> {
    pub(crate) fn new(names: &Names, emoji: &'a service::emoji::Emoji) -> Self {
        let url = service::emoji::picture_url(names, emoji);
        Self {
            shortcode: &emoji.shortcode,
            static_url: url.clone(),
            url,
            visible_in_picker: true,
            category: emoji.category.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
struct AccountField<'a> {
    name: &'a str,
    value: &'a str,
    verified_at: Option<Iso>,
}

impl<'a> AccountField<'a> {
    fn list(fields: &'a [Field]) -> Vec<Self> {
        fields
            .iter()
            .map(|f| Self { name: &f.name, value: &f.value_html, verified_at: f.verified_at.map(Iso) })
            .collect()
    }
}

/// <https://docs.joinmastodon.org/entities/FeatureApproval/>: collections are
/// not built, so nobody can be featured in one.
#[derive(Debug, Serialize)]
struct Approval {
    automatic: [&'static str; 0],
    manual: [&'static str; 0],
    current_user: &'static str,
}

/// <https://docs.joinmastodon.org/entities/Account/>
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the entity has them")]
pub(crate) struct Account<'a> {
    id: Text<i64>,
    username: &'a str,
    acct: Acct<'a>,
    display_name: &'a str,
    locked: bool,
    bot: bool,
    discoverable: bool,
    indexable: bool,
    group: bool,
    created_at: Iso,
    note: &'a str,
    url: &'a str,
    uri: &'a str,
    avatar: Picture<'a>,
    avatar_static: Picture<'a>,
    avatar_description: &'a str,
    header: Picture<'a>,
    header_static: Picture<'a>,
    header_description: &'a str,
    followers_count: i64,
    following_count: i64,
    statuses_count: i64,
    last_status_at: Option<Day>,
    hide_collections: Option<bool>,
    noindex: Option<bool>,
    emojis: Vec<CustomEmoji<'a>>,
    fields: Vec<AccountField<'a>>,
    roles: Option<[(); 0]>,
    suspended: bool,
    limited: bool,
    memorial: bool,
    show_media: Option<bool>,
    show_media_replies: Option<bool>,
    show_featured: Option<bool>,
    feature_approval: Approval,
    moved: Option<Box<Account<'a>>>,
}

/// An account as it was written out, with the numbers it had then.
#[derive(Debug)]
pub(crate) struct Written {
    counts: AccountCounts,
    json: Box<RawValue>,
}

/// An account in a list. Most stand in many lists, and are written once.
#[derive(Debug)]
pub(crate) enum Shown<'a> {
    Written(Arc<Written>),
    Whole(Box<Account<'a>>),
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Written(written) => written.json.serialize(serializer),
            Self::Whole(account) => account.serialize(serializer),
        }
    }
}

impl<'a> Dialect<'a> {
    /// The picture of an account.
    pub(crate) fn avatar(self, account: &'a Known) -> Picture<'a> {
        match &account.profile.avatar_url {
            Some(url) if account.state != AccountState::Suspended => Picture::Shown(self.names, url),
            _ => Picture::Ours(self.names, NO_AVATAR),
        }
    }

    /// The account of something in a list, with where it went.
    pub(crate) fn author(
        self,
        account: &'a Known,
        counts: &AccountCounts,
        moved_to: Option<&'a MovedTo>,
    ) -> Shown<'a> {
        match moved_to {
            Some((target, numbers)) => {
                let moved = Some(Box::new(self.account(target, numbers)));
                Shown::Whole(Box::new(Account { moved, ..self.account(account, counts) }))
            }
            None => self.written(account, counts),
        }
    }

    /// The same of an account that stands in a list.
    pub(crate) fn shown(self, view: &'a AccountView) -> Shown<'a> {
        match view.moved_to {
            Some(_) => Shown::Whole(Box::new(self.profile(view))),
            None => self.written(&view.account, &view.counts),
        }
    }

    fn written(self, account: &'a Known, counts: &AccountCounts) -> Shown<'a> {
        let write = || {
            let json = serde_json::value::to_raw_value(&self.account(account, counts)).ok()?;
            Some(Written { counts: *counts, json })
        };
        match account.shown.recall(|kept: &Written| kept.counts == *counts, write) {
            Some(written) => Shown::Written(written),
            None => Shown::Whole(Box::new(self.account(account, counts))),
        }
    }

    /// An account without where it went.
    pub(crate) fn account(self, account: &'a Known, counts: &AccountCounts) -> Account<'a> {
        let suspended = account.state == AccountState::Suspended;
        let profile = &account.profile;
        let shown = |text: &'a str| if suspended { "" } else { text };
        let picture = |url: &'a Option<String>, missing: &'static str| match url {
            Some(url) if !suspended => Picture::Shown(self.names, url),
            _ => Picture::Ours(self.names, missing),
        };
        let avatar = picture(&profile.avatar_url, NO_AVATAR);
        let header = picture(&profile.header_url, NO_HEADER);
        let still = |url: &'a Option<String>, moving| match url {
            Some(url) if !suspended => Picture::Shown(self.names, url),
            _ => moving,
        };
        let is_ours = account.is_ours();
        Account {
            id: Text(account.id.0),
            username: &account.handle.name,
            acct: Acct { handle: &account.handle, domain: self.names.domain() },
            display_name: shown(&profile.display_name),
            locked: account.flags.locked,
            bot: account.kind.is_bot(),
            discoverable: account.flags.discoverable,
            indexable: account.flags.indexable,
            group: account.kind == AccountKind::Group,
            created_at: Iso(account.created_at),
            note: shown(&profile.bio_html),
            url: profile.url.as_deref().unwrap_or(account.actor_id.as_str()),
            uri: account.actor_id.as_str(),
            avatar,
            avatar_static: still(&profile.pictures.avatar_static_url, avatar),
            avatar_description: shown(&profile.pictures.avatar_description),
            header,
            header_static: still(&profile.pictures.header_static_url, header),
            header_description: shown(&profile.pictures.header_description),
            followers_count: counts.followers,
            following_count: counts.following,
            statuses_count: counts.posts,
            last_status_at: counts.last_post_at.map(Day),
            hide_collections: is_ours.then_some(profile.details.hides_collections),
            noindex: is_ours.then_some(false),
            emojis: CustomEmoji::list(self.names, &profile.emojis),
            fields: if suspended { Vec::new() } else { AccountField::list(&profile.fields) },
            roles: is_ours.then_some([]),
            suspended,
            limited: account.state == AccountState::Silenced,
            memorial: account.flags.memorial,
            show_media: Some(!profile.details.hides_media),
            show_media_replies: Some(!profile.details.hides_media_replies),
            show_featured: Some(!profile.details.hides_featured),
            feature_approval: Approval { automatic: [], manual: [], current_user: "denied" },
            moved: None,
        }
    }

    /// An account as it stands by itself or in a list of accounts.
    pub(crate) fn profile(self, view: &'a AccountView) -> Account<'a> {
        let target = view.moved_to.as_ref();
        let moved = target.map(|target| Box::new(self.account(&target.account, &target.counts)));
        Account { moved, ..self.account(&view.account, &view.counts) }
    }

    /// A list of accounts.
    pub(crate) fn profiles(self, views: &'a [AccountView]) -> Vec<Account<'a>> {
        views.iter().map(|view| self.profile(view)).collect()
    }
}

/// <https://docs.joinmastodon.org/entities/MutedAccount/>
#[derive(Debug, Serialize)]
pub(crate) struct MutedAccount<'a> {
    #[serde(flatten)]
    account: Account<'a>,
    mute_expires_at: Option<Iso>,
}

impl<'a> Dialect<'a> {
    /// A muted account.
    pub(crate) fn muted(self, muted: &'a Muted) -> MutedAccount<'a> {
        MutedAccount { account: self.profile(&muted.view), mute_expires_at: muted.expires_at.map(Iso) }
    }
}

/// <https://docs.joinmastodon.org/entities/Role/>
#[derive(Debug, Serialize)]
struct Role {
    id: &'static str,
    name: &'static str,
    /// A sum of bits; 1 is everything.
    permissions: &'static str,
    color: &'static str,
    highlighted: bool,
    collection_limit: u8,
}

impl Role {
    fn of(user: &User) -> Self {
        let (id, name, permissions) = match user.role {
            UserRole::Admin => ("1", "Admin", "1"),
            UserRole::Member => ("-99", "", "0"),
        };
        Self { id, name, permissions, color: "", highlighted: false, collection_limit: 0 }
    }
}

#[derive(Debug, Serialize)]
struct SourceField<'a> {
    name: &'a str,
    value: &'a str,
    verified_at: Option<Iso>,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the entity has them")]
struct AccountSource<'a> {
    privacy: &'static str,
    sensitive: bool,
    language: Option<&'a str>,
    note: &'a str,
    fields: Vec<SourceField<'a>>,
    follow_requests_count: usize,
    hide_collections: bool,
    discoverable: bool,
    indexable: bool,
    attribution_domains: &'a [String],
    quote_policy: &'static str,
}

/// <https://docs.joinmastodon.org/entities/Account/#CredentialAccount>
#[derive(Debug, Serialize)]
pub(crate) struct CredentialAccount<'a> {
    #[serde(flatten)]
    account: Account<'a>,
    source: AccountSource<'a>,
    role: Role,
}

/// What an owner sees of the own account.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) view: AccountView,
    pub(crate) user: User,
    pub(crate) preferences: Preferences,
    pub(crate) requests: usize,
    pub(crate) fields: Vec<(String, String)>,
}

impl<'a> Dialect<'a> {
    /// The viewer's own account.
    pub(crate) fn own(self, own: &'a Own) -> CredentialAccount<'a> {
        let account = &own.view.account;
        CredentialAccount {
            account: self.profile(&own.view),
            source: AccountSource {
                privacy: super::status::visibility(own.preferences.visibility),
                sensitive: own.preferences.sensitive,
                language: own.preferences.language.as_deref(),
                note: &account.profile.bio_source,
                fields: SourceField::list(own),
                follow_requests_count: own.requests,
                hide_collections: account.profile.details.hides_collections,
                discoverable: account.flags.discoverable,
                indexable: account.flags.indexable,
                attribution_domains: &account.profile.details.attribution_domains,
                quote_policy: "nobody",
            },
            role: Role::of(&own.user),
        }
    }
}

/// <https://docs.joinmastodon.org/entities/Profile/>: the own account as it was
/// typed, for changing it.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the entity has them")]
pub(crate) struct Profile<'a> {
    id: Text<i64>,
    display_name: &'a str,
    note: &'a str,
    fields: Vec<SourceField<'a>>,
    avatar: Option<&'a str>,
    avatar_static: Option<&'a str>,
    avatar_description: &'a str,
    header: Option<&'a str>,
    header_static: Option<&'a str>,
    header_description: &'a str,
    locked: bool,
    bot: bool,
    hide_collections: bool,
    discoverable: bool,
    indexable: bool,
    show_media: bool,
    show_media_replies: bool,
    show_featured: bool,
    attribution_domains: &'a [String],
}

impl<'a> SourceField<'a> {
    fn list(own: &'a Own) -> Vec<Self> {
        let typed = own.fields.iter().zip(&own.view.account.profile.fields);
        typed
            .map(|((name, value), field)| Self { name, value, verified_at: field.verified_at.map(Iso) })
            .collect()
    }
}

impl<'a> Profile<'a> {
    /// The viewer's own profile.
    pub(crate) fn of(own: &'a Own) -> Self {
        let account = &own.view.account;
        let (profile, flags) = (&account.profile, &account.flags);
        let still =
            |still: &'a Option<String>, moving: &'a Option<String>| still.as_deref().or(moving.as_deref());
        Self {
            id: Text(account.id.0),
            display_name: &profile.display_name,
            note: &profile.bio_source,
            fields: SourceField::list(own),
            avatar: profile.avatar_url.as_deref(),
            avatar_static: still(&profile.pictures.avatar_static_url, &profile.avatar_url),
            avatar_description: &profile.pictures.avatar_description,
            header: profile.header_url.as_deref(),
            header_static: still(&profile.pictures.header_static_url, &profile.header_url),
            header_description: &profile.pictures.header_description,
            locked: flags.locked,
            bot: account.kind.is_bot(),
            hide_collections: profile.details.hides_collections,
            discoverable: flags.discoverable,
            indexable: flags.indexable,
            show_media: !profile.details.hides_media,
            show_media_replies: !profile.details.hides_media_replies,
            show_featured: !profile.details.hides_featured,
            attribution_domains: &profile.details.attribution_domains,
        }
    }
}

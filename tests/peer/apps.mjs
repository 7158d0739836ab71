// Our server as two libraries for apps see it, masto.js and megalodon: each
// method for what the server has, once, live. See README.md.
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRestAPIClient, createStreamingAPIClient } from "masto";
import { detector, default as megalodon } from "megalodon";
import { Checks, assert, equal } from "./lib/checks.mjs";
import * as flows from "./lib/masto-flows.mjs";
import { streams } from "./lib/masto-streams.mjs";
import { run, startAntiphon, stop, stopAll } from "./lib/processes.mjs";

const BUDGET_MS = 240_000;
const SCOPES = "profile read write follow push";
const NEXT_YEAR = new Date(Date.now() + 300 * 86_400_000);
// The smallest picture there is, as PNG.
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
// A key and a secret that RFC 8291 gives as an example.
const KEYS = {
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
};

const truth = (value) => (assert(value, `it is ${JSON.stringify(value)}`), value);
const picture = () => new File([PIXEL], "a.png", { type: "image/png" });

async function mastoMethods(checks, { url, ada, ben, ids, word }) {
  const api = createRestAPIClient({ url, accessToken: ada });
  const other = createRestAPIClient({ url, accessToken: ben });
  const { v1, v2 } = api;
  const kept = {};
  const keep = (name, value) => (kept[name] = value);
  const calls = {
    "instance v1": () => v1.instance.fetch(),
    "instance v2": () => v2.instance.fetch(),
    "instance activity": async () => truth((await v1.instance.activity.list()).length),
    "instance rules": () => v1.instance.rules.list(),
    "instance peers": () => v1.instance.peers.list(),
    "instance domain blocks": () => v1.instance.domainBlocks.list(),
    "instance extended description": () => v1.instance.extendedDescription.fetch(),
    "custom emojis": () => v1.customEmojis.list(),
    "preferences": () => v1.preferences.fetch(),
    "directory": () => v1.directory.list({ local: true }),
    "announcements": () => v1.announcements.list(),
    "verify": async () => equal((await v1.accounts.verifyCredentials()).username, "ada", "the name"),
    "update credentials": async () => {
      const me = await v1.accounts.updateCredentials({ displayName: "Ada", fieldsAttributes: [{ name: "a", value: "b" }], source: { privacy: "public" } });
      equal(me.fields[0]?.name, "a", "the field");
    },
    "update the avatar": async () => truth((await v1.accounts.updateCredentials({ avatar: picture() })).avatar.includes("/media/")),
    "remove the avatar": () => v1.profile.avatar.remove(),
    "account": async () => equal((await v1.accounts.$select(ids.ben).fetch()).username, "ben", "the name"),
    "accounts": async () => equal((await v1.accounts.fetch({ id: [ids.ben, ids.ada] })).length, 2, "accounts"),
    "lookup": async () => equal((await v1.accounts.lookup({ acct: "ben" })).id, ids.ben, "the id"),
    "search accounts": async () => truth((await v1.accounts.search.list({ q: "ben" })).length),
    "follow": async () => truth((await v1.accounts.$select(ids.ben).follow({ notify: true, languages: ["en"] })).notifying),
    "follow back": () => other.v1.accounts.$select(ids.ada).follow(),
    "relationships": async () => truth((await v1.accounts.relationships.fetch({ id: [ids.ben] }))[0].followedBy),
    "followers": async () => equal((await v1.accounts.$select(ids.ada).followers.list()).length, 1, "followers"),
    "following": async () => equal((await v1.accounts.$select(ids.ada).following.list()).length, 1, "followed"),
    "familiar followers": () => v1.accounts.familiarFollowers.fetch({ id: [ids.ben] }),
    "note": async () => equal((await v1.accounts.$select(ids.ben).note.create({ comment: "c" })).note, "c", "the note"),
    "mute": async () => truth((await other.v1.accounts.$select(ids.ada).mute({ notifications: false, duration: 60 })).muting),
    "mutes": async () => equal((await other.v1.mutes.list()).length, 1, "mutes"),
    "unmute": () => other.v1.accounts.$select(ids.ada).unmute(),
    "domain blocks": async () => {
      await v1.domainBlocks.create({ domain: "bad.example" });
      equal((await v1.domainBlocks.list())[0], "bad.example", "the domain");
      await v1.domainBlocks.remove({ domain: "bad.example" });
    },
    "media": async () => {
      const media = keep("media", await v2.media.create({ file: picture(), description: "d", skipPolling: false }));
      equal((await v1.media.$select(media.id).update({ description: "e" })).description, "e", "the description");
    },
    "post": async () => keep("post", await v1.statuses.create({ status: `@ben #${word}`, language: "en", mediaIds: kept.media ? [kept.media.id] : [] })),
    "post with a poll": async () => keep("asked", await other.v1.statuses.create({ status: "?", poll: { options: ["a", "b"], expiresIn: 600, multiple: true } })),
    "vote": async () => truth((await v1.polls.$select(kept.asked.poll.id).votes.create({ choices: [0, 1] })).voted),
    "poll": async () => equal((await v1.polls.$select(kept.asked.poll.id).fetch()).votesCount, 2, "votes"),
    "post later": async () => keep("later", await v1.statuses.create({ status: "later", scheduledAt: NEXT_YEAR.toISOString() })),
    "scheduled": async () => equal((await v1.scheduledStatuses.list()).length, 1, "scheduled"),
    "scheduled changed": () => v1.scheduledStatuses.$select(kept.later.id).update({ scheduledAt: NEXT_YEAR.toISOString() }),
    "scheduled removed": () => v1.scheduledStatuses.$select(kept.later.id).remove(),
    "status": async () => equal((await other.v1.statuses.$select(kept.post.id).fetch()).id, kept.post.id, "the id"),
    "answer": () => other.v1.statuses.create({ status: "an answer", inReplyToId: kept.post.id }),
    "context": async () => equal((await v1.statuses.$select(kept.post.id).context.fetch()).descendants.length, 1, "answers"),
    "edit": async () => truth((await v1.statuses.$select(kept.post.id).update({ status: `edited #${word}` })).editedAt),
    "source": async () => truth((await v1.statuses.$select(kept.post.id).source.fetch()).text),
    "history": async () => equal((await v1.statuses.$select(kept.post.id).history.list()).length, 2, "versions"),
    "favourite": async () => truth((await other.v1.statuses.$select(kept.post.id).favourite()).favourited),
    "favourited by": async () => equal((await v1.statuses.$select(kept.post.id).favouritedBy.list()).length, 1, "likers"),
    "favourites": async () => equal((await other.v1.favourites.list()).length, 1, "likes"),
    "reblog": async () => truth((await other.v1.statuses.$select(kept.post.id).reblog()).reblog),
    "reblogged by": async () => equal((await v1.statuses.$select(kept.post.id).rebloggedBy.list()).length, 1, "boosters"),
    "bookmark": async () => truth((await v1.statuses.$select(kept.post.id).bookmark()).bookmarked),
    "bookmarks": async () => equal((await v1.bookmarks.list()).length, 1, "bookmarks"),
    "pin": async () => truth((await v1.statuses.$select(kept.post.id).pin()).pinned),
    "pinned": async () => equal((await v1.accounts.$select(ids.ada).statuses.list({ pinned: true })).length, 1, "pinned"),
    "mute a thread": async () => truth((await v1.statuses.$select(kept.post.id).mute()).muted),
    "unmute a thread": () => v1.statuses.$select(kept.post.id).unmute(),
    "home": async () => truth((await v1.timelines.home.list()).length),
    "public": async () => truth((await v1.timelines.public.list({ local: true })).length),
    "tag": async () => truth((await v1.timelines.tag.$select(word).list()).length),
    "pages": async () => {
      const seen = [];
      for await (const page of v1.timelines.home.list({ limit: 1 })) seen.push(...page);
      equal(seen.length, (await v1.timelines.home.list({ limit: 40 })).length, "posts by pages");
    },
    "a tag followed": async () => truth((await v1.tags.$select(word).follow()).following),
    "followed tags": async () => equal((await v1.followedTags.list()).length, 1, "tags"),
    "a tag unfollowed": () => v1.tags.$select(word).unfollow(),
    "featured tags": async () => {
      const tag = await v1.featuredTags.create({ name: word });
      equal((await v1.featuredTags.list()).length, 1, "tags");
      await v1.featuredTags.$select(tag.id).remove();
    },
    "search": async () => equal((await v2.search.list({ q: "ben", type: "accounts" })).accounts[0]?.username, "ben", "who is found"),
    "lists": async () => {
      const list = keep("list", await v1.lists.create({ title: "l", repliesPolicy: "list", exclusive: false }));
      await v1.lists.$select(list.id).accounts.create({ accountIds: [ids.ben] });
      equal((await v1.lists.$select(list.id).accounts.list()).length, 1, "members");
      await v1.lists.$select(list.id).update({ title: "m" });
      await other.v1.statuses.create({ status: "for the list" });
      truth((await v1.timelines.list.$select(list.id).list()).length);
      await v1.lists.$select(list.id).accounts.remove({ accountIds: [ids.ben] });
      await v1.lists.$select(list.id).remove();
    },
    "filters": async () => {
      const filter = await v2.filters.create({ title: "t", context: ["home"], filterAction: "warn", keywordsAttributes: [{ keyword: "k", wholeWord: true }] });
      equal((await v2.filters.list()).length, 1, "filters");
      const keyword = await v2.filters.$select(filter.id).keywords.create({ keyword: "l" });
      await v2.filters.keywords.$select(keyword.id).remove();
      await v2.filters.$select(filter.id).update({ title: "u" });
      await v2.filters.$select(filter.id).remove();
    },
    "markers": async () => {
      await v1.markers.create({ home: { lastReadId: kept.post.id } });
      equal((await v1.markers.fetch({ timeline: ["home"] })).home.lastReadId, kept.post.id, "the marker");
    },
    "conversations": async () => {
      await v1.statuses.create({ status: "@ben quietly", visibility: "direct" });
      const [talk] = await other.v1.conversations.list();
      equal((await other.v1.conversations.$select(talk.id).read()).unread, false, "unread");
      await other.v1.conversations.$select(talk.id).remove();
    },
    "notifications": async () => {
      const [told] = await v1.notifications.list({ types: ["favourite"] });
      equal((await v1.notifications.$select(told.id).fetch()).id, told.id, "the id");
      truth((await v1.notifications.unreadCount.fetch()).count >= 0);
    },
    "grouped notifications": async () => {
      const { notificationGroups } = await v2.notifications.list();
      truth((await v2.notifications.$select(notificationGroups[0].groupKey).accounts.list()).length);
      await v2.notifications.$select(notificationGroups[0].groupKey).dismiss();
    },
    "notifications policy": async () => {
      equal((await v2.notifications.policy.update({ forNotFollowing: "accept" })).forNotFollowing, "accept", "the policy");
      await v1.notifications.requests.list();
    },
    "notifications cleared": () => v1.notifications.clear(),
    "push": async () => {
      const subscription = { endpoint: "http://127.0.0.1:9/push", keys: KEYS };
      await v1.push.subscription.create({ subscription, data: { alerts: { mention: true }, policy: "all" } });
      truth((await v1.push.subscription.fetch()).alerts.mention);
      await v1.push.subscription.update({ data: { alerts: { follow: true } } });
      await v1.push.subscription.remove();
    },
    "suggestions": () => v2.suggestions.list(),
    "report": async () => truth((await v1.reports.create({ accountId: ids.ben, comment: "no", statusIds: [kept.asked?.id].filter(Boolean) })).id),
    "delete": async () => truth((await v1.statuses.$select(kept.post.id).remove()).text),
    "block": async () => truth((await other.v1.accounts.$select(ids.ada).block()).blocking),
    "blocks": async () => equal((await other.v1.blocks.list()).length, 1, "blocks"),
    "unblock": () => other.v1.accounts.$select(ids.ada).unblock(),
  };
  for (const [name, call] of Object.entries(calls)) await checks.check(`masto.js: ${name}`, call);
}

async function mastoStreams(checks, { url, ada, ben }) {
  const { v2 } = createRestAPIClient({ url, accessToken: ada });
  const other = createRestAPIClient({ url, accessToken: ben });
  await checks.check("masto.js: streams", async () => {
    const streamingApiUrl = (await v2.instance.fetch()).configuration.urls.streaming;
    const streams = createStreamingAPIClient({ streamingApiUrl, accessToken: ada, implementation: WebSocket });
    const heard = new Set();
    const listen = async (name, stream) => {
      for await (const event of stream) heard.add(`${name} ${event.event}`);
    };
    listen("public", streams.public.subscribe()).catch(() => {});
    listen("user", streams.user.subscribe()).catch(() => {});
    listen("hashtag", streams.hashtag.subscribe({ tag: "heard" })).catch(() => {});
    const wanted = ["public update", "user notification", "hashtag update"];
    await checks.until(`${wanted} are heard`, async () => {
      if (heard.size === 0) await other.v1.statuses.create({ status: "@ada #heard" });
      return wanted.every((event) => heard.has(event));
    });
    streams.close();
  });
}

async function megalodonMethods(checks, { url, ada, ben, ids, word, file }) {
  const api = megalodon.default ? megalodon.default("mastodon", url, ada) : megalodon("mastodon", url, ada);
  const other = megalodon.default ? megalodon.default("mastodon", url, ben) : megalodon("mastodon", url, ben);
  const kept = {};
  const calls = {
    "detects": async () => equal(await detector(url), "mastodon", "what it is taken for"),
    "instance": () => api.getInstance(),
    "app": () => api.registerApp("m", { scopes: ["read"], redirect_uris: "urn:ietf:wg:oauth:2.0:oob" }),
    "me": async () => equal((await api.verifyAccountCredentials()).data.username, "ada", "the name"),
    "update": () => api.updateCredentials({ display_name: "A", note: "n" }),
    "account": () => api.getAccount(ids.ben),
    "statuses": () => api.getAccountStatuses(ids.ben),
    "lookup": () => api.lookupAccount("ben"),
    "search accounts": () => api.searchAccount("ben"),
    "follow": async () => truth((await api.followAccount(ids.ben)).data.following),
    "relationship": async () => truth((await api.getRelationship(ids.ben)).data.following),
    "note": () => api.setAccountNote(ids.ben, "n"),
    "subscribe": () => api.subscribeAccount(ids.ben),
    "post": async () => (kept.post = (await api.postStatus(`#${word}`)).data),
    "poll": async () => (kept.asked = (await other.postStatus("?", { poll: { options: ["a", "b"], expires_in: 600 } })).data),
    "vote": async () => truth((await api.votePoll(kept.asked.poll.id, [1])).data.voted),
    "media": async () => truth((await api.uploadMedia(createReadStream(file), { description: "d" })).data.id),
    "status": () => api.getStatus(kept.post.id),
    "context": () => api.getStatusContext(kept.post.id),
    "source": () => api.getStatusSource(kept.post.id),
    "edit": () => api.editStatus(kept.post.id, { status: `edited #${word}` }),
    "favourite": () => other.favouriteStatus(kept.post.id),
    "reblog": () => other.reblogStatus(kept.post.id),
    "bookmark": () => api.bookmarkStatus(kept.post.id),
    "pin": () => api.pinStatus(kept.post.id),
    "mute a thread": () => api.muteStatus(kept.post.id),
    "lists of all kinds": () =>
      Promise.all([
        api.getBookmarks(), api.getFavourites(), api.getMutes(), api.getBlocks(), api.getDomainBlocks(), api.getFilters(),
        api.getFollowRequests(), api.getFeaturedTags(), api.getFollowedTags(), api.getSuggestions(), api.getPreferences(),
        api.getSuggestedTags(), api.getLists(), api.getScheduledStatuses(), api.getConversationTimeline(),
        api.getInstancePeers(), api.getInstanceActivity(), api.getInstanceDirectory(), api.getInstanceCustomEmojis(),
        api.getInstanceAnnouncements(), api.getNotifications(), api.getStatusRebloggedBy(kept.post.id),
      ]),
    "home": async () => truth((await api.getHomeTimeline()).data.length),
    "local": async () => truth((await api.getLocalTimeline()).data.length),
    "tag": async () => truth((await api.getTagTimeline(word)).data.length),
    "a tag followed": () => api.followTag(word),
    "a filter": async () => api.deleteFilter((await api.createFilter("p", ["home"])).data.id),
    "a list": async () => {
      const list = (await api.createList("l")).data;
      await api.addAccountsToList(list.id, [ids.ben]);
      await api.getListTimeline(list.id);
      await api.deleteList(list.id);
    },
    "markers": async () => {
      await api.saveMarkers({ home: { last_read_id: kept.post.id } });
      truth((await api.getMarkers(["home"])).data.home);
    },
    "search": async () => truth((await api.search("ben", { type: "accounts" })).data.accounts.length),
    "report": () => api.report(ids.ben, { comment: "no" }),
    "push": async () => {
      await api.subscribePushNotification({ endpoint: "http://127.0.0.1:9/", keys: KEYS }, { alerts: { follow: true } });
      await api.deletePushSubscription();
    },
    "streams": async () => {
      const heard = new Set();
      const stream = await api.userStreaming();
      stream.on("update", () => heard.add("update"));
      stream.on("notification", () => heard.add("notification"));
      stream.on("error", () => {});
      await checks.until("an update and a notification are heard", async () => {
        if (heard.size === 0) await other.postStatus("@ada heard");
        return heard.size === 2;
      });
      stream.stop();
    },
    "delete": () => api.deleteStatus(kept.post.id),
  };
  for (const [name, call] of Object.entries(calls)) await checks.check(`megalodon: ${name}`, call);
}

/** Makes a person; answers with the name, the token, the id and a client. */
async function person(binary, env, url, name) {
  await run(binary, ["account", "create", name, "--email", `${name}@example.org`, "--password-stdin"], { env, input: "correct horse battery\n" });
  const token = (await run(binary, ["token", "create", name, "--scopes", SCOPES], { env })).trim();
  const api = createRestAPIClient({ url, accessToken: token });
  return { name, token, api, id: (await api.v1.accounts.verifyCredentials()).id };
}

/** Among people of their own, so that nothing else is in their lists. */
async function mastoFlows(checks, { url, person }) {
  const [me, ...people] = [await person("dora"), await person("emil"), await person("finn"), await person("gina")];
  const world = { url, me, people, picture };
  await flows.pages(checks, world);
  await flows.relations(checks, world);
  await flows.alone(checks, world);
  await flows.programs(checks, world);
  await streams(checks, world);
}

async function main(checks, folder) {
  const binary = process.env.ANTIPHON_BIN;
  process.env.ANTIPHON_SIGN_UP = "open";
  const { env, origin: url, child } = await startAntiphon({ binary, host: "127.0.0.1", folder });
  await checks.until("the server is healthy", async () => (await fetch(`${url}/health`)).ok);
  const world = { url, ids: {}, word: `word${Date.now().toString(36)}`, file: join(folder, "a.png") };
  writeFileSync(world.file, PIXEL);
  for (const name of ["ada", "ben"]) {
    const { token, id } = await person(binary, env, url, name);
    world[name] = token;
    world.ids[name] = id;
  }
  await mastoMethods(checks, world);
  await mastoStreams(checks, world);
  await mastoFlows(checks, { url, person: (name) => person(binary, env, url, name) });
  await megalodonMethods(checks, world);
  await stop(child);
}

const folder = mkdtempSync(join(tmpdir(), "antiphon-apps-"));
const checks = new Checks(BUDGET_MS);
// What a stream says after it was closed fails no check.
process.on("unhandledRejection", (error) => console.error(`beside: ${error?.message ?? error}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopAll().then(() => process.exit(130)));
try {
  await main(checks, folder);
} catch (error) {
  await checks.check("the run itself", () => Promise.reject(error));
}
await stopAll();
const code = checks.finish();
if (code === 0) rmSync(folder, { recursive: true, force: true });
else console.error(`the logs are in ${folder}`);
process.exit(code);

// What apps built on masto.js do in several steps: pages by their links, what
// two people arrange between them, what is refused and how that is said.
import { createOAuthAPIClient, createRestAPIClient } from "masto";
import { assert, equal } from "./checks.mjs";

const TOMORROW = 86_400_000;
const MANY_PAGES = 60;
const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";

export const same = (found, expected, what) => equal(JSON.stringify(found), JSON.stringify(expected), what);
const has = (list, one, what) => assert(list.some((it) => it.id === one.id), `${what} is not there`);
const key = (it) => it.id ?? it.name ?? it;

/** What a call is refused with; it fails where the call does not. */
export async function refused(call) {
  const error = await call.then(
    () => undefined,
    (error) => error,
  );
  assert(error != null, "it was not refused");
  return error;
}

/** A list read entry by entry along its links is the list read at once. */
async function pagesOf(checks, name, list, length) {
  await checks.check(`masto.js: pages of ${name}`, async () => {
    const whole = (await list({ limit: 40 })).map(key);
    if (length != null) equal(whole.length, length, "the length");
    const seen = [];
    for await (const page of list({ limit: 1 })) {
      if (page.length === 0) break;
      seen.push(...page.map(key));
      assert(seen.length < MANY_PAGES, "the pages never end");
    }
    same(seen, whole, "what the pages show");
  });
}

/** Every list with links: `people` are three who do the same each. */
export async function pages(checks, { me, people }) {
  const { v1 } = me.api;
  const names = ["eins", "zwei", "drei"];
  const first = await v1.statuses.create({ status: "a post many like" });
  const list = await v1.lists.create({ title: "all of them" });
  for (const [index, one] of people.entries()) {
    await v1.accounts.$select(one.id).follow();
    await one.api.v1.accounts.$select(me.id).follow();
    await one.api.v1.statuses.$select(first.id).favourite();
    await one.api.v1.statuses.$select(first.id).reblog();
    const post = await one.api.v1.statuses.create({ status: `@${me.name} #inpages` });
    await v1.statuses.$select(post.id).favourite();
    await v1.statuses.$select(post.id).bookmark();
    await one.api.v1.statuses.create({ status: `@${me.name} quietly`, visibility: "direct" });
    await v1.lists.$select(list.id).accounts.create({ accountIds: [one.id] });
    await v1.domainBlocks.create({ domain: `${names[index]}.example` });
    await v1.tags.$select(names[index]).follow();
    await v1.statuses.create({ status: "later", scheduledAt: new Date(Date.now() + (index + 1) * TOMORROW).toISOString() });
  }
  const lists = {
    "home": [v1.timelines.home],
    "everyone's posts": [v1.timelines.public],
    "a tag": [v1.timelines.tag.$select("inpages"), 3],
    "a list": [v1.timelines.list.$select(list.id)],
    "members of a list": [v1.lists.$select(list.id).accounts, 3],
    "likes": [v1.favourites, 3],
    "bookmarks": [v1.bookmarks, 3],
    "notifications": [v1.notifications],
    "conversations": [v1.conversations, 3],
    "followers": [v1.accounts.$select(me.id).followers, 3],
    "followed accounts": [v1.accounts.$select(me.id).following, 3],
    "own posts": [v1.accounts.$select(me.id).statuses],
    "shunned servers": [v1.domainBlocks, 3],
    "followed tags": [v1.followedTags, 3],
    "scheduled posts": [v1.scheduledStatuses, 3],
    "who liked": [v1.statuses.$select(first.id).favouritedBy, 3],
    "who boosted": [v1.statuses.$select(first.id).rebloggedBy, 3],
  };
  for (const [name, [resource, length]] of Object.entries(lists)) {
    await pagesOf(checks, name, (params) => resource.list(params), length);
  }
  for (const one of people) await v1.accounts.$select(one.id).mute();
  await pagesOf(checks, "muted accounts", (params) => v1.mutes.list(params), 3);
  for (const one of people) await v1.accounts.$select(one.id).unmute();
  for (const one of people) await v1.accounts.$select(one.id).block();
  await pagesOf(checks, "blocked accounts", (params) => v1.blocks.list(params), 3);
  for (const one of people) await v1.accounts.$select(one.id).unblock();
}

/** Between two people: follows that are asked for, mutes that end, strangers' words held back. */
export async function relations(checks, { me, people: [other, third] }) {
  const { v1, v2 } = me.api;
  const check = (name, act) => checks.check(`masto.js: ${name}`, act);
  const toMe = async (one) => (await one.api.v1.accounts.relationships.fetch({ id: [me.id] }))[0];
  await check("a follow is asked for, and let in or not", async () => {
    equal((await v1.accounts.updateCredentials({ locked: true })).locked, true, "locked");
    for (const [one, answer] of [[other, "authorize"], [third, "reject"]]) {
      await one.api.v1.accounts.$select(me.id).unfollow();
      equal((await one.api.v1.accounts.$select(me.id).follow()).requested, true, "requested");
      has(await v1.followRequests.list(), one, "who asks");
      await v1.followRequests.$select(one.id)[answer]();
      equal((await toMe(one)).following, answer === "authorize", `following after ${answer}`);
    }
    equal((await v1.accounts.updateCredentials({ locked: false })).locked, false, "locked");
  });
  await check("a follower is shown out", async () => {
    await v1.accounts.$select(other.id).removeFromFollowers();
    equal((await toMe(other)).following, false, "following");
  });
  await check("a mute ends by itself", async () => {
    equal((await v1.accounts.$select(other.id).mute({ duration: 1 })).muting, true, "muting");
    await checks.until("it is over", async () => !(await v1.accounts.relationships.fetch({ id: [other.id] }))[0].muting);
    equal((await v1.mutes.list()).length, 0, "mutes");
  });
  // Who was let in once is not held back again: another asks next.
  for (const [stranger, answer] of [[other, "accept"], [third, "dismiss"]]) {
    await check(`a stranger's mention is held back: ${answer}`, async () => {
      await v1.accounts.$select(stranger.id).unfollow();
      await v2.notifications.policy.update({ forNotFollowing: "filter" });
      const post = await stranger.api.v1.statuses.create({ status: `@${me.name} may I?` });
      const requests = v1.notifications.requests;
      const request = await checks.until("the request", async () => (await requests.list())[0]);
      equal((await requests.$select(request.id).fetch()).account.id, stranger.id, "who asks");
      await requests.$select(request.id)[answer]();
      await checks.until("it is answered", async () => (await requests.list()).length === 0);
      const told = async () => (await v1.notifications.list({ limit: 40 })).some((it) => it.status?.id === post.id);
      if (answer === "accept") await checks.until("it is told", told);
      else equal(await told(), false, "whether it is told");
      equal((await requests.merged.fetch()).merged, true, "merged");
      await v2.notifications.policy.update({ forNotFollowing: "accept" });
    });
  }
}

/** What one does alone: posts, filters, the profile. */
export async function alone(checks, { me, picture }) {
  const { v1, v2 } = me.api;
  const check = (name, act) => checks.check(`masto.js: ${name}`, act);
  await check("a request made twice posts once", async () => {
    const again = { requestInit: { headers: new Headers({ "Idempotency-Key": `key-${Date.now()}` }) } };
    const first = await v1.statuses.create({ status: "once" }, again);
    equal((await v1.statuses.create({ status: "once" }, again)).id, first.id, "the id");
  });
  await check("a thread from its middle", async () => {
    const top = await v1.statuses.create({ status: "top" });
    const middle = await v1.statuses.create({ status: "middle", inReplyToId: top.id });
    const end = await v1.statuses.create({ status: "end", inReplyToId: middle.id });
    const { ancestors, descendants } = await v1.statuses.$select(middle.id).context.fetch();
    same(ancestors.map(key), [top.id], "what is above");
    same(descendants.map(key), [end.id], "what is below");
  });
  await check("versions of a direct post, and none when it is gone", async () => {
    const { id } = await v1.statuses.create({ status: "first words", visibility: "direct" });
    equal((await v1.statuses.$select(id).update({ status: "other words" })).content, "<p>other words</p>", "the content");
    equal((await v1.statuses.$select(id).history.list())[0].content, "<p>first words</p>", "the first version");
    await v1.statuses.$select(id).remove();
    equal((await refused(v1.statuses.$select(id).fetch())).statusCode, 404, "the status");
  });
  await check("a filter of version 1", async () => {
    const { id } = await v1.filters.create({ phrase: "p", context: ["home"] });
    await v1.filters.$select(id).update({ phrase: "p", context: ["home", "notifications"] });
    same((await v1.filters.$select(id).fetch()).context, ["home", "notifications"], "where");
    await v1.filters.$select(id).remove();
  });
  await check("a filter, its words and its posts", async () => {
    const filter = await v2.filters.create({ title: "f", context: ["home"], keywordsAttributes: [{ keyword: "a" }, { keyword: "b" }] });
    const one = v2.filters.$select(filter.id);
    const less = await one.update({ keywordsAttributes: [{ id: filter.keywords[0].id, _destroy: true }] });
    same(less.keywords.map((it) => it.keyword), ["b"], "the words left");
    await v2.filters.keywords.$select(less.keywords[0].id).update({ keyword: "c" });
    equal((await one.keywords.list())[0].keyword, "c", "the word");
    const post = await v1.statuses.create({ status: "to be filtered" });
    const { id } = await one.statuses.create({ statusId: post.id });
    equal((await v2.filters.statuses.$select(id).fetch()).statusId, post.id, "the post");
    await v2.filters.statuses.$select(id).remove();
    equal((await one.statuses.list()).length, 0, "posts");
    await one.remove();
  });
  for (const which of ["avatar", "header"]) {
    await check(`a picture put on and taken off: ${which}`, async () => {
      const before = (await v1.accounts.verifyCredentials())[which];
      const shown = (await v1.accounts.updateCredentials({ [which]: picture() }))[which];
      assert(shown !== before, "it is not shown");
      await v1.profile[which].remove();
      equal((await v1.accounts.verifyCredentials())[which], before, "what is shown after");
    });
  }
}

/** A program for itself, and who signs up through it. */
export async function programs(checks, { url }) {
  const anyone = createRestAPIClient({ url });
  const oauth = createOAuthAPIClient({ url });
  const check = (name, act) => checks.check(`masto.js: ${name}`, act);
  let client;
  const own = async () =>
    (await oauth.token.create({ grantType: "client_credentials", ...client, scope: "read write", redirectUri: OUT_OF_BAND })).accessToken;
  await check("a program's token, until it is revoked", async () => {
    const app = await anyone.v1.apps.create({ clientName: "flows", redirectUris: OUT_OF_BAND, scopes: "read write" });
    client = { clientId: app.clientId, clientSecret: app.clientSecret };
    const accessToken = await own();
    const api = createRestAPIClient({ url, accessToken });
    equal((await api.v1.apps.verifyCredentials()).name, "flows", "the name");
    await oauth.revoke({ ...client, token: accessToken });
    equal((await refused(api.v1.apps.verifyCredentials())).statusCode, 401, "the status");
  });
  await check("signing up", async () => {
    const api = createRestAPIClient({ url, accessToken: await own() });
    const person = { username: "cleo", email: "cleo@example.org", password: "correct horse", agreement: true, locale: "en" };
    const { accessToken } = await api.v1.accounts.create(person);
    equal((await createRestAPIClient({ url, accessToken }).v1.accounts.verifyCredentials()).username, "cleo", "the name");
  });
  await check("what is wrong with a sign-up is said part by part", async () => {
    const api = createRestAPIClient({ url, accessToken: await own() });
    const nothing = { username: "", email: "", password: "", agreement: false, locale: "en" };
    const { statusCode, details } = await refused(api.v1.accounts.create(nothing));
    equal(statusCode, 422, "the status");
    equal(details.agreement[0].description, "must be accepted", "the words");
    equal(details.agreement[0].error, "ERR_ACCEPTED", "the agreement");
    for (const part of ["username", "email", "password"]) equal(details[part]?.[0]?.error, "ERR_BLANK", part);
  });
}

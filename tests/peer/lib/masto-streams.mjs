// What apps built on masto.js hear over one connection with many subscriptions.
import { createRestAPIClient, createStreamingAPIClient } from "masto";
import { assert, equal } from "./checks.mjs";
import { refused, same } from "./masto-flows.mjs";

/** The next events of a stream that `wanted` likes; `act` makes them happen. */
async function hear(checks, subscription, count, act, wanted = () => true) {
  const heard = [];
  let broken;
  const listen = async () => {
    for await (const event of subscription) {
      if (wanted(event)) heard.push(event);
      if (heard.length >= count) return;
    }
  };
  listen().catch((error) => (broken = error));
  // The subscription is on its way before what follows it on another connection.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const done = await act();
  await checks.until(`${count} events`, () => {
    if (broken != null) throw broken;
    return heard.length >= count;
  });
  subscription.unsubscribe();
  return [heard, done];
}

/** One connection with many subscriptions. */
export async function streams(checks, { url, me, people: [other], picture }) {
  const { v1, v2 } = me.api;
  const streamingApiUrl = (await createRestAPIClient({ url }).v1.instance.fetch()).urls.streamingApi;
  const ws = createStreamingAPIClient({ streamingApiUrl, accessToken: me.token, implementation: WebSocket });
  const check = (name, act) => checks.check(`masto.js: streams ${name}`, act);
  await ws.prepare();
  const post = (status, more = {}) => v1.statuses.create({ status, ...more });
  await check("a post, its edit and its end", async () => {
    const [heard, id] = await hear(checks, ws.hashtag.local.subscribe({ tag: "thrice" }), 3, async () => {
      const { id } = await post("one #thrice");
      await v1.statuses.$select(id).update({ status: "two #thrice" });
      await v1.statuses.$select(id).remove();
      return id;
    });
    same(heard.map((it) => it.event), ["update", "status.update", "delete"], "the events");
    assert(heard[0].payload.content.includes("one") && heard[1].payload.content.includes("two"), "other words");
    equal(heard[2].payload, id, "what is deleted");
    same(heard[0].stream, ["hashtag:local", "thrice"], "the stream");
  });
  const open = { "public": ws.public, "public:local": ws.public.local, "public:media": ws.public.media, "public:local:media": ws.public.local.media };
  for (const [name, stream] of Object.entries(open)) {
    await check(name, async () => {
      const media = name.endsWith("media") ? [(await v2.media.create({ file: picture() })).id] : [];
      const mine = (event) => event.event === "update" && event.payload.content.includes(`for ${name}`);
      const [[heard], { id }] = await hear(checks, stream.subscribe(), 1, () => post(`for ${name}`, { mediaIds: media }), mine);
      equal(heard.payload.id, id, "the post");
    });
  }
  await check("a conversation", async () => {
    const words = { status: `@${me.name} psst`, visibility: "direct" };
    const [[heard], { id }] = await hear(checks, ws.direct.subscribe(), 1, () => other.api.v1.statuses.create(words));
    equal(heard.event, "conversation", "the event");
    equal(heard.payload.lastStatus.id, id, "the post");
  });
  await check("a list", async () => {
    await v1.accounts.$select(other.id).follow();
    const list = await v1.lists.create({ title: "heard" });
    await v1.lists.$select(list.id).accounts.create({ accountIds: [other.id] });
    const [[heard], { id }] = await hear(checks, ws.list.subscribe({ list: list.id }), 1, () => other.api.v1.statuses.create({ status: "to lists" }));
    equal(heard.payload.id, id, "the post");
    same(heard.stream, ["list", list.id], "the stream");
  });
  await check("notifications alone", async () => {
    const [[heard]] = await hear(checks, ws.user.notification.subscribe(), 1, () => other.api.v1.statuses.create({ status: `@${me.name} hey` }));
    same([heard.event, heard.payload.type], ["notification", "mention"], "the event");
  });
  await check("that filters were changed", async () => {
    const make = () => v2.filters.create({ title: "t", context: ["home"], keywordsAttributes: [{ keyword: "zyx" }] });
    const [[heard]] = await hear(checks, ws.user.subscribe(), 1, make);
    equal(heard.event, "filters_changed", "the event");
  });
  await check("to the second listener when the first has left", async () => {
    const [first, second] = [ws.hashtag.subscribe({ tag: "both" }), ws.hashtag.subscribe({ tag: "both" })];
    const ids = [];
    const [heard] = await hear(checks, second, 2, async () => {
      await hear(checks, first, 1, async () => ids.push((await post("#both")).id));
      first.unsubscribe();
      ids.push((await post("again #both")).id);
    });
    same(heard.map((it) => it.payload.id), ids, "the posts");
  });
  await check("and says what it cannot", async () => {
    const nameless = ws.hashtag.subscribe({ tag: "" });
    const error = await refused(nameless.values().next());
    equal(error.message, "Missing tag name parameter", "the words");
  });
  ws.close();
}

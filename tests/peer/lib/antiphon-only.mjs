// What only Antiphon's side can show: documents, notifications, and who may
// read what.
import { assert, equal } from "./checks.mjs";

const ACTIVITY = { accept: "application/activity+json" };

async function statusOf(url) {
  return (await fetch(url, { headers: ACTIVITY, redirect: "manual" })).status;
}

export async function documents(checks, carol, alice) {
  const check = (name, act) => checks.check(`${carol.label}: ${name}`, act);
  await check("the peer reads the actor and both its keys", async () => {
    const actor = await alice.do("resolve", { target: carol.id });
    equal(actor.username, carol.name, "the name");
    equal(actor.keys, 1, "the count of RSA keys");
    assert(actor.assertionMethods >= 1, "no assertionMethod");
  });
  await check("NodeInfo names the program", async () => {
    const links = await (await fetch(`${carol.origin}/.well-known/nodeinfo`)).json();
    const info = await (await fetch(links.links.at(-1).href)).json();
    equal(info.software.name, "antiphon", "the software");
    assert(info.protocols.includes("activitypub"), "the protocol is missing");
  });
  await check("the outbox can be read", async () => {
    const response = await fetch(`${carol.id}/outbox`, { headers: ACTIVITY });
    equal(response.status, 200, "the status");
    equal((await response.json()).type, "OrderedCollection", "the type");
  });
}

/** Each deed of the peer's is told to its owner, once. */
export async function notifications(checks, carol, alice) {
  const check = (name, act) => checks.check(`${alice.label} to ${carol.label}: ${name}`, act);
  const run = Date.now();
  let postId;
  await check("a follow is notified", async () => {
    await alice.follow(carol);
    await checks.until("the notification", () => carol.notified("follow", alice));
  });
  await check("a like and a boost are notified", async () => {
    postId = await carol.post({ text: `to be liked ${run}` });
    await alice.like(postId);
    await alice.boost(postId);
    await checks.until("the like", () => carol.notified("favourite", alice, postId));
    await checks.until("the boost", () => carol.notified("reblog", alice, postId));
    const status = await carol.get(`/v1/statuses/${await carol.status(postId)}`);
    equal(status.favourites_count, 1, "the count of likes");
    equal(status.reblogs_count, 1, "the count of boosts");
  });
  await check("a reply is in its thread, and counted", async () => {
    const replyId = await alice.post({ text: `a reply ${run}`, inReplyTo: postId });
    await checks.until("the mention", () => carol.notified("mention", alice, replyId));
    const context = await carol.get(`/v1/statuses/${await carol.status(postId)}/context`);
    assert(context.descendants.some((one) => one.uri === replyId), "not among the descendants");
    equal((await carol.get(`/v1/statuses/${await carol.status(postId)}`)).replies_count, 1, "the count of replies");
  });
  await check("what arrives twice is shown once", async () => {
    const { id, activity } = await alice.do("post", { text: `twice ${run}`, mention: carol.id });
    await checks.until("the first", () => carol.notified("mention", alice, id));
    await alice.do("again", { target: activity, to: carol.id });
    const after = await alice.post({ text: `after twice ${run}`, mention: carol });
    await checks.until("a later one", () => carol.notified("mention", alice, after));
    const about = (await carol.notifications()).filter((one) => one.status?.uri === id);
    equal(about.length, 1, "the count of notifications");
  });
}

/** `alice` follows carol, `bob` does not, a passer-by signs nothing. */
export async function privacy(checks, carol, alice, bob) {
  const check = (name, act) => checks.check(`${carol.label}: ${name}`, act);
  const run = Date.now();
  const refused = async (reader, id) => {
    const seen = await reader.do("read", { target: id }).then(() => true, () => false);
    assert(!seen, `${reader.label} reads it`);
  };
  await check("a public post is read by anyone", async () => {
    const id = await carol.post({ text: `open ${run}` });
    equal(await statusOf(id), 200, "the status for a passer-by");
    equal((await bob.do("read", { target: id })).text, `open ${run}`, "what a stranger reads");
  });
  await check("a followers-only post is read by followers only", async () => {
    const id = await carol.post({ text: `for followers ${run}`, visibility: "private" });
    equal(await statusOf(id), 404, "the status for a passer-by");
    await refused(bob, id);
    equal((await alice.do("read", { target: id })).text, `for followers ${run}`, "what a follower reads");
  });
  await check("a direct post is read by whom it names only", async () => {
    const id = await carol.post({ text: `for one ${run}`, visibility: "direct", mention: bob });
    equal(await statusOf(id), 404, "the status for a passer-by");
    await refused(alice, id);
    assert((await bob.do("read", { target: id })).text.includes(`for one ${run}`), "whom it names cannot read it");
  });
  await check("a deleted post answers 410", async () => {
    const id = await carol.post({ text: `to be deleted ${run}` });
    equal(await statusOf(id), 200, "the status before");
    await carol.delete(id);
    await checks.until("the status is 410", async () => (await statusOf(id)) === 410);
  });
}

/** What went over the wire was signed as meant, and taken at the first try. */
export async function signatures(checks, carol, alice, scheme) {
  const check = (name, act) => checks.check(`${alice.label} and ${carol.label}: ${name}`, act);
  const inboxPosts = (entry) => entry.method === "POST" && entry.url.startsWith(`${carol.origin}/`);
  await check(`each ${scheme} signature of the peer's was accepted at once`, async () => {
    const sent = (await alice.seen()).sent.filter(inboxPosts).filter((one) => one.status !== 401 && one.status !== 403);
    assert(sent.length > 10, `only ${sent.length} were sent`);
    const odd = sent.find((one) => one.scheme !== scheme || one.status >= 300);
    assert(odd == null, `one was not: ${JSON.stringify(odd)}`);
  });
  await check("each delivery of ours was verified by the peer", async () => {
    const { received } = await alice.seen();
    assert(received.length > 10, `only ${received.length} were received`);
    const odd = received.find((one) => one.status >= 300 || one.scheme === "none");
    assert(odd == null, `one was not: ${JSON.stringify(odd)?.slice(0, 400)}`);
  });
  await check("the peer met no error", async () => {
    const { errors } = await alice.seen();
    assert(errors.length === 0, errors[0]?.slice(0, 400));
  });
}

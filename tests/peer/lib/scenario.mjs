// What two servers must be able to do with each other, told once for any two
// sides: `a` acts towards `b`. Run it both ways round.
import { assert, equal } from "./checks.mjs";

/** Waits for a post on the other side and compares its words. */
async function arrives(checks, side, id, { text, visibility, inReplyTo }) {
  const note = await checks.until(`${side.label} sees ${id}`, async () => {
    const found = await side.sees(id);
    return found?.text.includes(text) ? found : null;
  });
  if (visibility != null) equal(note.visibility, visibility, "its visibility");
  if (inReplyTo != null) equal(note.inReplyTo, inReplyTo, "its parent");
}

// Capability H1, F8.
export async function scenario(checks, a, b) {
  const run = `${Date.now()}-${a.label}`;
  const words = (text) => `${text} ${run}`;
  const check = (name, act) => checks.check(`${a.label} to ${b.label}: ${name}`, act);
  const until = (what, look) => checks.until(what, look);

  await check("finds by handle", async () => equal(await a.find(b.handle), b.id, "the actor"));
  await check("follows, is accepted", async () => {
    await a.follow(b);
    await until(`${b.label} has the follower`, () => b.hasFollower(a));
    await until(`${a.label} was accepted`, async () => (await a.follows(b)) === "accepted");
  });

  const first = { text: words("a public post"), visibility: "public" };
  let postId;
  await check("is sent a public post", async () => {
    postId = await b.post(first);
    await arrives(checks, a, postId, first);
  });
  for (const visibility of ["unlisted", "private"]) {
    await check(`is sent ${visibility === "private" ? "a followers-only" : "an unlisted"} post`, async () => {
      const post = { text: words(visibility), visibility };
      await arrives(checks, a, await b.post(post), post);
    });
  }
  await check("is sent a direct post", async () => {
    const post = { text: words("just for you"), visibility: "direct", mention: a };
    await arrives(checks, a, await b.post(post), post);
  });
  await check("sees an edit", async () => {
    await b.edit(postId, words("an edited post"));
    await arrives(checks, a, postId, { text: words("an edited post") });
  });

  await check("likes", async () => {
    await a.like(postId);
    await until("the like is counted", () => b.likedBy(postId, a));
  });
  await check("takes the like back", async () => {
    await a.unlike(postId);
    await until("the like is gone", async () => !(await b.likedBy(postId, a)));
  });
  await check("boosts", async () => {
    await a.boost(postId);
    await until("the boost is counted", () => b.boostedBy(postId, a));
  });
  await check("takes the boost back", async () => {
    await a.unboost(postId);
    await until("the boost is gone", async () => !(await b.boostedBy(postId, a)));
  });
  await check("is shown a boost", async () => {
    await b.boost(postId);
    await until("the boost is shown", () => a.seesBoost(postId, b));
  });
  await check("sees a boost taken back", async () => {
    await b.unboost(postId);
    await until("the boost is gone", async () => !(await a.seesBoost(postId, b)));
  });

  let replyId;
  await check("replies", async () => {
    const reply = { text: words("a reply"), visibility: "public", inReplyTo: postId, mention: b };
    replyId = await a.post(reply);
    await arrives(checks, b, replyId, reply);
  });
  await check("edits the reply", async () => {
    const text = words("a better reply");
    await a.edit(replyId, text, b);
    await arrives(checks, b, replyId, { text });
  });
  await check("deletes the reply", async () => {
    await a.delete(replyId);
    await until("the reply is gone", async () => (await b.sees(replyId)) == null);
  });
  await check("mentions one who does not follow", async () => {
    const post = { text: words("hello there"), visibility: "public", mention: b };
    await arrives(checks, b, await a.post(post), post);
  });
  await check("sends a direct post", async () => {
    const post = { text: words("between us"), visibility: "direct", mention: b };
    await arrives(checks, b, await a.post(post), post);
  });
  await check("sees a post deleted", async () => {
    assert(await a.sees(postId), "it was not seen before");
    await b.delete(postId);
    await until("the post is gone", async () => (await a.sees(postId)) == null);
  });
  await check("sees a new name", async () => {
    await b.rename(`Name ${run}`);
    await until("the name is new", async () => (await a.nameOf(b)) === `Name ${run}`);
  });

  await check("unfollows", async () => {
    await a.unfollow(b);
    await until("the follower is gone", async () => !(await b.hasFollower(a)));
  });
  await check("asks a locked account, waits, is accepted", async () => {
    await b.lock(true);
    await a.follow(b);
    await until("the request is there", () => b.hasRequest(a));
    equal(await a.follows(b), "pending", "the follow");
    await b.accept(a);
    await until("it is accepted", async () => (await a.follows(b)) === "accepted");
    assert(await b.hasFollower(a), "accepted, but no follower");
  });
  await check("asks a locked account, is rejected", async () => {
    await a.unfollow(b);
    await until("the follower is gone", async () => !(await b.hasFollower(a)));
    await a.follow(b);
    await until("the request is there", () => b.hasRequest(a));
    await b.reject(a);
    await until("it is rejected", async () => (await a.follows(b)) === "none");
    assert(!(await b.hasFollower(a)), "rejected, but a follower");
  });

  await check("blocks, which ends both follows", async () => {
    await b.lock(false);
    await a.follow(b);
    await b.follow(a);
    await until("both follow", async () => (await b.follows(a)) === "accepted" && (await a.follows(b)) === "accepted");
    await a.block(b);
    await until("the block is known", () => b.isBlockedBy(a));
    await until("neither follows", async () => !(await b.hasFollower(a)) && (await b.follows(a)) === "none");
    equal(await a.follows(b), "none", "the blocker's own follow");
    assert(!(await a.hasFollower(b)), "the blocked one still follows");
  });
  await check("unblocks", async () => {
    await a.unblock(b);
    await until("the block is gone", async () => !(await b.isBlockedBy(a)));
  });
  await check("is followed again after the block", async () => {
    await b.follow(a);
    await until("it is accepted", async () => (await b.follows(a)) === "accepted");
    await b.unfollow(a);
    await until("and ended", async () => !(await a.hasFollower(b)));
  });
}

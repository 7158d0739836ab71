// The peer's federation: documents it serves and activities it acts on.
import { createFederation, InProcessMessageQueue, MemoryKvStore, generateCryptoKeyPair } from "@fedify/fedify";
import {
  Accept, Activity, Announce, Block, Create, Delete, Endpoints, Follow, Like, Note, Person, Reject, Tombstone, Undo,
  Update, isActor,
} from "@fedify/vocab";
import { addTo } from "./state.mjs";
import { noteRecord } from "./note.mjs";

export const NOTE_PATH = "/users/{identifier}/notes/{id}";

/** Forgets documents at once: a cache would show them as they were before an edit. */
class Memory extends MemoryKvStore {
  async set(key, value, options) {
    if (key[1] !== "remoteDocument") await super.set(key, value, options);
  }
}

/** Builds the federation over `state`. `firstKnock` names the signature scheme tried first. */
export async function federationOf(state, firstKnock) {
  for (const actor of state.actors.values()) {
    actor.keyPairs = [
      await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
      await generateCryptoKeyPair("Ed25519"),
    ];
  }
  const federation = createFederation({
    kv: new Memory(),
    // Only what arrives is queued; what leaves is sent at once, so that a verb
    // can answer with the other server's words.
    queue: { inbox: new InProcessMessageQueue({ pollInterval: { milliseconds: 20 } }) },
    inboxRetryPolicy: () => null,
    allowPrivateAddress: true,
    circuitBreaker: false,
    firstKnock,
  });
  serveActors(federation, state);
  serveObjects(federation, state);
  listen(federation, state);
  return federation;
}

/** The actor document of one of ours. */
export async function personOf(ctx, actor) {
  const keys = await ctx.getActorKeyPairs(actor.name);
  return new Person({
    id: ctx.getActorUri(actor.name),
    preferredUsername: actor.name,
    name: actor.displayName,
    summary: actor.summary,
    url: ctx.getActorUri(actor.name),
    inbox: ctx.getInboxUri(actor.name),
    outbox: ctx.getOutboxUri(actor.name),
    followers: ctx.getFollowersUri(actor.name),
    following: ctx.getFollowingUri(actor.name),
    endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
    manuallyApprovesFollowers: actor.locked,
    discoverable: true,
    publicKey: keys[0].cryptographicKey,
    assertionMethods: keys.map((key) => key.multikey),
  });
}

function serveActors(federation, state) {
  federation
    .setActorDispatcher("/users/{identifier}", (ctx, name) => {
      const actor = state.actors.get(name);
      return actor == null ? null : personOf(ctx, actor);
    })
    .setKeyPairsDispatcher((_ctx, name) => state.actors.get(name)?.keyPairs ?? []);
  federation.setFollowersDispatcher("/users/{identifier}/followers", (_ctx, name) => {
    const actor = state.actors.get(name);
    return actor == null ? null : { items: [...actor.followers.values()] };
  });
  federation.setFollowingDispatcher("/users/{identifier}/following", (_ctx, name) => {
    const actor = state.actors.get(name);
    if (actor == null) return null;
    const accepted = [...actor.following].filter(([, follow]) => follow.state === "accepted");
    return { items: accepted.map(([id]) => new URL(id)) };
  });
  federation.setOutboxDispatcher("/users/{identifier}/outbox", (_ctx, name) => {
    if (!state.actors.has(name)) return null;
    const own = [...state.objects.values()].filter((value) => value instanceof Create);
    return { items: own.filter((create) => create.actorId.href.endsWith(`/users/${name}`)) };
  });
  federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
    software: { name: "antiphon-peer", version: "1.0.0" },
    protocols: ["activitypub"],
    usage: { users: { total: state.actors.size }, localPosts: 0, localComments: 0 },
  }));
}

function serveObjects(federation, state) {
  const stored = (ctx) => state.objects.get(ctx.url.href) ?? null;
  federation.setObjectDispatcher(Note, NOTE_PATH, stored);
  const kinds = { creates: Create, follows: Follow, likes: Like, announces: Announce };
  for (const [folder, kind] of Object.entries(kinds)) {
    federation.setObjectDispatcher(kind, `/users/{identifier}/${folder}/{id}`, stored);
  }
}

function listen(federation, state) {
  const listeners = federation.setInboxListeners("/users/{identifier}/inbox", "/inbox");
  listeners.setSharedKeyDispatcher(() => ({ identifier: state.actors.keys().next().value }));
  listeners.onError((_ctx, error) => state.errors.push(String(error?.stack ?? error)));
  const on = (kind, act) =>
    listeners.on(kind, async (ctx, activity) => {
      const outcome = await act(ctx, activity, state);
      const entry = state.received.findLast((one) => one.id === activity.id?.href);
      if (entry != null) entry.outcome = outcome ?? "done";
    });
  on(Follow, followed);
  on(Accept, (ctx, accept) => answered(ctx, accept, state, "accepted"));
  on(Reject, (ctx, reject) => answered(ctx, reject, state, "rejected"));
  on(Undo, undone);
  on(Create, created);
  on(Update, updated);
  on(Delete, deleted);
  on(Like, (ctx, like) => counted(ctx, like, state.likesOf));
  on(Announce, announced);
  on(Block, blocked);
  on(Activity, () => "of a kind not acted on");
}

/** The actor of ours an id names, if any. */
function localActor(ctx, state, id) {
  const parsed = ctx.parseUri(id);
  return parsed?.type === "actor" ? state.actors.get(parsed.identifier) : undefined;
}

/** What is needed to send to an actor later. */
export function recipientOf(actor) {
  return { id: actor.id, inboxId: actor.inboxId, endpoints: actor.endpoints };
}

async function followed(ctx, follow, state) {
  const target = localActor(ctx, state, follow.objectId);
  if (target == null) return "follow of nobody here";
  const follower = await follow.getActor(ctx);
  if (!isActor(follower)) return "follower cannot be read";
  if (target.blocks.has(follower.id.href)) return "blocked";
  const recipient = recipientOf(follower);
  target.requests.set(follower.id.href, { id: follow.id, recipient });
  if (target.locked) return "held";
  await answer(ctx, state, target, follower.id.href, Accept);
  return "accepted";
}

/** Sends Accept or Reject for a follow that waits (or, for Reject, that was accepted before). */
export async function answer(ctx, state, target, followerId, Kind) {
  const request = target.requests.get(followerId) ?? target.followers.get(followerId)?.request;
  if (request == null) throw new Error(`${followerId} did not ask to follow ${target.name}`);
  target.requests.delete(followerId);
  if (Kind === Accept) target.followers.set(followerId, { ...request.recipient, request });
  else target.followers.delete(followerId);
  await ctx.sendActivity(
    { identifier: target.name },
    request.recipient,
    new Kind({
      id: new URL(`#answers/${state.nextId()}`, ctx.getActorUri(target.name)),
      actor: ctx.getActorUri(target.name),
      object: new Follow({ id: request.id, actor: request.recipient.id, object: ctx.getActorUri(target.name) }),
    }),
    { immediate: true },
  );
}

async function answered(ctx, activity, state, outcome) {
  for (const actor of state.actors.values()) {
    const follow = actor.following.get(activity.actorId?.href);
    if (follow == null) continue;
    // Some servers name the follow by its id, others repeat it without one.
    if (activity.objectId != null && activity.objectId.href !== follow.id) continue;
    follow.state = outcome;
    return outcome;
  }
  return "no such follow";
}

async function undone(ctx, undo, state) {
  const actorId = undo.actorId.href;
  const id = undo.objectId?.href;
  const { documentLoader, contextLoader } = ctx;
  const inner = await undo.getObject({ documentLoader, contextLoader, suppressError: true });
  const earlier = inner ?? state.received.find((one) => one.id === id);
  if (earlier == null) return "nothing known to undo";
  const kind = inner == null ? earlier.type : inner.constructor.name;
  const objectId = inner == null ? earlier.object : inner.objectId?.href;
  switch (kind) {
    case "Follow": {
      const target = localActor(ctx, state, new URL(objectId));
      target?.followers.delete(actorId);
      target?.requests.delete(actorId);
      return "unfollowed";
    }
    case "Like":
      state.likesOf.get(objectId)?.delete(actorId);
      return "unliked";
    case "Announce":
      state.boostsOf.get(objectId)?.delete(actorId);
      if (id != null) state.announces.delete(id);
      return "unboosted";
    case "Block":
      localActor(ctx, state, new URL(objectId))?.blockedBy.delete(actorId);
      return "unblocked";
    default:
      return `undo of ${kind} is not acted on`;
  }
}

async function created(ctx, create, state) {
  const note = await create.getObject(ctx);
  if (!(note instanceof Note)) return "not a note";
  if (note.attributionId?.href !== create.actorId?.href) return "not by its actor";
  if (!state.notes.has(note.id.href)) state.notes.set(note.id.href, noteRecord(note));
  return "kept";
}

async function updated(ctx, update, state) {
  const object = await update.getObject(ctx);
  if (object instanceof Note) {
    const known = state.notes.get(object.id.href);
    if (known == null || known.author !== update.actorId?.href) return "not a known note of its author";
    state.notes.set(object.id.href, { ...noteRecord(object), edited: true });
    return "note updated";
  }
  if (isActor(object) && object.id?.href === update.actorId?.href) {
    state.profiles.set(object.id.href, { name: object.name?.toString(), summary: object.summary?.toString() });
    return "profile updated";
  }
  return "update not acted on";
}

async function deleted(_ctx, remove, state) {
  const known = state.notes.get(remove.objectId?.href);
  if (known == null) return "not known";
  if (known.author !== remove.actorId?.href) return "not its author";
  known.deleted = true;
  return "deleted";
}

async function counted(_ctx, activity, counts) {
  addTo(counts, activity.objectId.href, activity.actorId.href);
}

async function announced(ctx, announce, state) {
  await counted(ctx, announce, state.boostsOf);
  state.announces.set(announce.id.href, { actor: announce.actorId.href, object: announce.objectId.href });
}

async function blocked(ctx, block, state) {
  const target = localActor(ctx, state, block.objectId);
  if (target == null) return "block of nobody here";
  target.blockedBy.add(block.actorId.href);
  target.followers.delete(block.actorId.href);
  target.following.delete(block.actorId.href);
  return "blocked";
}

/** The document a deleted note leaves behind. */
export function tombstoneOf(id) {
  return new Tombstone({ id });
}

// What the peer can be told to do. Each verb answers with plain JSON, after
// the other server took the delivery; if it refused, the verb throws its words.
import { Accept, Announce, Block, Create, Delete, Follow, Like, Note, PUBLIC_COLLECTION, Reject, Undo, Update, isActor } from "@fedify/vocab";
import { answer, personOf, recipientOf, tombstoneOf } from "./federation.mjs";
import { newNote, noteRecord } from "./note.mjs";
import { wrong } from "./wrong.mjs";

const AT_ONCE = { immediate: true, preferSharedInbox: true };

/** One actor of ours, acting. */
class Acting {
  constructor(ctx, state, name) {
    this.ctx = ctx;
    this.state = state;
    this.actor = state.actors.get(name);
    if (this.actor == null) throw new Error(`no actor ${name} here`);
    this.uri = ctx.getActorUri(name);
    this.sender = { identifier: name };
  }

  newId(folder) {
    return new URL(`${this.uri.href}/${folder}/${this.state.nextId()}`);
  }

  /** Fetches with our signature. */
  async look(url) {
    const documentLoader = await this.ctx.getDocumentLoader(this.sender);
    const found = await this.ctx.lookupObject(new URL(url), { documentLoader });
    if (found == null) throw new Error(`${url} cannot be read`);
    return found;
  }

  /** The actor behind a URL or a handle. */
  async who(target) {
    const found = await this.look(target.includes("://") ? target : await actorUrl(target));
    if (!isActor(found)) throw new Error(`${target} is no actor`);
    return found;
  }

  async send(recipients, activity) {
    await this.ctx.sendActivity(this.sender, recipients, activity, AT_ONCE);
    return activity.id.href;
  }

  /** Our followers and the given actors, nobody twice. */
  audience(...actors) {
    const all = [...this.actor.followers.values(), ...actors];
    return [...new Map(all.map((one) => [one.id.href, recipientOf(one)])).values()];
  }

  keep(value) {
    this.state.objects.set(value.id.href, value);
    return value;
  }

  undo(inner) {
    return new Undo({ id: this.newId("undos"), actor: this.uri, object: inner });
  }

  own(id) {
    const note = this.state.objects.get(id);
    if (!(note instanceof Note)) throw new Error(`${id} is no note of ours`);
    return note;
  }
}

/** Asks a handle's host, over plain http, which actor it means (RFC 7033). */
async function actorUrl(handle) {
  const acct = handle.replace(/^@/, "");
  const host = acct.split("@")[1];
  const url = `http://${host}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${acct}`)}`;
  const response = await fetch(url, { headers: { accept: "application/jrd+json" } });
  if (!response.ok) throw new Error(`WebFinger for ${acct}: ${response.status}`);
  const link = (await response.json()).links.find(
    (one) => one.rel === "self" && /activity\+json|ld\+json/.test(one.type ?? ""),
  );
  if (link == null) throw new Error(`WebFinger for ${acct} names no actor`);
  return link.href;
}

export const verbs = {
  async resolve(me, { target }) {
    const actor = await me.who(target);
    return {
      id: actor.id.href,
      name: actor.name?.toString() ?? null,
      username: actor.preferredUsername?.toString(),
      locked: actor.manuallyApprovesFollowers ?? false,
      keys: (await Array.fromAsync(actor.getPublicKeys(me.ctx))).length,
      assertionMethods: (await Array.fromAsync(actor.getAssertionMethods(me.ctx))).length,
    };
  },

  /** A note as an actor of ours may read it, with our signature. */
  async read(me, { target }) {
    const note = await me.look(target);
    if (!(note instanceof Note)) throw new Error(`${target} is no note`);
    return noteRecord(note);
  },

  async follow(me, { target }) {
    const other = await me.who(target);
    const follow = me.keep(new Follow({ id: me.newId("follows"), actor: me.uri, object: other.id }));
    me.actor.following.set(other.id.href, { id: follow.id.href, state: "pending" });
    return { id: await me.send(other, follow) };
  },

  async unfollow(me, { target }) {
    const other = await me.who(target);
    const follow = me.actor.following.get(other.id.href);
    if (follow == null) throw new Error(`we do not follow ${target}`);
    me.actor.following.delete(other.id.href);
    return { id: await me.send(other, me.undo(me.state.objects.get(follow.id))) };
  },

  async accept(me, { target }) {
    const other = await me.who(target);
    await answer(me.ctx, me.state, me.actor, other.id.href, Accept);
    return {};
  },

  async reject(me, { target }) {
    const other = await me.who(target);
    await answer(me.ctx, me.state, me.actor, other.id.href, Reject);
    return {};
  },

  async lock(me, { locked }) {
    me.actor.locked = locked;
    return {};
  },

  async post(me, { text, visibility = "public", inReplyTo, mention = [], summary }) {
    const named = await Promise.all([mention].flat().map((target) => me.who(target)));
    if (inReplyTo != null) {
      const parent = await me.look(inReplyTo);
      const author = await me.who(parent.attributionId.href);
      if (!named.some((one) => one.id.href === author.id.href)) named.push(author);
    }
    const id = me.newId("notes");
    const fields = {
      id,
      author: me.uri,
      text,
      visibility,
      summary,
      followers: me.ctx.getFollowersUri(me.actor.name),
      mentions: named.map((one) => ({ id: one.id, handle: `@${one.preferredUsername}@${one.id.host}` })),
      replyTarget: inReplyTo == null ? null : new URL(inReplyTo),
    };
    const note = me.keep(newNote(fields));
    me.state.objects.set(`${id.href}#fields`, { ...fields, published: note.published, named });
    const create = me.keep(
      new Create({ id: me.newId("creates"), actor: me.uri, object: note, tos: note.toIds, ccs: note.ccIds, published: note.published }),
    );
    await me.send(visibility === "direct" ? named.map(recipientOf) : me.audience(...named), create);
    return { id: id.href, activity: create.id.href };
  },

  async edit(me, { target, text }) {
    const fields = me.state.objects.get(`${me.own(target).id.href}#fields`);
    const note = me.keep(newNote({ ...fields, text, edited: true }));
    const update = new Update({ id: me.newId("updates"), actor: me.uri, object: note, tos: note.toIds, ccs: note.ccIds });
    return { id: await me.send(me.audience(...fields.named), update) };
  },

  async delete(me, { target }) {
    const note = me.own(target);
    const fields = me.state.objects.get(`${target}#fields`);
    me.state.objects.delete(target);
    me.state.gone.add(target);
    const remove = new Delete({ id: me.newId("deletes"), actor: me.uri, object: tombstoneOf(note.id), to: PUBLIC_COLLECTION });
    return { id: await me.send(me.audience(...fields.named), remove) };
  },

  async like(me, { target }) {
    const note = await me.look(target);
    const author = await me.who(note.attributionId.href);
    const like = me.keep(new Like({ id: me.newId("likes"), actor: me.uri, object: note.id }));
    me.actor.likes.set(target, like);
    return { id: await me.send(author, like) };
  },

  async unlike(me, { target }) {
    const like = me.actor.likes.get(target);
    if (like == null) throw new Error(`we do not like ${target}`);
    me.actor.likes.delete(target);
    const note = await me.look(target);
    return { id: await me.send(await me.who(note.attributionId.href), me.undo(like)) };
  },

  async boost(me, { target }) {
    const note = await me.look(target);
    const author = await me.who(note.attributionId.href);
    const announce = me.keep(
      new Announce({
        id: me.newId("announces"),
        actor: me.uri,
        object: note.id,
        to: PUBLIC_COLLECTION,
        ccs: [me.ctx.getFollowersUri(me.actor.name), author.id],
      }),
    );
    me.actor.boosts.set(target, announce);
    return { id: await me.send(me.audience(author), announce) };
  },

  async unboost(me, { target }) {
    const announce = me.actor.boosts.get(target);
    if (announce == null) throw new Error(`we did not boost ${target}`);
    me.actor.boosts.delete(target);
    const note = await me.look(target);
    return { id: await me.send(me.audience(await me.who(note.attributionId.href)), me.undo(announce)) };
  },

  async block(me, { target }) {
    const other = await me.who(target);
    const block = new Block({ id: me.newId("blocks"), actor: me.uri, object: other.id });
    me.actor.blocks.set(other.id.href, block);
    me.actor.followers.delete(other.id.href);
    me.actor.following.delete(other.id.href);
    return { id: await me.send(other, block) };
  },

  async unblock(me, { target }) {
    const other = await me.who(target);
    const block = me.actor.blocks.get(other.id.href);
    if (block == null) throw new Error(`we do not block ${target}`);
    me.actor.blocks.delete(other.id.href);
    return { id: await me.send(other, me.undo(block)) };
  },

  async updateProfile(me, { name, summary }) {
    if (name != null) me.actor.displayName = name;
    if (summary != null) me.actor.summary = summary;
    const person = await personOf(me.ctx, me.actor);
    const update = new Update({ id: me.newId("updates"), actor: me.uri, object: person, to: PUBLIC_COLLECTION });
    return { id: await me.send(me.audience(), update) };
  },

  /** Sends an activity of ours once more, as a server does that missed the answer. */
  async again(me, { target, to }) {
    return { id: await me.send(await me.who(to), me.state.objects.get(target)) };
  },

  /** Sends a request that must be refused, and answers with what the other said. */
  wrong,
};

/** Does what `POST /do` asks. */
export async function perform(ctx, state, { verb, actor, ...rest }) {
  const act = Object.hasOwn(verbs, verb) ? verbs[verb] : null;
  if (act == null) throw new Error(`no such verb: ${verb}`);
  return await act(new Acting(ctx, state, actor ?? state.actors.keys().next().value), rest);
}

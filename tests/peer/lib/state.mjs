// What the peer remembers. Everything is in memory: a peer lives for one run.

/** One actor of ours and its relations, all keyed by actor id. */
class LocalActor {
  constructor(name) {
    this.name = name;
    this.displayName = name;
    this.summary = "";
    this.locked = false;
    this.keyPairs = null;
    /** actor id -> recipient; these follow us. */
    this.followers = new Map();
    /** actor id -> follow id; these asked, and wait for our answer. */
    this.requests = new Map();
    /** actor id -> {id, state}; state is pending, accepted or rejected. */
    this.following = new Map();
    /** object id -> activity id. */
    this.likes = new Map();
    this.boosts = new Map();
    /** actor ids we block, and those whose Block reached us. */
    this.blocks = new Map();
    this.blockedBy = new Set();
  }
}

export class State {
  constructor(names) {
    this.actors = new Map(names.map((name) => [name, new LocalActor(name)]));
    /** Our own objects (notes and activities) by id, as the vocabulary's values. */
    this.objects = new Map();
    /** Ids of ours that are gone: they answer 410. */
    this.gone = new Set();
    /** Notes of other servers by id. */
    this.notes = new Map();
    /** Likes and boosts of our notes: note id -> set of actor ids. */
    this.likesOf = new Map();
    this.boostsOf = new Map();
    /** Boosts by actors elsewhere: activity id -> {actor, object}. */
    this.announces = new Map();
    /** Actor id -> what an Update told of it. */
    this.profiles = new Map();
    /** Every POST that reached an inbox, and every one that left. */
    this.received = [];
    this.sent = [];
    this.errors = [];
    this.counter = 0;
  }

  nextId() {
    this.counter += 1;
    return String(this.counter);
  }

  /** The whole of it as plain JSON, for `GET /seen`. */
  report() {
    const actors = {};
    for (const [name, actor] of this.actors) {
      actors[name] = {
        name: actor.displayName,
        locked: actor.locked,
        followers: [...actor.followers.keys()],
        requests: [...actor.requests.keys()],
        following: Object.fromEntries([...actor.following].map(([id, follow]) => [id, follow.state])),
        likes: [...actor.likes.keys()],
        boosts: [...actor.boosts.keys()],
        blocks: [...actor.blocks.keys()],
        blockedBy: [...actor.blockedBy],
      };
    }
    const sets = (map) => Object.fromEntries([...map].map(([id, set]) => [id, [...set]]));
    return {
      actors,
      notes: Object.fromEntries(this.notes),
      likesOf: sets(this.likesOf),
      boostsOf: sets(this.boostsOf),
      announces: Object.fromEntries(this.announces),
      profiles: Object.fromEntries(this.profiles),
      received: this.received,
      sent: this.sent,
      errors: this.errors,
    };
  }
}

/** Adds to a set kept in a map. */
export function addTo(map, key, value) {
  if (!map.has(key)) map.set(key, new Set());
  map.get(key).add(value);
}

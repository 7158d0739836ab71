// The peer as one side of the scenario: verbs it does, and what it sees.
/** The longest wait for one answer. */
const PATIENCE_MS = 20_000;

export class PeerSide {
  constructor({ origin, control }, actor = "alice") {
    this.origin = origin;
    this.control = control;
    this.actor = actor;
    this.label = actor;
    this.id = `${origin}/users/${actor}`;
    this.handle = `@${actor}@${new URL(origin).host}`;
  }

  async do(verb, fields = {}) {
    const response = await fetch(`${this.control}/do`, {
      method: "POST",
      body: JSON.stringify({ actor: this.actor, verb, ...fields }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${this.actor} could not ${verb}: ${answer.error}`);
    return answer;
  }

  async seen() {
    return (await fetch(`${this.control}/seen`)).json();
  }

  async mine() {
    return (await this.seen()).actors[this.actor];
  }

  // Verbs. Things are named by their ids, the others by their side.
  find = async (handle) => (await this.do("resolve", { target: handle })).id;
  follow = (other) => this.do("follow", { target: other.id });
  unfollow = (other) => this.do("unfollow", { target: other.id });
  accept = (other) => this.do("accept", { target: other.id });
  reject = (other) => this.do("reject", { target: other.id });
  lock = (locked) => this.do("lock", { locked });
  edit = (target, text) => this.do("edit", { target, text });
  delete = (target) => this.do("delete", { target });
  like = (target) => this.do("like", { target });
  unlike = (target) => this.do("unlike", { target });
  boost = (target) => this.do("boost", { target });
  unboost = (target) => this.do("unboost", { target });
  block = (other) => this.do("block", { target: other.id });
  unblock = (other) => this.do("unblock", { target: other.id });
  rename = (name) => this.do("updateProfile", { name });

  async post({ text, visibility, inReplyTo, mention }) {
    return (await this.do("post", { text, visibility, inReplyTo, mention: mention?.id })).id;
  }

  // What is seen.
  async hasFollower(other) {
    return (await this.mine()).followers.includes(other.id);
  }

  async hasRequest(other) {
    return (await this.mine()).requests.includes(other.id);
  }

  async follows(other) {
    const state = (await this.mine()).following[other.id] ?? "none";
    return state === "rejected" ? "none" : state;
  }

  async isBlockedBy(other) {
    return (await this.mine()).blockedBy.includes(other.id);
  }

  async sees(id) {
    const note = (await this.seen()).notes[id];
    return note == null || note.deleted ? null : note;
  }

  async likedBy(id, other) {
    return ((await this.seen()).likesOf[id] ?? []).includes(other.id);
  }

  async boostedBy(id, other) {
    return ((await this.seen()).boostsOf[id] ?? []).includes(other.id);
  }

  async seesBoost(id, other) {
    const announces = Object.values((await this.seen()).announces);
    return announces.some((one) => one.object === id && one.actor === other.id);
  }

  async nameOf(other) {
    return (await this.seen()).profiles[other.id]?.name;
  }
}

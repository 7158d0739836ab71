// Antiphon as one side of the scenario, through the Mastodon client API.
import { textOf } from "./note.mjs";
import { run } from "./processes.mjs";

/** The longest wait for one answer. */
const PATIENCE_MS = 20_000;

export class AntiphonSide {
  constructor({ origin, env, binary }, name) {
    this.origin = origin;
    this.env = env;
    this.binary = binary;
    this.label = name;
    this.name = name;
    this.id = `${origin}/users/${name}`;
    this.handle = `@${name}@${new URL(origin).host}`;
    /** Ids of things -> the API's own ids. */
    this.statusIds = new Map();
    this.accountIds = new Map();
  }

  /** Makes the account and a token for it, as an administrator does. */
  async create() {
    const { env } = this;
    await run(this.binary, ["account", "create", this.name, "--password-stdin"], { env, input: "correct horse battery staple\n" });
    this.token = await run(this.binary, ["token", "create", this.name, "--scopes", "read write follow push"], { env });
  }

  async api(method, path, body, token = this.token) {
    const headers = token == null ? {} : { authorization: `Bearer ${token}` };
    if (body != null) headers["content-type"] = "application/json";
    const response = await fetch(`${this.origin}/api${path}`, {
      method,
      headers,
      body: body == null ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    if (!response.ok) throw Object.assign(new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`), { status: response.status });
    return text === "" ? {} : JSON.parse(text);
  }

  get = (path) => this.api("GET", path);
  tell = (path, body) => this.api("POST", path, body ?? {});

  async search(type, query) {
    const found = await this.get(`/v2/search?q=${encodeURIComponent(query)}&resolve=true&type=${type}`);
    return found[type][0];
  }

  /** The API's id of an account, looked up once. */
  async account(other) {
    if (!this.accountIds.has(other.id)) {
      const account = await this.search("accounts", other.id);
      if (account == null) throw new Error(`search does not find ${other.id}`);
      this.accountIds.set(other.id, account.id);
    }
    return this.accountIds.get(other.id);
  }

  /** The API's id of a post, looked up once. */
  async status(id) {
    if (!this.statusIds.has(id)) {
      const status = await this.search("statuses", id);
      if (status == null) throw new Error(`search does not find ${id}`);
      this.statusIds.set(id, status.id);
    }
    return this.statusIds.get(id);
  }

  async relation(other) {
    return (await this.get(`/v1/accounts/relationships?id[]=${await this.account(other)}`))[0];
  }

  // Verbs.
  async find(handle) {
    const account = await this.search("accounts", handle);
    if (account == null) throw new Error(`search does not find ${handle}`);
    return account.uri;
  }

  async #toAccount(other, verb) {
    return this.tell(`/v1/accounts/${await this.account(other)}/${verb}`);
  }

  async #toStatus(id, verb) {
    return this.tell(`/v1/statuses/${await this.status(id)}/${verb}`);
  }

  async #toRequest(other, verb) {
    return this.tell(`/v1/follow_requests/${await this.account(other)}/${verb}`);
  }

  follow = (other) => this.#toAccount(other, "follow");
  unfollow = (other) => this.#toAccount(other, "unfollow");
  block = (other) => this.#toAccount(other, "block");
  unblock = (other) => this.#toAccount(other, "unblock");
  accept = (other) => this.#toRequest(other, "authorize");
  reject = (other) => this.#toRequest(other, "reject");
  like = (id) => this.#toStatus(id, "favourite");
  unlike = (id) => this.#toStatus(id, "unfavourite");
  boost = (id) => this.#toStatus(id, "reblog");
  unboost = (id) => this.#toStatus(id, "unreblog");
  lock = (locked) => this.api("PATCH", "/v1/accounts/update_credentials", { locked });
  rename = (name) => this.api("PATCH", "/v1/accounts/update_credentials", { display_name: name });

  async post({ text, visibility = "public", inReplyTo, mention }) {
    const status = await this.tell("/v1/statuses", {
      status: mention == null ? text : `${mention.handle} ${text}`,
      visibility,
      in_reply_to_id: inReplyTo == null ? undefined : await this.status(inReplyTo),
    });
    this.statusIds.set(status.uri, status.id);
    return status.uri;
  }

  async edit(id, text, mention) {
    const status = mention == null ? text : `${mention.handle} ${text}`;
    await this.api("PUT", `/v1/statuses/${await this.status(id)}`, { status });
  }

  async delete(id) {
    await this.api("DELETE", `/v1/statuses/${await this.status(id)}`);
  }

  // What is seen.
  hasFollower = async (other) => (await this.relation(other)).followed_by;
  isBlockedBy = async (other) => (await this.relation(other)).blocked_by;

  async hasRequest(other) {
    return (await this.get("/v1/follow_requests")).some((account) => account.uri === other.id);
  }

  async follows(other) {
    const { following, requested } = await this.relation(other);
    if (following) return "accepted";
    return requested ? "pending" : "none";
  }

  home = () => this.get("/v1/timelines/home?limit=40");
  notifications = () => this.get("/v1/notifications?limit=40&include_filtered=true");

  /** A post as it shows in the home timeline or in a notification. */
  async sees(id) {
    const here = (status) => status?.uri === id;
    const found = (await this.home()).find(here) ?? (await this.notifications()).map((one) => one.status).find(here);
    if (found == null) return null;
    this.statusIds.set(id, found.id);
    const parent = found.in_reply_to_id == null ? null : await this.get(`/v1/statuses/${found.in_reply_to_id}`);
    return { text: textOf(found.content), visibility: found.visibility, inReplyTo: parent?.uri ?? null, edited: found.edited_at != null };
  }

  async likedBy(id, other) {
    const accounts = await this.get(`/v1/statuses/${await this.status(id)}/favourited_by`);
    return accounts.some((account) => account.uri === other.id);
  }

  async boostedBy(id, other) {
    const accounts = await this.get(`/v1/statuses/${await this.status(id)}/reblogged_by`);
    return accounts.some((account) => account.uri === other.id);
  }

  async seesBoost(id, other) {
    // Not in home: a boost of what stands there since a moment is not shown again.
    const statuses = await this.get(`/v1/accounts/${await this.account(other)}/statuses`);
    return statuses.some((status) => status.reblog?.uri === id && status.account.uri === other.id);
  }

  async nameOf(other) {
    return (await this.get(`/v1/accounts/${await this.account(other)}`)).display_name;
  }

  /** Is there a notification of this type from `other` (about the post `id`)? */
  async notified(type, other, id) {
    const all = await this.notifications();
    return all.some((one) => one.type === type && one.account.uri === other.id && (id == null || one.status?.uri === id));
  }
}

// Requests that no server may accept. Each begins as a correct one.
import { generateCryptoKeyPair, signRequest } from "@fedify/fedify";
import { Temporal } from "@js-temporal/polyfill";

/** The ways to be wrong; each gets `{make, sign}` and gives the request to send. */
const ways = {
  /** Nothing is wrong: the proof that the others fail for the reason they name. */
  none: ({ make, sign }) => sign(make()),

  unsigned: ({ make }) => make(),

  /** The body says something else than what was digested and signed. */
  async body({ make, sign, body }) {
    const signed = await sign(make());
    return new Request(signed.url, { method: "POST", headers: signed.headers, body: body.replace("as signed", "as forged") });
  },

  /** As above, but the digest fits the body; only the signature can tell. */
  async digest({ make, sign, body }) {
    const forged = body.replace("as signed", "as forged");
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(forged))).toString("base64");
    const signed = await sign(make());
    const headers = new Headers(signed.headers);
    if (headers.has("digest")) headers.set("digest", `SHA-256=${hash}`);
    if (headers.has("content-digest")) headers.set("content-digest", `sha-256=:${hash}:`);
    return new Request(signed.url, { method: "POST", headers, body: forged });
  },

  /** Signed by a key that is not the actor's, under the actor's key id. */
  async key({ make, keyId, spec }) {
    const { privateKey } = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
    return signRequest(make(), privateKey, keyId, { spec });
  },

  /** Two days old. */
  old: ({ make, sign }) => sign(make(), Temporal.Now.instant().subtract({ hours: 48 })),

  /** Signed for another path. */
  async path({ make, sign }) {
    const elsewhere = make();
    const signed = await sign(new Request(new URL("/elsewhere", elsewhere.url), elsewhere));
    return new Request(elsewhere.url, { method: "POST", headers: signed.headers, body: await signed.text() });
  },
};

/**
 * Posts a note to `target`'s inbox, wrong in the given `way`; `as` signs
 * although another is the author. The answer is {status, body, id}.
 */
export async function wrong(me, { target, way, as, mention }) {
  const other = await me.who(target);
  const signer = as ?? me.actor.name;
  const [pair] = await me.ctx.getActorKeyPairs(signer);
  const spec = me.state.firstKnock;
  const id = me.newId("notes").href;
  const body = JSON.stringify({
    "@context": "https://www.w3.org/ns/activitystreams",
    id: `${id}#create`,
    type: "Create",
    actor: me.uri.href,
    to: ["https://www.w3.org/ns/activitystreams#Public"],
    cc: [other.id.href],
    object: {
      id,
      type: "Note",
      attributedTo: me.uri.href,
      content: `<p>as signed ${mention ?? ""}</p>`,
      to: ["https://www.w3.org/ns/activitystreams#Public"],
      cc: [other.id.href],
      tag: [{ type: "Mention", href: other.id.href, name: `@${other.preferredUsername}@${other.id.host}` }],
      published: new Date().toISOString(),
    },
  });
  const make = () =>
    new Request(other.inboxId, { method: "POST", headers: { "content-type": "application/activity+json" }, body });
  const sign = (request, currentTime) => signRequest(request, pair.privateKey, pair.keyId, { spec, currentTime });
  const request = await ways[way]({ make, sign, body, keyId: pair.keyId, spec });
  const response = await fetch(request);
  return { status: response.status, body: (await response.text()).slice(0, 500), id };
}

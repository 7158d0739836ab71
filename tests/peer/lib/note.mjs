// Notes: read into plain records, and written.
import { Temporal } from "@js-temporal/polyfill";
import { Mention, Note, PUBLIC_COLLECTION, Source } from "@fedify/vocab";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&nbsp;": " " };

/** The words of an HTML fragment. */
export function textOf(html) {
  return html
    .replace(/<\/p>\s*<p[^>]*>/g, "\n\n")
    .replace(/<br\s*\/?>/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&[a-z0-9#]+;/gi, (entity) => ENTITIES[entity] ?? entity)
    .trim();
}

/** Who may see a note, from its addressing. */
function visibilityOf(note) {
  const open = PUBLIC_COLLECTION.href;
  const to = note.toIds.map((id) => id.href);
  const cc = note.ccIds.map((id) => id.href);
  if (to.includes(open)) return "public";
  if (cc.includes(open)) return "unlisted";
  return [...to, ...cc].some((id) => id.endsWith("/followers")) ? "private" : "direct";
}

/** A note of another server as plain JSON. */
export function noteRecord(note) {
  const html = note.content?.toString() ?? "";
  return {
    id: note.id.href,
    author: note.attributionId?.href,
    html,
    text: textOf(html),
    summary: note.summary?.toString() ?? null,
    visibility: visibilityOf(note),
    inReplyTo: note.replyTargetId?.href ?? null,
    to: note.toIds.map((id) => id.href),
    cc: note.ccIds.map((id) => id.href),
    published: note.published?.toString() ?? null,
    updated: note.updated?.toString() ?? null,
    edited: false,
    deleted: false,
  };
}

/** Our addressing for a visibility: [to, cc]. */
export function audience(visibility, followers, mentioned) {
  switch (visibility) {
    case "public":
      return [[PUBLIC_COLLECTION], [followers, ...mentioned]];
    case "unlisted":
      return [[followers], [PUBLIC_COLLECTION, ...mentioned]];
    case "private":
      return [[followers, ...mentioned], []];
    case "direct":
      return [mentioned, []];
    default:
      throw new Error(`no such visibility: ${visibility}`);
  }
}

const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

/** A note of ours. `mentions` are {id, handle}. */
export function newNote({ id, author, text, visibility, followers, mentions, replyTarget, summary, edited, published }) {
  const [tos, ccs] = audience(visibility, followers, mentions.map((one) => one.id));
  const links = mentions.map(
    (one) => `<span class="h-card"><a href="${one.id.href}" class="u-url mention">${escape(one.handle)}</a></span> `,
  );
  return new Note({
    id,
    url: id,
    attribution: author,
    content: `<p>${links.join("")}${escape(text)}</p>`,
    source: new Source({ content: text, mediaType: "text/plain" }),
    summary: summary ?? null,
    sensitive: summary != null,
    replyTarget: replyTarget ?? null,
    tags: mentions.map((one) => new Mention({ href: one.id, name: one.handle })),
    tos,
    ccs,
    published: published ?? Temporal.Now.instant(),
    updated: edited ? Temporal.Now.instant() : null,
  });
}

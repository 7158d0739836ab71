// A small complete server of the fediverse, built on Fedify, told what to do
// over a second port. It shares no code with Antiphon: what both understand
// is what the specifications say.
//
//   peer.mjs [--host 127.0.0.2] [--port 0] [--first-knock cavage|rfc9421] [--actors alice,bob]
//
// Prints one line of JSON, {origin, control}, when it is ready.
//   POST control/do    {verb, actor, …}  see lib/verbs.mjs
//   GET  control/seen                    everything it has seen
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { federationOf } from "./lib/federation.mjs";
import { State } from "./lib/state.mjs";
import { perform } from "./lib/verbs.mjs";

const SCHEMES = { cavage: "draft-cavage-http-signatures-12", rfc9421: "rfc9421" };

const { values: options } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.2" },
    port: { type: "string", default: "0" },
    "first-knock": { type: "string", default: "cavage" },
    actors: { type: "string", default: "alice,bob" },
  },
});

const state = new State(options.actors.split(","));
state.firstKnock = SCHEMES[options["first-knock"]];
const federation = await federationOf(state, state.firstKnock);

/** Which signature a message carries. */
function schemeOf(headers) {
  if (headers.has("signature-input")) return "rfc9421";
  if (headers.has("signature")) return "cavage";
  return "none";
}

// Every request that leaves is noted, with its scheme and the answer.
const plainFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const { method = "GET", url = String(input), headers } = input instanceof Request ? input : { ...init };
  const entry = { method, url, scheme: schemeOf(new Headers(init?.headers ?? headers)), status: 0 };
  state.sent.push(entry);
  const response = await plainFetch(input, init);
  entry.status = response.status;
  return response;
};

async function bodyOf(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A node server that answers with `handle(request)`. */
function serve(host, port, handle) {
  const server = createServer(async (incoming, outgoing) => {
    try {
      const body = await bodyOf(incoming);
      const headers = new Headers();
      for (let i = 0; i < incoming.rawHeaders.length; i += 2) headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
      const bare = incoming.method === "GET" || incoming.method === "HEAD";
      const url = new URL(incoming.url, `http://${incoming.headers.host}`);
      const response = await handle(new Request(url, { method: incoming.method, headers, body: bare ? undefined : body }), body);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    } catch (error) {
      state.errors.push(String(error?.stack ?? error));
      outgoing.writeHead(500).end(String(error));
    }
  });
  return new Promise((resolve) => server.listen(port, host, () => resolve(server)));
}

/** What the log keeps of an activity that arrives. */
function noteArrival(request, body) {
  const entry = { path: new URL(request.url).pathname, scheme: schemeOf(request.headers), status: 0 };
  try {
    const json = JSON.parse(body.toString());
    const idOf = (value) => (typeof value === "string" ? value : value?.id);
    Object.assign(entry, { id: json.id, type: json.type, actor: idOf(json.actor), object: idOf(json.object), to: json.to, cc: json.cc, json });
  } catch (error) {
    entry.problem = String(error);
  }
  state.received.push(entry);
  return entry;
}

async function answerFederation(request, body) {
  if (state.gone.has(request.url)) return new Response("gone", { status: 410 });
  const entry = request.method === "POST" ? noteArrival(request, body) : null;
  const response = await federation.fetch(request, { contextData: undefined });
  if (entry != null) entry.status = response.status;
  return response;
}

async function answerControl(request, body) {
  const { pathname } = new URL(request.url);
  if (request.method === "GET" && pathname === "/seen") return Response.json(state.report());
  if (request.method === "POST" && pathname === "/do") {
    try {
      const ctx = federation.createContext(new URL(origin), undefined);
      return Response.json(await perform(ctx, state, JSON.parse(body.toString())));
    } catch (error) {
      return Response.json({ error: String(error?.message ?? error) }, { status: 422 });
    }
  }
  return new Response("not found", { status: 404 });
}

const outside = await serve(options.host, Number(options.port), answerFederation);
const origin = `http://${options.host}:${outside.address().port}`;
const control = await serve("127.0.0.1", 0, answerControl);
console.log(JSON.stringify({ origin, control: `http://127.0.0.1:${control.address().port}` }));

// The runner: see README.md. Called by `./run` with the right node.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { documents, notifications, privacy, signatures } from "./lib/antiphon-only.mjs";
import { Checks, assert } from "./lib/checks.mjs";
import { startAntiphon, startPeer, stop, stopAll } from "./lib/processes.mjs";
import { refusals } from "./lib/refusals.mjs";
import { scenario } from "./lib/scenario.mjs";
import { AntiphonSide } from "./lib/side-antiphon.mjs";
import { PeerSide } from "./lib/side-peer.mjs";

const { values: options } = parseArgs({
  options: {
    /** Peer against peer: tests the test. */
    self: { type: "boolean", default: false },
    /** Only this scheme first: cavage or rfc9421. */
    knock: { type: "string" },
    /** Keep logs although all is well. */
    keep: { type: "boolean", default: false },
  },
});

const BUDGET_MS = 165_000;
const folder = mkdtempSync(join(tmpdir(), "antiphon-peer-"));
const checks = new Checks(BUDGET_MS);

async function peerAgainstPeer(firstKnock, here) {
  const one = await startPeer({ host: "127.0.0.2", firstKnock, folder: here });
  const two = await startPeer({ host: "127.0.0.3", firstKnock, folder: here });
  const alice = new PeerSide(one);
  const bob = new PeerSide(two, "bob");
  await scenario(checks, alice, bob);
  await refusals(checks, new PeerSide(one), bob, (id) => bob.sees(id));
  await stop(one.child);
  await stop(two.child);
}

async function antiphonAgainstPeer(firstKnock, here) {
  const binary = process.env.ANTIPHON_BIN;
  const server = await startAntiphon({ binary, host: "127.0.0.1", folder: here });
  const peer = await startPeer({ host: "127.0.0.2", firstKnock, folder: here });
  const carol = new AntiphonSide(server, "carol");
  const alice = new PeerSide(peer);
  await checks.check("the server is healthy", async () => {
    const { child, origin } = server;
    await checks.until("/health answers 200", async () => child.ended !== undefined || (await fetch(`${origin}/health`)).ok);
    assert(child.ended === undefined, `it ended: ${child.ended}`);
  });
  if (server.child.ended === undefined) await checks.check("an account and a token are made", () => carol.create());
  if (carol.token != null) {
    await documents(checks, carol, alice);
    await scenario(checks, carol, alice);
    await scenario(checks, alice, carol);
    await notifications(checks, carol, alice);
    await privacy(checks, carol, alice, new PeerSide(peer, "bob"));
    await refusals(checks, alice, carol, (id) => carol.sees(id));
    await signatures(checks, carol, alice, firstKnock);
  }
  writeFileSync(join(here, "seen.json"), JSON.stringify(await alice.seen(), null, 1));
  await stop(server.child);
  await stop(peer.child);
}

async function main() {
  for (const firstKnock of options.knock == null ? ["cavage", "rfc9421"] : [options.knock]) {
    checks.prefix = `${firstKnock} first: `;
    const here = mkdtempSync(join(folder, `${firstKnock}-`));
    try {
      await (options.self ? peerAgainstPeer : antiphonAgainstPeer)(firstKnock, here);
    } catch (error) {
      await checks.check("the run itself", () => Promise.reject(error));
    }
    await stopAll();
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => stopAll().then(() => process.exit(130)));
}
// Whatever hangs, the run ends.
setTimeout(async () => {
  console.log("not ok the run itself: it hangs");
  checks.failed += 1;
  checks.finish();
  await stopAll();
  process.exit(1);
}, BUDGET_MS + 8_000).unref();
await main();
await stopAll();
const code = checks.finish();
if (code === 0 && !options.keep) rmSync(folder, { recursive: true, force: true });
else console.error(`the logs are in ${folder}`);
process.exit(code);

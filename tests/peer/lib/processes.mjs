// Starts what a run needs, and ends it by its process id.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

const running = new Set();

/** A child whose words go to a file. */
export function start(command, args, { env, logFile }) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.exited = new Promise((resolve) => {
    child.once("error", (error) => resolve(String(error)));
    child.once("exit", (code, signal) => resolve(signal ?? code));
  });
  child.exited.then((how) => {
    child.ended = how;
    running.delete(child);
  });
  const log = createWriteStream(logFile, { flags: "a" });
  child.stderr.pipe(log, { end: false });
  child.stdout.pipe(log, { end: false });
  return child;
}

/** Asks a child to end, and ends it if it does not. */
export async function stop(child, graceMs = 5_000) {
  if (child.ended !== undefined) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await child.exited;
  clearTimeout(timer);
}

export async function stopAll() {
  await Promise.all([...running].map((child) => stop(child)));
}

/** Runs a command to its end, gives it `input`, answers with what it printed. */
export function run(command, args, { env, input = "" }) {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  running.add(child);
  let out = "";
  let err = "";
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (err += data));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      running.delete(child);
      if (code === 0) resolve(out.trim());
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${(err + out).trim().slice(-600)}`));
    });
  });
}

/** A port nobody listens on just now. */
export function freePort(host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a peer; answers with {origin, control}. */
export async function startPeer({ host, firstKnock, folder }) {
  const program = new URL("../peer.mjs", import.meta.url).pathname;
  const child = start(process.execPath, [program, "--host", host, "--first-knock", firstKnock], {
    env: {},
    logFile: join(folder, `peer-${host}.log`),
  });
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve)),
    child.exited.then((how) => Promise.reject(new Error(`the peer ended at once: ${how}`))),
  ]);
  return { ...JSON.parse(line), child };
}

/** Starts Antiphon on a free port with an empty data folder. */
export async function startAntiphon({ binary, host, folder }) {
  const listen = `${host}:${await freePort(host)}`;
  const env = {
    ANTIPHON_ORIGIN: `http://${listen}`,
    ANTIPHON_LISTEN: listen,
    ANTIPHON_DATA_DIR: join(folder, "data"),
    ANTIPHON_PEERS_ALLOW: "127.0.0.0/8",
    ANTIPHON_RATE_LIMIT: "off",
  };
  const child = start(binary, ["serve"], { env, logFile: join(folder, "antiphon.log") });
  return { origin: env.ANTIPHON_ORIGIN, env, binary, child };
}

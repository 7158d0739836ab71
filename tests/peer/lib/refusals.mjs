// Requests that must be refused, and what must not be shown because of them.
import { assert, equal } from "./checks.mjs";

const WRONG = ["unsigned", "body", "digest", "key", "old", "path"];

/** `peer` sends to `target` what no server may accept. */
export async function refusals(checks, peer, target, shows) {
  const check = (name, act) => checks.check(`${peer.label} to ${target.label}: ${name}`, act);
  await check("the correct form of the wrong requests is accepted", async () => {
    const answer = await peer.do("wrong", { way: "none", target: target.id });
    assert(answer.status >= 200 && answer.status < 300, `it was answered ${answer.status} ${answer.body}`);
    await checks.until("it is shown", () => shows(answer.id));
  });
  const ids = [];
  for (const way of WRONG) {
    await check(`a wrong request is refused 401 (${way})`, async () => {
      const answer = await peer.do("wrong", { way, target: target.id });
      ids.push(answer.id);
      equal(answer.status, 401, `the answer (${answer.body.slice(0, 120)})`);
    });
  }
  await check("another's signature is refused", async () => {
    const answer = await peer.do("wrong", { way: "none", as: "bob", target: target.id });
    ids.push(answer.id);
    assert(answer.status === 401 || answer.status === 403, `the answer is ${answer.status} ${answer.body}`);
  });
  await check("nothing refused is shown", async () => {
    // What is sent last is processed last: once it shows, the others would too.
    const { id } = await peer.do("wrong", { way: "none", target: target.id });
    await checks.until("the last is shown", () => shows(id));
    for (const refused of ids) assert(!(await shows(refused)), `${refused} is shown`);
  });
}

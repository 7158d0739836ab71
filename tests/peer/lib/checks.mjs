// Named checks, one line of output each, and waiting without sleeping blindly.

const PATIENCE_MS = 15_000;
/** After this many failures something is broken at large: be quick about the rest. */
const FAILURES_TOLERATED = 3;
const IMPATIENCE_MS = 3_000;

export class Checks {
  constructor(budgetMs) {
    this.passed = 0;
    this.failed = 0;
    this.endsAt = Date.now() + budgetMs;
    this.prefix = "";
  }

  /** Runs one check; what it throws is why it failed. */
  async check(name, act) {
    const title = this.prefix + name;
    try {
      if (Date.now() > this.endsAt) throw new Error("time is up");
      await act();
      this.passed += 1;
      console.log(`ok ${title}`);
    } catch (error) {
      this.failed += 1;
      console.log(`not ok ${title}: ${String(error?.message ?? error).replaceAll("\n", " ")}`);
    }
  }

  /** Waits until `look` finds something; answers with it. */
  async until(what, look) {
    const patience = this.failed >= FAILURES_TOLERATED ? IMPATIENCE_MS : PATIENCE_MS;
    const deadline = Math.min(Date.now() + patience, this.endsAt);
    let pause = 20;
    let last;
    do {
      try {
        const found = await look();
        if (found) return found;
        last = undefined;
      } catch (error) {
        last = error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 1.5, 250);
    } while (Date.now() < deadline);
    throw new Error(`waited in vain until ${what}${last == null ? "" : ` (${last.message ?? last})`}`);
  }

  /** Prints the sum; answers with the exit code. */
  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

export function equal(found, expected, what) {
  if (found !== expected) throw new Error(`${what} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

import { FairTurns, ownRefusals, type Refusals } from './fair-turns.js';

/** What stands in for the HSM is refused as the HSM refuses. */
export const hsmRefusals: Refusals = { late: 'hsm-timeout', full: 'hsm-unavailable' };

/** The longest time that this thread computes before it serves others, in milliseconds. One piece of work may take longer. */
const turnMs = 4;

/**
 * Shares the process's only thread between computations of its own. Tenants take turns, as they do at a token. Between turns
 * the thread serves other work.
 */
export class OwnTurns extends FairTurns {
  private running = false;

  constructor(refusals = hsmRefusals) {
    super(refusals);
  }

  protected joined(): void {
    if (this.running) return;
    this.running = true;
    setImmediate(() => this.run());
  }

  private run(): void {
    this.refuseLate();
    const until = performance.now() + turnMs;
    for (let next = this.next(); next !== undefined; next = this.next()) {
      void next.begin();
      if (performance.now() >= until) break;
    }
    this.running = this.length > 0;
    if (this.running) setImmediate(() => this.run());
  }
}

/** The turns of what this thread computes with public keys. */
export const publicKeyTurns = new OwnTurns(ownRefusals);

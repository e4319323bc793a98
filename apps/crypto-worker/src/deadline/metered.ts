import type { Deadline } from './deadline.js';

/** The microseconds one piece of work spent in PKCS#11 calls. It belongs to the process: JSON leaves it out. */
export class HsmMeter {
  micros = 0;

  /** @param outer counts too what this one counts */
  constructor(private readonly outer?: Deadline['hsm']) {}

  add(micros: number): void {
    this.micros += micros;
    this.outer?.add(micros);
  }

  toJSON(): undefined {
    return undefined;
  }
}

/** `budget` with a meter of its own, which passes on what it counts to the meter that `budget` has. */
export const metered = <Budget extends Deadline>(budget: Budget): Budget & { readonly hsm: HsmMeter } => ({
  ...budget,
  hsm: new HsmMeter(budget.hsm),
});

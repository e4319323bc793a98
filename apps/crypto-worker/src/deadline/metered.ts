import { HsmMeter } from '@ankasecure/contracts';
import type { Deadline } from './deadline.js';

/** A meter for a part of a request: the request's own meter counts the same microseconds. */
class PartMeter extends HsmMeter {
  constructor(private readonly whole: Deadline['hsm']) {
    super();
  }

  override add(micros: number): void {
    super.add(micros);
    this.whole?.add(micros);
  }
}

/** Returns `budget` with a meter of its own, for one part of a request. */
export const metered = <Budget extends Deadline>(budget: Budget): Budget & { readonly hsm: HsmMeter } => ({
  ...budget,
  hsm: new PartMeter(budget.hsm),
});

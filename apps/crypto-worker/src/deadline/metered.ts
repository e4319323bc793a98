import { HsmMeter } from '@ankasecure/contracts';
import type { Deadline } from './deadline.js';

/** Returns `budget` with a meter of its own, for one part of a request. */
export const metered = <Budget extends Deadline>(budget: Budget): Budget & { readonly hsm: HsmMeter } => ({
  ...budget,
  hsm: new HsmMeter(),
});

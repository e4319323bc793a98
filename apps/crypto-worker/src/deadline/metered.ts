import { HsmMeter } from '@ankasecure/contracts';
import type { Deadline } from './deadline.js';

/** Returns the time limit and the tenant of `budget` with a meter of its own, for one part of a request. */
export const metered = ({ deadline, tenantId }: Deadline): Deadline & { readonly hsm: HsmMeter } => ({
  deadline,
  ...(tenantId !== undefined && { tenantId }),
  hsm: new HsmMeter(),
});

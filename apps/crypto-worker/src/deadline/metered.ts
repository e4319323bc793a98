import { HsmMeter } from '@ankasecure/contracts';
import type { Deadline } from './deadline.js';

export type Metered = Deadline & { readonly hsm: HsmMeter };

/** Returns the time limit and the tenant of `budget` with a meter of its own, for one part of a request. */
export const metered = ({ deadline, tenantId }: Deadline): Metered => ({
  deadline,
  ...(tenantId !== undefined && { tenantId }),
  hsm: new HsmMeter(),
});

import { z } from 'zod';

export const auditMacConfig = z.strictObject({
  /** `day-key`: events are sealed under a key that the HSM derives each UTC day. `hsm`: the HSM computes every MAC. */
  mode: z.enum(['day-key', 'hsm']).default('day-key'),
});

/** The section, and the token it is injected by. */
export interface AuditMacConfig extends z.infer<typeof auditMacConfig> {}
export abstract class AuditMacConfig {}

import { z } from 'zod';
import { contract } from './bus.js';
import { tenant } from './policy.js';
import { tenantSlug } from './primitive.js';

/** Most keys of one set: whoever signs with more publishes them in another way. */
export const maxSetKeys = 1000;

/** RFC 7517 §5. Public members only. */
export const keySet = z
  .strictObject({ keys: z.array(z.record(z.string(), z.string())).max(maxSetKeys) })
  .meta({ id: 'KeySet' });
export type KeySet = z.infer<typeof keySet>;

/** The public keys by which signatures of the context's tenant can be verified now, the newest first. */
export const getKeySet = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.key.set',
  request: z.strictObject({}),
  reply: keySet,
});

/** The tenant of that slug; `tenant-unknown` when there is none. What anybody may know of it is for the gateway to say. */
export const findTenant = contract({
  owner: 'policy',
  callers: ['gateway'],
  subject: 'policy.tenant.find',
  request: z.strictObject({ slug: tenantSlug }),
  reply: tenant,
});

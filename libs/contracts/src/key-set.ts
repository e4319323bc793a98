import { z } from 'zod';
import { contract } from './bus.js';
import { tenant } from './policy.js';
import { tenantSlug } from './primitive.js';

/** The maximum number of keys in a set. A tenant with more must publish them in another way. */
export const maxSetKeys = 1000;

/** RFC 7517 §5. Public members only. */
export const keySet = z
  .strictObject({ keys: z.array(z.record(z.string(), z.string())).max(maxSetKeys) })
  .meta({ id: 'KeySet' });
export type KeySet = z.infer<typeof keySet>;

/** The public keys that verify signatures of the context's tenant now, newest first. */
export const getKeySet = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.key.set',
  request: z.strictObject({}),
  reply: keySet,
});

/** The tenant with that slug, or `tenant-unknown`. The gateway decides what is public about it. */
export const findTenant = contract({
  owner: 'policy',
  callers: ['gateway'],
  subject: 'policy.tenant.find',
  request: z.strictObject({ slug: tenantSlug }),
  reply: tenant,
});

import { z } from 'zod';
import { contract } from './bus.js';
import { tenant } from './policy.js';
import { tenantSlug, text } from './primitive.js';

/** The maximum number of keys in a set. The set of a tenant with more says that it is truncated. */
export const maxSetKeys = 1000;

/** A JWK with the version's certificates, if it has some: `x5c` is a list, and every other member a text (RFC 7517 §4.7). */
export const publishedJwk = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** RFC 7517 §5. Public members only. */
export const keySet = z
  .strictObject({
    keys: z.array(publishedJwk).max(maxSetKeys),
    truncated: z
      .literal(true)
      .optional()
      .describe('Set if the tenant has more keys than one set holds. Ask for each of the others by its kid.'),
  })
  .meta({ id: 'KeySet' });
export type KeySet = z.infer<typeof keySet>;

/** The kid of a JWK that a relying party looks for. One in another form than ours finds nothing. */
export const wantedKid = text(128);

/** The set of a worker of an earlier release, and for a gateway of one. It has no position, and may lack older keys. */
export const earlierKeySet = keySet.omit({ truncated: true });

/**
 * The public keys that verify signatures of the context's tenant, newest first. The position tells sets apart: the tenant's
 * records have not changed while it is the same. Gateways of earlier releases ask with an empty object, and are answered with
 * `earlierKeySet`; their workers refuse every other question as `request-invalid`.
 */
export const getKeySet = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.key.set',
  request: z.strictObject({
    /** The position of the set that the caller has; null if it has none. */
    known: z.number().int().nonnegative().nullable().optional(),
    /** Only the key with this kid. */
    kid: wantedKid.optional(),
  }),
  reply: z.union([
    z.strictObject({
      position: z.number().int().nonnegative(),
      /** null if the caller's set is current. */
      set: keySet.nullable(),
    }),
    earlierKeySet,
  ]),
});

/** The tenant with that slug, or `tenant-unknown`. The gateway decides what is public about it. */
export const findTenant = contract({
  owner: 'policy',
  callers: ['gateway'],
  subject: 'policy.tenant.find',
  request: z.strictObject({ slug: tenantSlug }),
  reply: tenant,
});

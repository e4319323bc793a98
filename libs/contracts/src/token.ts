import { z } from 'zod';
import { contract, maxGroups } from './bus.js';
import { text, uuid } from './primitive.js';
import { roles } from './role.js';

/** The maximum lifetime of an access token, in seconds. */
export const maxTokenSeconds = 3600;

const seconds = z.number().int().positive();

/** The client certificate that a token is bound to (RFC 7800, RFC 8705 §3.1). */
export const confirmation = z.strictObject({ 'x5t#S256': z.string().length(43) });

/** Claims of an access token for a service account (RFC 9068). */
export const tokenClaims = z
  .strictObject({
    iss: z.string().min(1).max(512),
    aud: z.string().min(1).max(512),
    sub: uuid,
    client_id: z.string().max(128),
    jti: uuid,
    iat: seconds,
    nbf: seconds,
    exp: seconds,
    tenant: uuid,
    roles: z.array(z.enum(roles)),
    groups: z.array(text(128)).max(maxGroups),
    /** The revision of the account when the token was issued. A change that takes a key or certificate away ends the token. */
    rev: z.number().int().positive(),
    cnf: confirmation.optional(),
  })
  .refine(
    ({ iat, exp }) => exp > iat && exp - iat <= maxTokenSeconds,
    'exp must be after iat and at most one hour later',
  );
export type TokenClaims = z.infer<typeof tokenClaims>;

/** The public key that verifies a token. Its `kid` is `<tenant>.<generation>`. */
export const tokenKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});
export type TokenKey = z.infer<typeof tokenKey>;

/**
 * Signs an access token in the HSM with the tenant's token-signing key, which is created if it does not exist. The
 * worker signs only what the schema accepts, for the context's tenant.
 */
export const signToken = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.token.sign',
  request: z.strictObject({ claims: tokenClaims }),
  reply: z.strictObject({ token: z.string(), key: tokenKey }),
});

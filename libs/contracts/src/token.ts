import { z } from 'zod';
import { contract, maxGroups } from './bus.js';
import { text, uuid } from './primitive.js';
import { roles } from './role.js';

/** Longest life of an access token of ours, in seconds. */
export const maxTokenSeconds = 3600;

const seconds = z.number().int().positive();

/** What a token is bound to (RFC 7800): the client certificate without which it is worth nothing (RFC 8705 §3.1). */
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
    /** Revision of the account the token was given for: a change of the account ends it. */
    rev: z.number().int().positive(),
    cnf: confirmation.optional(),
  })
  .refine(
    ({ iat, exp }) => exp > iat && exp - iat <= maxTokenSeconds,
    'exp must be after iat and at most one hour later',
  );
export type TokenClaims = z.infer<typeof tokenClaims>;

/** Public half of the key a token is signed with; `kid` is `<tenant>.<generation>`. */
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
 * An access token, signed in the HSM under the context's tenant's token-signing key, which is made when there is none. The
 * worker signs what the schema lets through, for the context's tenant, and nothing else.
 */
export const signToken = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.token.sign',
  request: z.strictObject({ claims: tokenClaims }),
  reply: z.strictObject({ token: z.string(), key: tokenKey }),
});

import { text } from '@ankasecure/contracts';
import type { JWTPayload } from 'jose';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A name or path. Every step of a path has a name. */
export const claimPath = text(256).regex(
  /^[^.]+(\.[^.]+)*$/,
  'must not have an empty name: no dot at an end, no two in a row',
);

/**
 * The value at a name or path, such as `roles`, `https://login.example/roles` or `realm_access.roles`. A member with the whole
 * name comes before a path. Undefined if there is none.
 */
export const claimAt = (claims: unknown, path: string): unknown => {
  if (!isObject(claims)) return undefined;
  if (Object.hasOwn(claims, path)) return claims[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(claims, head)) continue;
    const found = claimAt(claims[head], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
};

/**
 * The names in a claim: a list, or words in a text as in `scope` (RFC 8693 §4.2). A claim that is absent has none. Undefined for
 * any other value.
 */
export const namesIn = (claims: JWTPayload, path: string): readonly string[] | undefined => {
  const value = claimAt(claims, path);
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return value.split(' ').filter((name) => name !== '');
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : undefined;
};

/**
 * Claims in which an issuer's tokens can say that they are for this API. Only `aud` is for that (RFC 7519 §4.1.3). The others name
 * the application that got the token, for providers whose access tokens have no `aud`, such as Amazon Cognito (`client_id`).
 */
export const audienceClaims = ['aud', 'client_id', 'azp', 'cid', 'appid'] as const;
export type AudienceClaim = (typeof audienceClaims)[number];

/** Claims that an issuer's tokens can be required to have. `iss`, `aud`, `sub`, `exp`, and one of `iat` and `nbf` always are. */
export const optionalClaims = ['nbf', 'iat', 'jti', 'client_id'] as const;
export type OptionalClaim = (typeof optionalClaims)[number];

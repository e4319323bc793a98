import { getKeySet } from '@ankasecure/contracts';
import { key } from '../key/key.example.js';
import type { Route } from '../route/route.js';
import { maxAgeSeconds } from './key-sets.js';

export const keySetRoute: Route = {
  method: 'GET',
  path: '/tenants/{slug}/.well-known/jwks.json',
  operationId: 'getKeySet',
  tag: 'Keys',
  summary: 'The public keys that verify a tenant’s signatures',
  description: `A JWK Set (RFC 7517, section 5) for anybody, without a token. It has the versions of signing keys that are ACTIVE or DEACTIVATED, the newest first, at most 1,000, and nothing else about them. It may be kept for ${maxAgeSeconds} seconds.`,
  roles: [],
  public: true,
  contract: getKeySet,
  takes: 'parameters',
  status: 200,
  withinMs: 5_000,
  errors: ['key-set-not-found'],
  example: { reply: { keys: [key.publicKey.jwk] } },
};

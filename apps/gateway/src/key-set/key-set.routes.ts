import { getKeySet } from '@ankasecure/contracts';
import { key } from '../key/key.example.js';
import type { Route } from '../route/route.js';
import { maxAgeSeconds } from './key-sets.js';

export const keySetRoute: Route = {
  method: 'GET',
  path: '/tenants/{slug}/.well-known/jwks.json',
  operationId: 'getKeySet',
  tag: 'Keys',
  summary: 'Read a tenant’s public signing keys',
  description: `Returns a JWK Set (RFC 7517, section 5) that verifies the tenant’s signatures. No token is needed. The set holds the ACTIVE and DEACTIVATED versions of signing keys, newest first, at most 1,000. It may be cached for ${maxAgeSeconds} seconds.`,
  roles: [],
  public: true,
  contract: getKeySet,
  takes: 'parameters',
  status: 200,
  withinMs: 5_000,
  errors: ['key-set-not-found'],
  example: { reply: { keys: [key.publicKey.jwk] } },
};

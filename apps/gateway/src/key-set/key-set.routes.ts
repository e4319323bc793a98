import { keySet, maxSetKeys, wantedKid } from '@ankasecure/contracts';
import { z } from 'zod';
import { key } from '../key/key.example.js';
import { ownContract } from '../route/own-contract.js';
import type { Route } from '../route/route.js';
import { maxAgeSeconds, unconfirmedMs } from './key-sets.js';

export const keySetQuery = z.strictObject({
  kid: wantedKid.optional().describe('Only the key with this kid. The set is empty if no published key has it.'),
});

export const keySetRoute: Route = {
  method: 'GET',
  path: '/tenants/{slug}/.well-known/jwks.json',
  operationId: 'getKeySet',
  tag: 'Keys',
  summary: 'Read a tenant’s public signing keys',
  description: `Returns a JWK Set (RFC 7517, section 5) that verifies the tenant’s signatures. No token is needed, and pages of every origin may read it. The set holds the PRE_ACTIVE, ACTIVE and DEACTIVATED versions of signing keys, newest first; public keys of others are not among them. A change of a key that has returned is in every set that any gateway serves from then on. Only while no worker answers, a gateway serves the set that it has, for at most ${unconfirmedMs / 1000} seconds.

A relying party may cache the set for ${maxAgeSeconds} seconds, and fetches it again when it meets a kid that is not in it; many clients do that at most once in 30 seconds. If none of them may meet a kid too early, rotate the key with \`activateIn\`, such as PT5M: the next version is in the set at once and signs from then on.

A set holds at most ${maxSetKeys.toLocaleString('en')} keys. One that leaves out older keys says \`truncated\`, and Link-Template (RFC 9652) tells how to ask for a key by its kid.`,
  roles: [],
  public: true,
  contract: ownContract('key-set', keySetQuery, keySet),
  takes: 'parameters',
  status: 200,
  withinMs: 5_000,
  errors: ['key-set-not-found'],
  example: { reply: { keys: [key.publicKey.jwk] } },
};

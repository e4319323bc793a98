import {
  activateKey,
  type Contract,
  compromiseKey,
  deactivateKey,
  getKeyVersion,
  type KeyState,
  listKeyVersions,
  resumeKey,
  revokeKey,
  suspendKey,
} from '@ankasecure/contracts';
import type { z } from 'zod';
import { tenantRoles } from '../auth/role.js';
import { instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { key, version } from './key.example.js';

interface Verb {
  readonly verb: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly change: { readonly body: z.ZodType; readonly contract: Contract };
  readonly request: object;
  readonly reply: Partial<Record<keyof typeof key, unknown>> & { readonly state: KeyState };
}

const revocation = { reason: 'superseded', message: 'replaced by the 2027 key', occurredAt: instants.created };

const verbs: readonly Verb[] = [
  {
    verb: 'activate',
    operationId: 'activateKey',
    summary: 'Activate a version before its date, or without one',
    change: activateKey,
    request: {},
    reply: { state: 'ACTIVE', activateAt: instants.created },
  },
  {
    verb: 'suspend',
    operationId: 'suspendKey',
    summary: 'Suspend a version',
    description: 'It protects nothing, and processes only for callers who send `acceptRisk`, until it is resumed.',
    change: suspendKey,
    request: {},
    reply: { state: 'SUSPENDED' },
  },
  {
    verb: 'resume',
    operationId: 'resumeKey',
    summary: 'Resume a suspended version',
    change: resumeKey,
    request: {},
    reply: { state: 'ACTIVE' },
  },
  {
    verb: 'deactivate',
    operationId: 'deactivateKey',
    summary: 'Deactivate a version',
    description: 'For good: it decrypts and verifies, and protects nothing more.',
    change: deactivateKey,
    request: {},
    reply: { state: 'DEACTIVATED', deactivateAt: instants.created },
  },
  {
    verb: 'revoke',
    operationId: 'revokeKey',
    summary: 'Revoke a version, for a reason',
    description: 'A compromise makes it COMPROMISED: it processes for callers who send `acceptRisk` only.',
    change: revokeKey,
    request: { version: 1, ...revocation },
    reply: { state: 'DEACTIVATED', deactivateAt: instants.created, revocation },
  },
  {
    verb: 'compromise',
    operationId: 'compromiseKey',
    summary: 'Mark a version as compromised',
    description: 'The same as `revoke` with the reason `key-compromise`.',
    change: compromiseKey,
    request: { message: 'laptop lost', occurredAt: instants.created },
    reply: {
      state: 'COMPROMISED',
      revocation: { reason: 'key-compromise', message: 'laptop lost', occurredAt: instants.created },
    },
  },
];

const inForce =
  'An answer of 200 means that the change is in force: no worker releases a result any more that was decided before it. The reply is the key as of the version that was changed.';

const changes: readonly Route[] = verbs.map(({ verb, operationId, summary, description, change, request, reply }) => ({
  method: 'POST',
  path: `/keys/{id}/${verb}`,
  operationId,
  tag: 'Lifecycle',
  summary,
  description: description === undefined ? inForce : `${description} ${inForce}`,
  roles: ['tenant-admin', 'application-admin'],
  contract: change.contract,
  takes: 'body',
  body: change.body,
  status: 200,
  etag: true,
  conditional: 'optional',
  unknownId: 'key-not-found',
  withinMs: 15_000,
  errors: ['key-not-found', 'key-state'],
  example: { request, reply: { ...key, ...reply, revision: 2 } },
}));

const about = {
  method: 'GET',
  tag: 'Lifecycle',
  roles: tenantRoles,
  takes: 'parameters',
  status: 200,
  unknownId: 'key-not-found',
  withinMs: 10_000,
  errors: ['key-not-found'],
} as const;

export const lifecycleRoutes: readonly Route[] = [
  ...changes,
  {
    ...about,
    path: '/keys/{id}/versions',
    operationId: 'listKeyVersions',
    summary: 'List the versions of a key',
    description: 'The current one first.',
    contract: listKeyVersions,
    example: { reply: { items: [version] } },
  },
  {
    ...about,
    path: '/keys/{id}/versions/{version}',
    operationId: 'getKeyVersion',
    summary: 'Read one version of a key',
    contract: getKeyVersion,
    example: { reply: version },
  },
];

import {
  activateKey,
  type Contract,
  cancelDestruction,
  compromiseKey,
  deactivateKey,
  deleteKey,
  deleteRotationPolicy,
  editKey,
  getKeyUsage,
  getKeyVersion,
  getPublicKey,
  getRotationPolicy,
  type KeyState,
  listKeyVersions,
  putRotationPolicy,
  resumeKey,
  revokeKey,
  rotateKey,
  scheduleDestruction,
  suspendKey,
} from '@ankasecure/contracts';
import type { z } from 'zod';
import { tenantRoles } from '../auth/role.js';
import { instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { key, rotationPolicy, version } from './key.example.js';

/** Whoever changes a key does so by its role, or by `manage` on the key. Destroying takes the role. */
const changers = ['tenant-admin', 'application-admin', 'user'] as const;

interface Verb {
  readonly verb: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly change: { readonly body: z.ZodType; readonly contract: Contract };
  readonly request: object;
  readonly roles?: Route['roles'];
  readonly idempotent?: true;
  readonly controlled?: true;
  readonly reply: Partial<Record<keyof typeof key, unknown>> & { readonly state: KeyState };
}

const revocation = { reason: 'superseded', message: 'replaced by the 2027 key', occurredAt: instants.created };

const scheduled = { state: 'DESTROY_SCHEDULED', destroyAt: instants.later } as const;
const destroys =
  'From now on it neither protects nor processes. When its time has come its object in the HSM is destroyed and looked for again; metadata, public key and audit trail stay. A dry run says when each version was used last.';

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
    controlled: true,
    request: { version: 1, ...revocation },
    reply: { state: 'DEACTIVATED', deactivateAt: instants.created, revocation },
  },
  {
    verb: 'compromise',
    operationId: 'compromiseKey',
    summary: 'Mark a version as compromised',
    description: 'The same as `revoke` with the reason `key-compromise`.',
    change: compromiseKey,
    controlled: true,
    request: { message: 'laptop lost', occurredAt: instants.created },
    reply: {
      state: 'COMPROMISED',
      revocation: { reason: 'key-compromise', message: 'laptop lost', occurredAt: instants.created },
    },
  },
  {
    verb: 'schedule-destroy',
    operationId: 'scheduleDestruction',
    summary: 'Destroy a version, or all, after a waiting period',
    description: `${destroys} Asked for again within a day, in the same way, it is answered as it stands.`,
    change: scheduleDestruction,
    request: { waitingDays: 30 },
    roles: ['tenant-admin'],
    idempotent: true,
    controlled: true,
    reply: scheduled,
  },
  {
    verb: 'cancel-destroy',
    operationId: 'cancelDestruction',
    summary: 'Call a destruction off',
    description: 'Back to SUSPENDED, or COMPROMISED where it was that, until the HSM has been told.',
    change: cancelDestruction,
    request: {},
    reply: { state: 'SUSPENDED' },
  },
];

const inForce =
  'An answer of 200 means that the change is in force: no worker releases a result any more that was decided before it. The reply is the key as of the version that was changed.';

const changes: readonly Route[] = verbs.map(
  ({ verb, operationId, summary, description, change, request, reply, ...own }) => ({
    method: 'POST',
    path: `/keys/{id}/${verb}`,
    operationId,
    tag: 'Lifecycle',
    summary,
    description: description === undefined ? inForce : `${description} ${inForce}`,
    roles: changers,
    ...own,
    right: 'manage',
    contract: change.contract,
    takes: 'body',
    body: change.body,
    status: 200,
    etag: true,
    conditional: 'optional',
    dryRun: true,
    unknownId: 'key-not-found',
    withinMs: 15_000,
    errors: ['key-not-found', 'key-access-denied', 'key-state'],
    example: { request, reply: { ...key, ...reply, revision: 2 } },
  }),
);

const about = {
  method: 'GET',
  tag: 'Lifecycle',
  roles: tenantRoles,
  right: 'view',
  takes: 'parameters',
  status: 200,
  unknownId: 'key-not-found',
  withinMs: 10_000,
  errors: ['key-not-found', 'key-access-denied'],
} as const;

export const lifecycleRoutes: readonly Route[] = [
  ...changes,
  {
    method: 'POST',
    path: '/keys/{id}/rotate',
    operationId: 'rotateKey',
    tag: 'Lifecycle',
    summary: 'Make a new version of a key',
    description:
      'In the HSM, as the policy in force allows. The new version is ACTIVE and the current one; the old one is DEACTIVATED in the same commit, and goes on decrypting and verifying what names it.',
    roles: changers,
    right: 'manage',
    contract: rotateKey.contract,
    takes: 'body',
    body: rotateKey.body,
    status: 200,
    idempotent: true,
    etag: true,
    conditional: 'optional',
    dryRun: true,
    notice: true,
    unknownId: 'key-not-found',
    withinMs: 60_000,
    errors: [
      ...(['key-not-found', 'key-access-denied', 'key-state', 'policy-refused', 'purpose-mismatch'] as const),
      ...(['algorithm-unavailable', 'hsm-unavailable', 'hsm-timeout', 'hsm-error', 'decision-outdated'] as const),
    ],
    example: { request: { expectedVersion: 1 }, reply: { ...key, version: 2, revision: 2 } },
  },
  {
    method: 'DELETE',
    path: '/keys/{id}',
    operationId: 'deleteKey',
    tag: 'Lifecycle',
    summary: 'Destroy all versions of a key after a waiting period',
    description: `The same as \`schedule-destroy\`. ${destroys}`,
    roles: ['tenant-admin'],
    right: 'manage',
    contract: deleteKey,
    takes: 'parameters',
    status: 200,
    idempotent: true,
    controlled: true,
    etag: true,
    conditional: 'optional',
    dryRun: true,
    unknownId: 'key-not-found',
    withinMs: 15_000,
    errors: ['key-not-found', 'key-access-denied', 'key-state'],
    example: { reply: { ...key, ...scheduled, revision: 2 } },
  },
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
  {
    ...about,
    path: '/keys/{id}/usage',
    operationId: 'getKeyUsage',
    summary: 'Read how often each version was used, and when last',
    description: 'Successes that were released, by operation. Counted in the commit that records them.',
    contract: getKeyUsage,
    example: {
      reply: {
        items: [
          {
            version: 1,
            lastUsedAt: instants.sealed,
            operations: [{ operation: 'sign', count: 1203, lastUsedAt: instants.sealed }],
          },
        ],
      },
    },
  },
  {
    ...about,
    path: '/keys/{id}/rotation-policy',
    operationId: 'getRotationPolicy',
    summary: 'Read when a key rotates by itself',
    description: '`key-not-found` also where it does not.',
    contract: getRotationPolicy,
    example: { reply: rotationPolicy },
  },
  {
    ...about,
    method: 'PUT',
    path: '/keys/{id}/rotation-policy',
    operationId: 'putRotationPolicy',
    summary: 'Let a key rotate by itself, by date, by use, or both',
    description:
      'Each date rotates once, however many workers there are and whoever dies; dates that are missed are made good by one rotation. A version never protects more often than `maxUses`: the call that finds it used up makes the next one. Only what is ACTIVE is followed by itself. Refused for a key that is destroyed or waits for it, and gone with a destroyed one.',
    roles: changers,
    right: 'manage',
    contract: putRotationPolicy.contract,
    takes: 'body',
    body: putRotationPolicy.body,
    conditional: 'optional',
    dryRun: true,
    errors: ['key-not-found', 'key-state', 'policy-refused', 'purpose-mismatch'],
    example: { request: { interval: 'P90D', at: instants.later, maxUses: 1_000_000 }, reply: rotationPolicy },
  },
  {
    ...about,
    method: 'DELETE',
    path: '/keys/{id}/rotation-policy',
    operationId: 'deleteRotationPolicy',
    summary: 'Let a key rotate by itself no more',
    description: 'The reply is the policy that was.',
    roles: changers,
    right: 'manage',
    contract: deleteRotationPolicy,
    conditional: 'optional',
    dryRun: true,
    example: { reply: rotationPolicy },
  },
  {
    ...about,
    tag: 'Keys',
    path: '/keys/{id}/public-key',
    operationId: 'getPublicKey',
    summary: 'Read the public key of a version',
    description: 'The current one unless `version` names another: as a JWK (RFC 7517) and as PEM.',
    contract: getPublicKey,
    errors: ['key-not-found', 'key-access-denied', 'purpose-mismatch'],
    example: { reply: { keyId: key.id, version: 1, ...key.publicKey } },
  },
  {
    ...about,
    tag: 'Keys',
    method: 'PATCH',
    path: '/keys/{id}',
    operationId: 'editKey',
    summary: 'Change what is written on a key',
    description: 'Label, description and metadata; purge protection can be switched on. What is left out stays.',
    roles: changers,
    right: 'manage',
    contract: editKey.contract,
    takes: 'body',
    body: editKey.body,
    etag: true,
    conditional: true,
    dryRun: true,
    errors: ['key-not-found', 'key-state', 'policy-refused'],
    example: {
      request: { label: 'invoice signing', metadata: { owner: 'payments' } },
      reply: { ...key, metadata: { owner: 'payments' }, revision: 2 },
    },
  },
];

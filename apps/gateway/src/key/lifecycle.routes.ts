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
  'A version that is scheduled for destruction can no longer be used. When the waiting period ends, its object in the HSM is destroyed and the HSM is searched to confirm it. Metadata, public key and audit trail remain. A dry run reports when each version was last used.';

const verbs: readonly Verb[] = [
  {
    verb: 'activate',
    operationId: 'activateKey',
    summary: 'Activate a version',
    change: activateKey,
    request: {},
    reply: { state: 'ACTIVE', activateAt: instants.created },
  },
  {
    verb: 'suspend',
    operationId: 'suspendKey',
    summary: 'Suspend a version',
    description:
      'Until it is resumed, a suspended version does not encrypt or sign, and it decrypts or verifies only for callers that send `acceptRisk`.',
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
    description:
      'A deactivated version still decrypts and verifies, but never encrypts or signs again. This cannot be undone.',
    change: deactivateKey,
    request: {},
    reply: { state: 'DEACTIVATED', deactivateAt: instants.created },
  },
  {
    verb: 'revoke',
    operationId: 'revokeKey',
    summary: 'Revoke a version',
    description:
      'The version becomes DEACTIVATED, or COMPROMISED if the reason is a compromise. A compromised version decrypts or verifies only for callers that send `acceptRisk`.',
    change: revokeKey,
    controlled: true,
    request: { version: 1, ...revocation },
    reply: { state: 'DEACTIVATED', deactivateAt: instants.created, revocation },
  },
  {
    verb: 'compromise',
    operationId: 'compromiseKey',
    summary: 'Mark a version as compromised',
    description: 'Equivalent to `revoke` with the reason `key-compromise`.',
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
    summary: 'Schedule the destruction of one or all versions',
    description: `${destroys} The same request repeated within a day returns the destruction that is already scheduled.`,
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
    summary: 'Cancel a destruction',
    description:
      'The version becomes SUSPENDED, or COMPROMISED if it was compromised before. A destruction cannot be cancelled once it has been sent to the HSM.',
    change: cancelDestruction,
    request: {},
    reply: { state: 'SUSPENDED' },
  },
];

const inForce =
  'When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.';

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
    summary: 'Rotate a key',
    description:
      'The HSM generates a new version, if the policy in force allows it. The new version is ACTIVE and current. The old version is DEACTIVATED in the same commit; it still decrypts and verifies data that names it.',
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
    summary: 'Schedule the destruction of all versions of a key',
    description: `Equivalent to \`schedule-destroy\` without a version. ${destroys}`,
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
    description: 'The current version comes first.',
    contract: listKeyVersions,
    example: { reply: { items: [version] } },
  },
  {
    ...about,
    path: '/keys/{id}/versions/{version}',
    operationId: 'getKeyVersion',
    summary: 'Read a version of a key',
    contract: getKeyVersion,
    example: { reply: version },
  },
  {
    ...about,
    path: '/keys/{id}/usage',
    operationId: 'getKeyUsage',
    summary: 'Read the usage of a key',
    description:
      'Counts the successful operations of each version, by operation, and gives the time of the last one. The counts are updated in the commit that records the operation.',
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
    summary: 'Read the rotation policy of a key',
    description: 'The answer is `key-not-found` if the key has no rotation policy.',
    contract: getRotationPolicy,
    example: { reply: rotationPolicy },
  },
  {
    ...about,
    method: 'PUT',
    path: '/keys/{id}/rotation-policy',
    operationId: 'putRotationPolicy',
    summary: 'Set the rotation policy of a key',
    description:
      'The key rotates by date, by use, or both. Each date causes exactly one rotation, even if workers fail; several missed dates cause one rotation. A version never encrypts or signs more than `maxUses` times: the call that finds it used up rotates the key first. Only an ACTIVE version is rotated automatically. A key that is destroyed or scheduled for destruction cannot have a rotation policy.',
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
    summary: 'Delete the rotation policy of a key',
    description: 'The reply is the deleted rotation policy.',
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
    summary: 'Read a public key',
    description: 'Returns the public key of the current version, or of `version`, as a JWK (RFC 7517) and as PEM.',
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
    summary: 'Update a key’s label, description or metadata',
    description: 'Fields that are left out keep their values. Purge protection can be switched on here, but not off.',
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

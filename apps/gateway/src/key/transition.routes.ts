import {
  activateKey,
  type Contract,
  cancelDestruction,
  compromiseKey,
  deactivateKey,
  deleteKey,
  type KeyState,
  resumeKey,
  revokeKey,
  rotateKey,
  scheduleDestruction,
  suspendKey,
} from '@ankasecure/contracts';
import type { z } from 'zod';
import { instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { key } from './key.example.js';
import { changers } from './lifecycle-row.js';

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
    description:
      'A version that waits for the date of its rotation replaces the current one at once. Name its number in `version`.',
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
    controlled: true,
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

/** Routes that change the state of a key or of one of its versions. */
export const transitionRoutes: readonly Route[] = [
  ...changes,
  {
    method: 'POST',
    path: '/keys/{id}/rotate',
    operationId: 'rotateKey',
    tag: 'Lifecycle',
    summary: 'Rotate a key',
    description:
      'The HSM generates a new version, if the policy in force allows it. The new version is ACTIVE and current. The old version is DEACTIVATED in the same commit; it still decrypts and verifies data that names it.\n\nWith `activateIn` this happens later: until then the new version is PRE_ACTIVE, and the old one is current, encrypts and signs. The public key of a signing key is in the key set as soon as the call returns, so relying parties have it before it signs. `activate` with the number of the new version brings the date forward. The old version ends on its date even if the new one is compromised or destroyed before: rotate the key again.\n\nA key in custody public takes its next version from `publicKey`, and the version’s kids elsewhere from `formerKids`.',
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
      'key-not-found',
      'key-access-denied',
      'former-kid-taken',
      'key-state',
      'policy-refused',
      'purpose-mismatch',
      'algorithm-unavailable',
      'hsm-unavailable',
      'hsm-timeout',
      'hsm-error',
      'decision-outdated',
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
];

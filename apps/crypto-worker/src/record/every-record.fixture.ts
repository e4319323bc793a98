import { randomBytes, randomUUID } from 'node:crypto';
import { initialPolicy } from '@ankasecure/policy-rules';
import { KeyGrantRecord } from '../access/key-grant.entity.js';
import { FormerKidRecord } from '../key/record/former-kid.entity.js';
import { KekRotationRecord } from '../key/record/kek-rotation.entity.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyAliasRecord } from '../key/record/key-alias.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { RotationPolicyRecord } from '../key/record/rotation-policy.entity.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { IntentRecord } from '../object/intent.entity.js';

export const tenantId = randomUUID();
export const keyId = randomUUID();
const place = { partition: 'default', tokenLabel: 'label', tokenSerial: 'serial' };
const date = (): Date => new Date(Date.now() + 86_400_000);

/** One record of each sealed table, with a value in every column. */
export const records: readonly (readonly [entity: new () => object, row: object])[] = [
  [TenantPolicyRecord, { tenantId, revision: 1, document: initialPolicy, disabledAt: date(), enabledAt: date() }],
  [
    KeyRecord,
    {
      tenantId,
      id: keyId,
      label: 'a key',
      algorithm: 'AES-256',
      purpose: 'encrypt',
      algs: ['A256KW'],
      description: 'text',
      metadata: { owner: 'payments' },
      draft: 'draft-ietf-example-01',
      createdBy: 'alice',
    },
  ],
  [
    KeyVersionRecord,
    {
      ...place,
      tenantId,
      keyId,
      version: 1,
      state: 'DESTROY_SCHEDULED',
      activateAt: date(),
      deactivateAt: date(),
      revocationReason: 'superseded',
      revocationMessage: 'text',
      revocationOccurredAt: date(),
      destroyAt: date(),
      destroyWaitingDays: 30,
      destroyScheduledBy: 'alice',
      destroyedAt: date(),
      custody: 'software',
      objectId: randomBytes(16),
      spki: randomBytes(91),
      certificateChain: randomBytes(500),
      wrappedBlob: randomBytes(40),
      wrappedMac: randomBytes(32),
      kekGeneration: 1,
      sealedKey: randomBytes(60),
      requestId: randomUUID(),
      rewrapFailure: 'hsm-error',
    },
  ],
  [FormerKidRecord, { tenantId, kid: 'of another house', keyId, version: 2 }],
  [KeyAliasRecord, { tenantId, name: 'alias', keyId }],
  [KeyGrantRecord, { tenantId, keyId, kind: 'subject', grantee: 'bob', rights: ['use:sign'], grantedBy: 'alice' }],
  [
    RotationPolicyRecord,
    { tenantId, keyId, interval: 'P1D', intervalSeconds: 86_400, nextAt: date(), maxUses: 7, setBy: 'alice' },
  ],
  [
    PlatformKeyRecord,
    {
      ...place,
      tenantId,
      kind: 'import',
      generation: 1,
      objectId: randomBytes(16),
      spki: randomBytes(91),
      retiredAt: date(),
      destroyAt: date(),
      destroyedAt: date(),
    },
  ],
  [
    KekRotationRecord,
    {
      tenantId,
      generation: 2,
      partition: 'default',
      total: 3,
      rewrapped: 1,
      startedBy: 'alice',
      correlationId: 'c',
      finishedAt: date(),
    },
  ],
  [
    IntentRecord,
    {
      tenantId,
      objectId: randomBytes(16),
      partition: 'default',
      kind: 'make',
      owner: 'key:a:b:1',
      lease: '1',
      event: '{}',
    },
  ],
];

import { fipsStatus } from '@ankasecure/algorithm';
import type { Key, KeyVersionResource } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import { outsideWarnings } from '../custody/outside-step.js';
import { stateAt } from './key-state.js';
import { publicKeyOf } from './public-key.js';
import type { KeyVersionRecord } from './record/key-version.entity.js';
import { lifecycleOf, versionOf } from './version-record.js';

const instantOf = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Of a key in software, however approved its algorithm is. */
const outsideModules = { approved: false, source: 'FIPS 140-3 §7.2 (used outside the boundary of a validated module)' };

const revocationOf = (record: KeyVersionRecord): KeyVersionResource['revocation'] =>
  record.revocationReason === null || record.revocationOccurredAt === null
    ? null
    : {
        reason: record.revocationReason,
        message: record.revocationMessage,
        occurredAt: record.revocationOccurredAt.toISOString(),
      };

/** A version's dates and revocation on record, with its state now. */
const lifeOf = (record: KeyVersionRecord) => ({
  state: stateAt(lifecycleOf(record), Date.now()),
  activateAt: instantOf(record.activateAt),
  deactivateAt: instantOf(record.deactivateAt),
  revocation: revocationOf(record),
  destroyAt: instantOf(record.destroyAt),
  destroyedAt: instantOf(record.destroyedAt),
});

/** A key as callers see it, by one of its versions: the current one, unless another was asked for or changed. */
export const keyResource = (custody: Custody, record: KeyVersionRecord): Key => {
  const { key } = record;
  const version = versionOf(record);
  const warnings = outsideWarnings(custody, version);
  return {
    id: key.id,
    tenantId: key.tenantId,
    label: key.label,
    algorithm: key.algorithm,
    purpose: key.purpose,
    algs: key.algs,
    custody: record.custody,
    version: record.version,
    ...lifeOf(record),
    publicKey: publicKeyOf(version),
    hsm: { partition: record.partition, uri: custody.uri(version.ref) },
    description: key.description,
    metadata: key.metadata,
    purgeProtection: key.purgeProtection,
    fips: record.custody === 'software' ? outsideModules : fipsStatus(key.algorithm, key.purpose, Date.now()),
    createdAt: key.createdAt.toISOString(),
    revision: key.revision,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
};

export const versionResource = (custody: Custody, record: KeyVersionRecord): KeyVersionResource => {
  const version = versionOf(record);
  return {
    keyId: record.keyId,
    version: record.version,
    ...lifeOf(record),
    custody: record.custody,
    publicKey: publicKeyOf(version),
    hsm: { partition: record.partition, uri: custody.uri(version.ref) },
    createdAt: record.createdAt.toISOString(),
  };
};

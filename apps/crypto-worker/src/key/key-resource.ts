import { fipsStatus } from '@ankasecure/algorithm';
import type { Key, KeyVersionResource } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import { outsideWarnings } from '../custody/outside-step.js';
import { stateAt } from './key-state.js';
import { type KeyRow, lifecycleOf, versionOf } from './key-store.js';
import { publicKeyOf } from './public-key.js';

const instantOf = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Of a key in software, however approved its algorithm is. */
const outsideModules = { approved: false, source: 'FIPS 140-3 §7.2 (used outside the boundary of a validated module)' };

/** What is on record of a version's life, with its state now. */
const lifeOf = (row: KeyRow) => ({
  state: stateAt(lifecycleOf(row), Date.now()),
  activateAt: instantOf(row.activate_at),
  deactivateAt: instantOf(row.deactivate_at),
  revocation:
    row.revocation_reason === null || row.revocation_occurred_at === null
      ? null
      : {
          reason: row.revocation_reason,
          message: row.revocation_message,
          occurredAt: row.revocation_occurred_at.toISOString(),
        },
  destroyAt: instantOf(row.destroy_at),
  destroyedAt: instantOf(row.destroyed_at),
});

/** A key as callers see it, by one of its versions: the current one, unless another was asked for or changed. */
export const keyResource = (custody: Custody, row: KeyRow): Key => {
  const version = versionOf(row);
  const warnings = outsideWarnings(custody, version);
  return {
    id: row.id,
    tenantId: row.tenant_id,
    label: row.label,
    algorithm: row.algorithm,
    purpose: row.purpose,
    algs: row.algs,
    custody: row.custody,
    version: row.version,
    ...lifeOf(row),
    publicKey: publicKeyOf(version),
    hsm: { partition: row.partition, uri: custody.uri(version.ref) },
    description: row.description,
    metadata: row.metadata,
    purgeProtection: row.purge_protection,
    fips: row.custody === 'software' ? outsideModules : fipsStatus(row.algorithm, row.purpose, Date.now()),
    createdAt: row.created_at.toISOString(),
    revision: row.key_revision,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
};

export const versionResource = (custody: Custody, row: KeyRow): KeyVersionResource => {
  const version = versionOf(row);
  return {
    keyId: row.id,
    version: row.version,
    ...lifeOf(row),
    custody: row.custody,
    publicKey: publicKeyOf(version),
    hsm: { partition: row.partition, uri: custody.uri(version.ref) },
    createdAt: row.version_created_at.toISOString(),
  };
};

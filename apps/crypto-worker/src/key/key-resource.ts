import { fipsStatus } from '@ankasecure/algorithm';
import type { Key } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import { outsideWarnings } from '../operation/warning.js';
import { type KeyRow, versionOf } from './key-store.js';
import { publicKeyOf } from './public-key.js';

/** A key as callers see it, by its current version. */
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
    state: row.state,
    version: row.version,
    publicKey: publicKeyOf(version),
    hsm: { partition: row.partition, uri: custody.uri(version.ref) },
    fips: fipsStatus(row.algorithm, row.purpose, Date.now()),
    createdAt: row.created_at.toISOString(),
    revision: row.key_revision,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
};

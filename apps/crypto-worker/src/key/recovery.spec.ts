import { randomBytes, randomUUID } from 'node:crypto';
import { withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody, CustodyKind } from '../custody/custody.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { keyResource } from './key-resource.js';
import { readKey, type StoredVersion } from './record/select-version.js';

const custody = { known: () => ({ algs: [], outsideSteps: [] }), uri: () => 'pkcs11:' } as unknown as Custody;

/** A tenant's KEK: made, retired, to be destroyed and destroyed so many hours from now. */
interface KekLife {
  readonly made: number;
  readonly retired?: number;
  readonly destroyAt?: number;
  readonly destroyed?: number;
}

describe('a destroyed key', () => {
  let database: WorkerDatabase;
  const begin = Date.now();
  const at = (hours: number | undefined): string | null =>
    hours === undefined ? null : new Date(begin + hours * 3_600_000).toISOString();
  beforeAll(async () => {
    database = await startWorkerDatabase();
  });
  afterAll(() => database.stop());

  /** The recovery that the answer tells for a key that was destroyed an hour ago. */
  const recoveryOf = async (kind: CustodyKind, keks: readonly KekLife[]) => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    for (const [index, { made, retired, destroyAt, destroyed }] of keks.entries())
      await database.superuser.query(
        `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id,
           created_at, retired_at, destroy_at, destroyed_at)
         VALUES ($1, 'kek', $2, 'default', 't', 's', $3, $4, $5, $6, $7)`,
        [tenantId, index + 1, randomBytes(16), at(made), at(retired), at(destroyAt), at(destroyed)],
      );
    await database.superuser.query(
      `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by)
       VALUES ($1, $2, 'k', 'AES-256', 'encrypt', '{dir}', 'x')`,
      [tenantId, keyId],
    );
    await database.superuser.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial,
         object_id, destroyed_at)
       VALUES ($1, $2, 1, 'DESTROYED', $3, 'default', 't', 's', $4, $5)`,
      [tenantId, keyId, kind, randomBytes(16), at(-1)],
    );
    const rows = await withTenant(database.dataSource, tenantId, (manager) => readKey(manager, tenantId, keyId));
    return keyResource(custody, rows[0] as StoredVersion, Date.now()).recovery;
  };

  const inUse: KekLife = { made: -10 };
  const retired: KekLife = { made: -10, retired: 0, destroyAt: 24 };
  const gone: KekLife = { made: -10, retired: -9, destroyAt: -8, destroyed: -8 };
  const later: KekLife = { made: -0.5 };

  it.each<[string, CustodyKind, readonly KekLife[], { possible: boolean; until: number | undefined }]>([
    ['of the token is gone', 'token', [inUse], { possible: false, until: undefined }],
    ['is recoverable while its KEK is in use', 'wrapped', [inUse], { possible: true, until: undefined }],
    ['is recoverable until its retired KEK is destroyed', 'wrapped', [retired, later], { possible: true, until: 24 }],
    ['in software is recoverable like a wrapped one', 'software', [retired, later], { possible: true, until: 24 }],
    ['is gone when its KEK is', 'wrapped', [gone, later], { possible: false, until: undefined }],
    ['depends on the newest KEK of its time', 'wrapped', [gone, inUse, later], { possible: true, until: undefined }],
  ])('%s', async (_, kind, keks, { possible, until }) => {
    expect(await recoveryOf(kind, keks)).toEqual({ possible, until: at(until) });
  });
});

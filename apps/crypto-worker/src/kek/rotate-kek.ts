import type { Context, DryRun, Kek } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { CommitChange } from '../outcome/commit-change.js';
import type { PlatformKeys } from '../platform-key/platform-key.js';
import { readKek } from './read-kek.js';

/**
 * Begins the rotation of a tenant's KEK: the new one is made, and from the commit that records it on every new key is wrapped
 * with it. `RewrapKeys` does the rest.
 */
export class RotateKek {
  constructor(
    private readonly dataSource: DataSource,
    private readonly platformKeys: PlatformKeys,
    private readonly changes: CommitChange,
    private readonly partition: string,
  ) {}

  /** One at a time: while one is under way, that is answered. @throws AnkaError `tenant-unknown`, and custody's */
  async rotate(context: Context): Promise<Kek> {
    const { tenantId } = context;
    const before = await this.read(tenantId);
    if (before.state === 'rotating') return before;
    const generation = before.generation + 1;
    // Undefined where another has begun one meanwhile: then that is answered.
    await this.platformKeys.makeKek(context, generation, (manager) => this.record(manager, context, generation));
    return this.read(tenantId);
  }

  /** What `rotate` would do, as far as that is known without the HSM: on record as a dry run, and nothing made. */
  rehearse(context: Context): Promise<DryRun> {
    const details = { partition: this.partition };
    const deed = { operation: 'kek.rotate', keyId: null, algorithm: 'AES-256', details } as const;
    return this.changes.rehearse(context, deed, async (manager) => {
      await readKek(manager, context.tenantId);
      return { key: {} };
    });
  }

  private read(tenantId: string): Promise<Kek> {
    return withTenant(this.dataSource, tenantId, (manager) => readKek(manager, tenantId));
  }

  /** With the tenant's fence: whoever records a key that an older KEK wraps has done so before, and is counted, or finds out. */
  private async record(
    manager: EntityManager,
    { tenantId, principal, correlationId }: Context,
    generation: number,
  ): Promise<boolean> {
    await manager.query('SELECT pg_advisory_xact_lock(fence_of($1))', [tenantId]);
    const begun = await manager.query<unknown[]>(
      `INSERT INTO kek_rotation (tenant_id, generation, partition, total, started_by, correlation_id)
       SELECT $1, $2, $3, (SELECT count(*) FROM key_version WHERE tenant_id = $1 AND wrapped_blob IS NOT NULL), $4, $5
       WHERE NOT EXISTS (SELECT 1 FROM kek_rotation WHERE tenant_id = $1 AND finished_at IS NULL)
       ON CONFLICT DO NOTHING RETURNING generation`,
      [tenantId, generation, this.partition, principal, correlationId],
    );
    return begun.length === 1;
  }
}

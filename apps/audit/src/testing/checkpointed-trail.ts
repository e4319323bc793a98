import { parseNote, TreeEdge, verifyNote } from '@ankasecure/audit-event';
import { expect } from 'vitest';
import { TrailGuard } from '../anchor/trail-guard.js';
import { type Made, MakeCheckpoint } from '../checkpoint/make-checkpoint.js';
import type { StoredCheckpoint } from '../checkpoint/store/checkpoint.sql.js';
import { contextOf, database, eventsOf, type RunningAudit } from './running-audit.js';

/** Has the token store an anchor, so that the processes remember the ends of trails. */
export const rememberEnds = async ({ macs, instances }: RunningAudit): Promise<void> => {
  macs.anchor = null;
  for (const { app } of instances) await app.get(TrailGuard, { strict: false }).compare();
};

/** A tenant's trail whose checkpoints a spec makes itself. */
export class CheckpointedTrail {
  constructor(
    private readonly audit: RunningAudit,
    readonly tenantId: string,
  ) {}

  async append(...batches: readonly number[]): Promise<void> {
    for (const count of batches) await this.audit.append(eventsOf(this.tenantId, count));
  }

  /**
   * @param instance the process that makes it
   * @param timeoutMs its time, in milliseconds
   */
  make(instance = 0, timeoutMs?: number): Promise<Made> {
    return this.maker(instance).make(contextOf(this.tenantId, timeoutMs));
  }

  /** Walks one piece of the way to a checkpoint: 100 events. */
  walk(instance = 0): Promise<Made> {
    return this.maker(instance).make(contextOf(this.tenantId), 0);
  }

  private maker(instance: number): MakeCheckpoint {
    const { app } = this.audit.instances[instance] ?? expect.unreachable();
    return app.get(MakeCheckpoint, { strict: false });
  }

  async checkpoints(): Promise<readonly StoredCheckpoint[]> {
    const rows = await this.audit.postgres.query(
      database,
      `SELECT size::float8 AS size, root, note, signed_at AS "signedAt" FROM checkpoint
       WHERE tenant_id = '${this.tenantId}' ORDER BY checkpoint.size`,
    );
    return rows as unknown as StoredCheckpoint[];
  }

  /** The tree over the first events, from the rows of the trail. */
  async tree(size: number): Promise<TreeEdge> {
    const rows = await this.audit.postgres.query(
      database,
      `SELECT hash FROM sealed_event WHERE tenant_id = '${this.tenantId}' AND seq <= ${size} ORDER BY seq`,
    );
    const edge = new TreeEdge();
    for (const row of rows) edge.append(row['hash'] as Buffer);
    return edge;
  }

  /** Expects the last checkpoint to be signed, and over the tree of that many events. */
  async expectLast(size: number): Promise<void> {
    const last = (await this.checkpoints()).at(-1) ?? expect.unreachable();
    expect(last.size).toBe(size);
    expect(last.root.toString('hex')).toBe((await this.tree(size)).root.toString('hex'));
    expect(verifyNote(parseNote(last.note), this.audit.signer.keyOf(this.tenantId))).toBe('valid');
  }
}

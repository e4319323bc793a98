import type { Context } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { TrailGuard } from '../anchor/trail-guard.js';
import { KnownPlaces } from '../end/known-places.js';
import type { ToldEnd } from '../end/sealed-ends.js';
import { TrailDescent } from '../end/trail-descent.js';
import { toldTrail } from '../end/trail-end.sql.js';
import { CheckpointDatabase } from './store/checkpoint-database.js';

/** Finds the ends of trails that checkpoints may be made of: this service has sealed or proved them. */
@Injectable()
export class ProvenEnds {
  constructor(
    private readonly database: CheckpointDatabase,
    private readonly guard: TrailGuard,
    private readonly descent: TrailDescent,
    private readonly places: KnownPlaces,
  ) {}

  /**
   * @returns `empty` for a trail without events, `pending` for an end that cannot be proved now
   * @throws AnkaError `service-unavailable` for a trail that is refused
   */
  async of(context: Context): Promise<ToldEnd | 'empty' | 'pending'> {
    const { tenantId } = context;
    const { dataSource } = this.database;
    await this.guard.assertSound(tenantId);
    const isExpected = this.places.expected(tenantId);
    const told = await withTenant(dataSource, tenantId, (manager) => toldTrail(manager, tenantId));
    // The guard compares the trails every minute, and names those that were put back.
    if (!isExpected(told)) return 'pending';
    const { end } = told;
    if (end === null || end.seq === 0) return 'empty';
    return (await this.descent.of(context, end, undefined, dataSource)) === 'proven' ? end : 'pending';
  }
}

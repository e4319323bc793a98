import type { Context } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MacSource } from '../mac/mac-source.js';
import { RecordIndexes } from '../record/record-indexes.js';
import type { AuthenticatedEvent } from './bound-event.js';
import { seal } from './seal.js';

/** Appends authenticated events to their tenant's trail. */
@Injectable()
export class SealTrail {
  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
    private readonly indexes: RecordIndexes,
  ) {}

  /** @returns how many of the context's tenant's events were new */
  seal(context: Context, events: readonly AuthenticatedEvent[]): Promise<number> {
    const { tenantId } = context;
    const trail = { tenantId, partition: this.macs.partitionOf(tenantId) };
    const mac = (macKeyId: string, message: Buffer): Promise<Buffer> =>
      this.macs.computeOne(context, macKeyId, message);
    return seal(this.dataSource, trail, events, mac, this.indexes);
  }
}

import type { EventName } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { unsealedOf } from './find-unsealed.sql.js';

/** Tells reporters which of their events are not sealed. */
@Injectable()
export class FindUnsealed {
  constructor(private readonly dataSource: DataSource) {}

  /** One tenant after the other, so that a question never takes more than one connection. @returns ids */
  async find(events: readonly EventName[]): Promise<readonly string[]> {
    const unsealed: string[] = [];
    for (const [tenantId, own] of Map.groupBy(events, (event) => event.tenantId))
      unsealed.push(...(await withTenant(this.dataSource, tenantId, (manager) => unsealedOf(manager, tenantId, own))));
    return unsealed;
  }
}

import { Injectable } from '@nestjs/common';
import { Health } from '../health/health.js';
import { WatchedDatabase } from './history-watch.js';
import { RecordHistory } from './record-history.js';

/** Names the service's database in the readiness answer while it is older than the audit trail. */
@Injectable()
export class BehindHealth {
  constructor(health: Health, { database }: WatchedDatabase, history: RecordHistory) {
    health.tellBehind(() => {
      const { size: tenants } = history.behind;
      return tenants === 0 ? undefined : { database, tenants };
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Health } from '../health/health.js';
import { WatchedDatabase } from './history-watch.js';
import { RecordHistory } from './record-history.js';

/** Names the service's database in the readiness answer while it is older than the audit trail, or was not compared with it yet. */
@Injectable()
export class BehindHealth {
  constructor(health: Health, { database }: WatchedDatabase, history: RecordHistory) {
    health.tellBehind(() => {
      const { size: tenants } = history.behind;
      return tenants === 0 ? undefined : { database, tenants };
    });
    health.tellUncompared(() => (history.positions.isCompared ? undefined : database));
    const registers = [health.registry];
    const behind: Gauge = new Gauge({
      name: 'ankasecure_records_behind_tenants',
      help: 'Tenants whose records in the database are older than the audit trail',
      registers,
      collect: () => behind.set(history.behind.size),
    });
    const missed: Gauge = new Gauge({
      name: 'ankasecure_records_missed_tenants',
      help: 'Tenants of which the last comparison of this process’s memory with the audit trail was not answered',
      registers,
      collect: () => missed.set(history.missed.size),
    });
    const compared: Gauge = new Gauge({
      name: 'ankasecure_records_compared',
      help: '1 while the database is compared with the audit trail; no record changes while it is 0',
      registers,
      collect: () => compared.set(history.positions.isCompared ? 1 : 0),
    });
  }
}

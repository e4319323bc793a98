import { Health } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { TrailGuard } from './trail-guard.js';

/**
 * Names `ankadb_audit` in the readiness answer and in a metric while trails are refused. The service stays ready: it is needed
 * to accept or to replace them.
 */
@Injectable()
export class TrailHealth {
  constructor(health: Health, guard: TrailGuard, registry: Registry) {
    health.tellBehind(() =>
      guard.fault === null ? undefined : { database: 'ankadb_audit', tenants: guard.refusedTrails },
    );
    const gauge: Gauge = new Gauge({
      name: 'ankasecure_trail_behind',
      help: '1 if trails are older than the anchor in the token, or than what this process has sealed',
      registers: [registry],
      collect: () => gauge.set(guard.fault === null ? 0 : 1),
    });
  }
}

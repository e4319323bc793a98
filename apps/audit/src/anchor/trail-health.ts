import { Health } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { TrailGuard } from './trail-guard.js';

/**
 * Names `ankadb_audit` in the readiness answer while trails are refused. The service stays ready: it is needed to accept or to
 * replace them.
 */
@Injectable()
export class TrailHealth {
  constructor(health: Health, guard: TrailGuard) {
    health.tellBehind(() =>
      guard.fault === null ? undefined : { database: 'ankadb_audit', tenants: guard.refusedTrails },
    );
  }
}

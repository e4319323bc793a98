import { type acceptTrails, auditEvent, type Context, platformTenantId } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { TrailGuard } from '../anchor/trail-guard.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { AppendEvents } from './append-events.js';

/**
 * Accepts trails that a restored database holds. Who accepted them, and why they were refused, is sealed first. What the trails
 * say of records counts again, whatever the database made of it: a compromised key stays compromised.
 */
@Injectable()
export class AcceptTrails {
  constructor(
    private readonly guard: TrailGuard,
    private readonly appender: AppendEvents,
    private readonly indexes: RecordIndexes,
  ) {}

  async accept(context: Context): Promise<z.infer<typeof acceptTrails.reply>> {
    await this.guard.compare();
    const { fault } = this.guard;
    if (fault === null) return { accepted: false, reason: null };
    const action = { operation: 'trail.accept', details: { reason: fault.slice(0, 512) } };
    await this.appender.sealOwn(context, auditEvent({ ...context, tenantId: platformTenantId }, action));
    const refused = await this.guard.refused();
    this.indexes.forget();
    for (const tenantId of refused) await this.indexes.rebuild({ ...context, tenantId });
    await this.guard.accept();
    return { accepted: true, reason: fault };
  }
}

import type { AuditEvent, Context, RestoredRecord } from '@ankasecure/contracts';
import {
  allHeads,
  BusClient,
  Outbox,
  restoredEvent,
  restoreRecords,
  sealsOf,
  withTenant,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { EndApprovals } from '../approval/end/end-approvals.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { restoringsOf } from './restoring.js';

/** Brings the gateway's records of one tenant up to date with the audit trail. */
@Injectable()
export class RestoreRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly outbox: Outbox,
    private readonly approvals: EndApprovals,
    private readonly epochs: IdentityEpoch,
  ) {}

  /**
   * Everything that is restored is one commit, with the event that counts it. A repeated call finds nothing left to do.
   * @returns what was done, or what would be done if it is a dry run
   */
  async restore(context: Context): Promise<readonly RestoredRecord[]> {
    const { tenantId, dryRun } = context;
    const heads = await allHeads(this.bus, context, 'gateway');
    const { history } = sealsOf(this.dataSource.manager);
    const done = await history.without(() =>
      withTenant(this.dataSource, tenantId, async (manager) => {
        for (const kind of ['approvals', 'exclusions', 'issuers', 'service-accounts', 'token-keys'] as const)
          await lockTenant(manager, kind, tenantId);
        const gone: string[] = [];
        const restored = await restoreRecords(manager, context, heads, restoringsOf(gone));
        const done = restored.filter(({ outcome }) => outcome !== 'kept');
        if (dryRun === true || done.length === 0) return { restored, events: 0 };
        const events = [restoredEvent(context, done), ...(await this.endOf(manager, context, gone))];
        await this.outbox.write(manager, events);
        this.epochs.settleAfter(context, await this.epochs.change(manager), 'shut-out');
        return { restored, events: events.length };
      }),
    );
    this.outbox.committed(done.events);
    if (dryRun !== true) history.caughtUp(tenantId);
    return done.restored;
  }

  /** Ends the open requests of the people of issuers that are gone. @returns their events */
  private async endOf(
    manager: EntityManager,
    context: Context,
    issuers: readonly string[],
  ): Promise<readonly AuditEvent[]> {
    const ended: AuditEvent[] = [];
    for (const issuer of issuers) ended.push(...(await this.approvals.end(manager, context, issuer)));
    return ended;
  }
}

import { auditEvent, type Context, type DryRun, rehearsalOf, tried, verdictOf } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import { withTenant } from '../database/tenant.js';
import type { Outbox } from '../outbox/outbox.js';

/** A deed that is only tried. */
export interface Tryable {
  /** As events name it. */
  readonly operation: string;
  /** Of the event. */
  readonly details?: Record<string, string>;
}

/** Dry runs of changes that are no key's: their checks, and an event that tells them from the deed. */
export class Rehearsal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /**
   * @param check throws what the deed would be refused with, and changes nothing
   * @throws AnkaError `audit-unavailable`, and whatever is no refusal
   */
  async of(context: Context, deed: Tryable, check: () => Promise<unknown>): Promise<DryRun> {
    this.outbox.assertRoom();
    const { error } = await tried(check);
    const action = {
      operation: rehearsalOf(deed.operation),
      details: deed.details,
      failureCode: error?.code ?? null,
    };
    await withTenant(this.dataSource, context.tenantId, (manager) =>
      this.outbox.write(manager, [auditEvent(context, action)]),
    );
    this.outbox.committed(1);
    return verdictOf(deed.operation, error);
  }
}

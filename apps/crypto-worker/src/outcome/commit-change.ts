import { AnkaError, type Context, type DryRun, tried } from '@ankasecure/contracts';
import { type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { KeyStore } from '../key/key-store.js';
import { eventOf } from './event.js';
import { undecided } from './fence.js';
import type { GroupCommit } from './group-commit.js';
import { type Deed, type Foreseen, rehearsed, rehearsedEvent } from './rehearse.js';

/** What a change came to. */
export interface Changed<Result> {
  readonly result: Result;
  /** One event each: what it says besides the deed. */
  readonly events: readonly Partial<Deed>[];
}

/**
 * Commits changes that need the database alone: decision, change and events in one transaction. A change that was refused is an
 * outcome as well.
 */
export class CommitChange {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: Pick<KeyStore, 'forget'>,
    private readonly outcomes: GroupCommit,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AnkaError what `change` throws, once it is on record, and `audit-unavailable` */
  async commit<Result>(
    context: Context,
    deed: Deed,
    change: (manager: EntityManager) => Promise<Changed<Result>>,
  ): Promise<Result> {
    const { tenantId } = context;
    try {
      const { result, events } = await withTenant(this.dataSource, tenantId, async (manager) => {
        const changed = await change(manager);
        await this.outbox.write(
          manager,
          changed.events.map((event) => eventOf(context, { ...deed, ...event, outcome: 'success', failureCode: null })),
        );
        return changed;
      });
      this.outbox.committed(events.length);
      if (deed.keyId !== null) this.keys.forget(tenantId, deed.keyId);
      return result;
    } catch (error) {
      if (error instanceof AnkaError)
        await this.outcomes.commit(
          undecided(tenantId),
          eventOf(context, { ...deed, outcome: 'failure', failureCode: error.code }),
        );
      throw error;
    }
  }

  /** What `commit` would do: `check` is the change's own and changes nothing, and what comes of it is on record as a dry run. */
  async rehearse(context: Context, deed: Deed, check: (manager: EntityManager) => Promise<Foreseen>): Promise<DryRun> {
    const { tenantId } = context;
    const ended = await tried(() => withTenant(this.dataSource, tenantId, check));
    await this.outcomes.commit(undecided(tenantId), rehearsedEvent(context, deed, ended));
    return rehearsed(deed, ended, { keyId: deed.keyId });
  }
}

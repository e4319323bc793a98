import { AnkaError, type AuditEvent, monotonicNow } from '@ankasecure/contracts';
import { Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Custody } from '../custody/custody.js';
import { type Intent, Intents } from './intent.js';

/** Time limit for the HSM to destroy an object, in milliseconds. */
const budgetMs = 30_000;

/** Meanwhile the intent was ended, or another worker claimed it. */
class Lost extends Error {}

/** Destroys HSM objects that an intent names: first the object, then record, event and the intent's end in one commit. */
@Injectable()
export class ObjectDestroyer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly intents: Intents,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Destroys an object that is on record. If that fails, the intent is left to the reconciler.
   * @param begin as in `Intents.beginDestroying`
   * @param record writes the end of the destruction and returns the event to seal
   * @throws AnkaError as `Intents.beginDestroying`, and custody's errors
   */
  async destroyRecorded(
    object: Pick<Intent, 'owner' | 'objectId'>,
    begin: (manager: EntityManager) => Promise<AuditEvent | undefined>,
    record: (manager: EntityManager, intent: Intent, begun: AuditEvent) => Promise<AuditEvent>,
  ): Promise<void> {
    const begun = await this.intents.beginDestroying(object, begin);
    if (begun === undefined) return;
    const { intent, event } = begun;
    try {
      await this.destroy(intent, (manager) => record(manager, intent, event));
    } catch (error) {
      await this.intents.abandon(intent);
      throw error;
    } finally {
      this.intents.letGo(intent);
    }
  }

  /**
   * May be repeated after any interruption.
   * @param record writes the end of the destruction and returns the event to seal
   * @returns the number of objects that existed; undefined if the intent now belongs to another worker, and so does the rest
   * of the work
   */
  async destroy(
    intent: Intent,
    record: (manager: EntityManager, destroyed: number) => Promise<AuditEvent>,
  ): Promise<number | undefined> {
    const destroyed = await this.untilGone(intent);
    try {
      await withTenant(this.dataSource, intent.tenantId, async (manager) => {
        const event = await record(manager, destroyed);
        if (!(await this.intents.end(manager, intent))) throw new Lost();
        await this.outbox.write(manager, [event]);
      });
    } catch (error) {
      if (error instanceof Lost) return undefined;
      throw error;
    }
    this.outbox.committed(1);
    return destroyed;
  }

  /** Looks for the object again after it was destroyed, so that the record states what was observed. */
  private async untilGone({ owner, objectId }: Intent): Promise<number> {
    const budget = { deadline: monotonicNow() + budgetMs };
    const destroyed = await this.custody.destroy(budget, owner, objectId);
    if (destroyed === 0) return 0;
    const left = await this.custody.destroy(budget, owner, objectId);
    if (left > 0) throw new AnkaError('hsm-error', 'An object existed again after it was destroyed');
    return destroyed;
  }
}

import { AnkaError, type AuditEvent, type Context, monotonicNow, onRecord } from '@ankasecure/contracts';
import { asAnkaError, Logger, Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Custody, type ObjectOwner, StillRunning } from '../custody/custody.js';
import { failureCodeOf } from '../outcome/event.js';
import { type Intent, Intents } from './intent.js';

export interface Making<Made> {
  /** Whose object it will be. Its CKA_ID binds the owner. */
  readonly owner: ObjectOwner;
  /** The reported event; `success` unless something fails. */
  readonly event: AuditEvent;
  /** Makes the object in the HSM under this CKA_ID. */
  readonly make: (objectId: Uint8Array) => Promise<Made>;
  /**
   * Writes the record in the transaction that also ends the intent and reports the outcome.
   * @returns false if its decision no longer holds; nothing is kept, and the object is destroyed
   */
  readonly record: (manager: EntityManager, objectId: Uint8Array, made: Made) => Promise<boolean>;
  /** Reports any outcome that is more than an event, in the transaction that ends the intent. @returns as `record` */
  readonly report?: ((manager: EntityManager, event: AuditEvent, outbox: Outbox) => Promise<boolean>) | undefined;
}

type Reported = Pick<Making<unknown>, 'event' | 'report'>;

/** Time limit for cleaning up after a failure, in milliseconds, independent of the caller's deadline. */
const cleanUpMs = 10_000;

/** The decision no longer holds. */
class Outdated extends Error {}

/**
 * Makes HSM objects so that none ever lacks both a record and an intent: first the intent, then the object, then record,
 * outcome and the intent's end in one commit. The HSM is never called inside a transaction.
 */
@Injectable()
export class ObjectMaker {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly intents: Intents,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  /** @returns undefined if the decision was outdated and must be made again */
  async make<Made>(context: Context, making: Making<Made>): Promise<Made | undefined> {
    const intent = await this.intents.begin(context, making.owner, making.event);
    const { objectId } = intent;
    try {
      const made = await making.make(objectId);
      await this.commit(intent, making, (manager) => making.record(manager, objectId, made));
      this.intents.letGo(intent);
      return made;
    } catch (thrown) {
      return this.afterFailure(intent, making, thrown);
    }
  }

  private async commit(
    intent: Intent,
    making: Reported,
    record: (manager: EntityManager) => Promise<boolean>,
  ): Promise<void> {
    await withTenant(this.dataSource, intent.tenantId, async (manager) => {
      // The intent's row is locked until the commit, so other readers of the row wait for the outcome.
      if (!(await this.intents.end(manager, intent)))
        throw new AnkaError('hsm-unavailable', 'The call was given up while it ran. Try again.');
      if (!(await record(manager))) throw new Outdated();
      if (!(await this.report(manager, making))) throw new Outdated();
    });
    this.outbox.committed(1);
  }

  private async report(manager: EntityManager, { event, report }: Reported): Promise<boolean> {
    if (report !== undefined) return report(manager, event, this.outbox);
    await this.outbox.write(manager, [event]);
    return true;
  }

  private async afterFailure(intent: Intent, { event, report }: Reported, thrown: unknown): Promise<undefined> {
    const failure = thrown instanceof Outdated ? undefined : asAnkaError(thrown);
    const failed = failure && { ...event, outcome: 'failure' as const, failureCode: failureCodeOf(failure) };
    if (failure?.cause instanceof StillRunning) {
      // The HSM may still make the object. The intent stays until the HSM has answered or this worker is dead.
      void failure.cause.ended.then(() => this.finish(intent, failed && { event: failed }));
      throw failure;
    }
    const hindrance = await this.finish(intent, failed && { event: failed, report });
    if (hindrance instanceof Outdated) return undefined;
    if (hindrance !== undefined)
      throw new AnkaError(
        'hsm-unavailable',
        'The HSM or the database failed during the operation. Unfinished objects will be cleaned up.',
        { cause: hindrance },
      );
    if (failure !== undefined) throw onRecord(failure);
    return undefined;
  }

  /**
   * Cleans up after a failure, or leaves that to the reconciler. Either way this maker is done.
   * @returns the error that prevented cleaning up; `Outdated` if it succeeded and the failure is not reported
   */
  private async finish(intent: Intent, failed: Reported | undefined): Promise<Error | undefined> {
    try {
      return (await this.undo(intent, failed)) ? undefined : new Outdated();
    } catch (cause) {
      await this.leave(intent, cause as Error);
      return cause as Error;
    } finally {
      this.intents.letGo(intent);
    }
  }

  /**
   * Destroys the object if it was made, and reports the failure. An object that is on record stays.
   * @returns false if the failed call's decision no longer holds; nothing is reported
   */
  private async undo(intent: Intent, failed: Reported | undefined): Promise<boolean> {
    const { recorded } = await this.intents.standing(intent);
    if (recorded) throw new AnkaError('hsm-unavailable', 'The object was recorded, but its commit was not confirmed');
    await this.custody.destroy({ deadline: monotonicNow() + cleanUpMs }, intent.owner, intent.objectId);
    const reported = await withTenant(this.dataSource, intent.tenantId, async (manager) => {
      // If the reconciler was faster, it has sealed the outcome as unknown. Nothing is reported twice.
      if (!(await this.intents.end(manager, intent)) || failed === undefined) return undefined;
      return this.report(manager, failed);
    });
    if (reported === true) this.outbox.committed(1);
    return reported !== false;
  }

  /** Leaves the clean-up to the reconciler. */
  private async leave(intent: Intent, cause: Error): Promise<void> {
    this.log.warn({ reason: cause.message }, 'left an unfinished object to the reconciler');
    await this.intents.abandon(intent);
  }
}

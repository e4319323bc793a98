import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEvent } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Custody } from '../custody/custody.js';
import { Lease } from '../lease/lease.js';
import { ObjectDestroyer } from '../object/destroy-object.js';
import type { IntentKind } from '../object/intent.entity.js';
import { type Intent, Intents, type OpenIntent } from '../object/intent.js';
import { recordKekDestroyed } from '../object/record-kek-destroyed.js';
import { recordDestroyed } from './due/record-destroyed.js';

/** Records the end of an intent whose object no longer exists. @returns the event to seal */
type Ending = (manager: EntityManager, intent: Intent, begun: AuditEvent, destroyed: number) => Promise<AuditEvent>;

/** A making whose result is unknown is sealed as such. A destruction is sealed with the event it began with. */
const endings: Readonly<Record<IntentKind, Ending>> = {
  make: async (_manager, _intent, begun, destroyed) => {
    const details = { ...begun.details, objectsDestroyed: String(destroyed) };
    return { ...begun, outcome: 'unknown', failureCode: 'worker-lost', details };
  },
  // An event without a key is a KEK's.
  destroy: (manager, intent, begun) =>
    (begun.keyId === null ? recordKekDestroyed : recordDestroyed)(manager, intent, begun),
};

const everyMs = 10_000;
/** The longest time that a worker's start waits for the first round, in milliseconds. */
const patienceMs = 5_000;

/**
 * Ends the intents of dead workers, and those that this worker could not end. It destroys the HSM object if it exists: that
 * completes a destruction, and a making is sealed as `unknown`. It runs at start and every ten seconds while the HSM is
 * healthy. Several workers may run it, since each intent is claimed by one of them. An intent that cannot be ended now is
 * given back, and delays neither the others nor a worker's start.
 */
@Injectable()
export class Reconciler implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly custody: Custody,
    private readonly intents: Intents,
    private readonly lease: Lease,
    private readonly destroyer: ObjectDestroyer,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.start();
  }

  onModuleDestroy(): void {
    this.halt();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Resolves after the first round, or after `firstMs` milliseconds while the round continues in the background. */
  async start(firstMs = patienceMs): Promise<void> {
    const begin = (): void => {
      this.round ??= this.run().finally(() => {
        this.round = undefined;
      });
    };
    this.stopping = false;
    begin();
    this.timer = setInterval(begin, everyMs);
    await Promise.race([this.round, delay(firstMs, undefined, { ref: false })]);
  }

  /** Ends no further intent. */
  private halt(): void {
    this.stopping = true;
    clearInterval(this.timer);
  }

  /** Resolves when the intent under way has ended. The next worker ends the others. */
  async stop(): Promise<void> {
    this.halt();
    await this.round;
  }

  private async run(): Promise<void> {
    if (!this.mayGoOn()) return;
    await this.trying(async () => {
      for (const [lease, intents] of Map.groupBy(await this.intents.open(), (intent) => intent.lease)) {
        const endAll = async (): Promise<void> => {
          for (const intent of intents) if (this.mayGoOn()) await this.trying(() => this.end(intent));
        };
        await this.trying(async () =>
          lease === (await this.lease.number()) ? endAll() : this.lease.ifDead(lease, endAll),
        );
      }
    });
  }

  private mayGoOn(): boolean {
    return !this.stopping && this.custody.healthy();
  }

  private async trying(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'reconciliation failed and will be tried again');
    }
  }

  private async end({ tenantId, objectId, lease }: OpenIntent): Promise<void> {
    // This process ends its own intents itself, under its lease or under one that it lost.
    if (this.intents.isUnderWay({ objectId })) return;
    // The intent is claimed first. A worker that was assumed dead can no longer commit its record, or has already done so.
    const intent = await this.intents.claim({ tenantId, objectId, lease });
    if (intent === undefined) return;
    try {
      await this.endClaimed(intent, intent.kind, JSON.parse(intent.event) as AuditEvent);
    } catch (error) {
      await this.intents.abandon(intent);
      throw error;
    }
  }

  private async endClaimed(intent: Intent, kind: IntentKind, begun: AuditEvent): Promise<void> {
    const destroyed = await this.destroyer.destroy(intent, (manager, count) =>
      endings[kind](manager, intent, begun, count),
    );
    if (destroyed === undefined) return;
    this.log.warn(
      { operation: begun.operation, correlationId: begun.correlationId, destroyed },
      'reconciled an orphaned intent',
    );
  }
}

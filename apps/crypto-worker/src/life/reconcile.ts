import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEvent } from '@ankasecure/contracts';
import type { Logger } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody } from '../custody/custody.js';
import type { Lease } from '../lease/lease.js';
import type { ObjectDestroyer } from '../object/destroy-object.js';
import type { IntentKind } from '../object/intent.entity.js';
import type { Intent, Intents } from '../object/intent.js';
import { recordKekDestroyed } from '../object/record-destroyed.js';
import { recordDestroyed } from './destroy-due.js';

interface OpenIntent {
  readonly tenant_id: string;
  readonly object_id: Buffer;
  readonly kind: IntentKind;
  readonly lease: string;
  readonly event: string;
}

/** Writes how an intent ended whose object is gone. @returns what is sealed of it */
type Ending = (manager: EntityManager, intent: Intent, begun: AuditEvent, destroyed: number) => Promise<AuditEvent>;

/** Nobody can say how a making ended; a destruction ends as it was begun. */
const endings: Readonly<Record<IntentKind, Ending>> = {
  make: async (_manager, _intent, begun, destroyed) => {
    const details = { ...begun.details, objectsDestroyed: String(destroyed) };
    return { ...begun, outcome: 'unknown', failureCode: 'worker-lost', details };
  },
  // Of a key's version, or of a KEK, which is no key's.
  destroy: (manager, intent, begun) =>
    (begun.keyId === null ? recordKekDestroyed : recordDestroyed)(manager, intent, begun),
};

const everyMs = 10_000;
/** Longest that a worker's start waits for the first round, in milliseconds. */
const patienceMs = 5_000;

/**
 * Ends what dead workers began and what this one could not end: the HSM object, should there be one, is destroyed. That is
 * the end of a destruction; what was being made is sealed as `unknown`. Runs at start and every ten seconds while the HSM is well; several workers may, since each
 * intent is claimed by one of them. An intent that cannot be ended now is given back, keeps nobody from the others, and no
 * worker from its start.
 */
export class Reconciler {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly intents: Intents,
    private readonly lease: Lease,
    private readonly destroyer: ObjectDestroyer,
    private readonly log: Logger,
  ) {}

  /** Resolves after the first round, which goes on in the background where it takes longer than `firstMs` milliseconds. */
  async start(partition: string, firstMs = patienceMs): Promise<void> {
    const begin = (): void => {
      this.round ??= this.run(partition).finally(() => {
        this.round = undefined;
      });
    };
    this.stopping = false;
    begin();
    this.timer = setInterval(begin, everyMs);
    await Promise.race([this.round, delay(firstMs, undefined, { ref: false })]);
  }

  /** Resolves when the intent that is being ended is ended; the others are left to the next worker. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.round;
  }

  private async run(partition: string): Promise<void> {
    if (!this.mayGoOn()) return;
    await this.trying(async () => {
      const open = await this.dataSource.query<OpenIntent[]>('SELECT * FROM open_intents($1)', [partition]);
      for (const [lease, intents] of Map.groupBy(open, (intent) => intent.lease)) {
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

  private async end({ tenant_id: tenantId, object_id: objectId, kind, lease, event }: OpenIntent): Promise<void> {
    // What this process is at it ends itself, be it under its lease or under one that it lost.
    if (this.intents.isUnderWay({ objectId })) return;
    // Claimed first: a worker that was taken for dead can commit its record no more, or has done so already.
    const intent = await this.intents.claim({ tenantId, objectId, lease });
    if (intent === undefined) return;
    try {
      await this.endClaimed(intent, kind, JSON.parse(event) as AuditEvent);
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

import type { AuditEvent } from '@ankasecure/contracts';
import { type Logger, type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { Custody } from '../custody/custody.js';
import type { Intents } from './intent.js';
import type { Lease } from './lease.js';

interface OpenIntent {
  readonly tenant_id: string;
  readonly object_id: Buffer;
  readonly lease: string;
  readonly event: string;
}

const everyMs = 10_000;
const destroyBudgetMs = 30_000;

/**
 * Ends what dead workers began: the HSM object, should there be one, is destroyed, and the outcome is sealed as `unknown`.
 * Runs at start and every ten seconds; several workers may, since each intent is claimed by one of them. An intent that
 * cannot be ended now keeps nobody from the others, and no worker from its start.
 */
export class Reconciler {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly intents: Intents,
    private readonly lease: Lease,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  async start(partition: string): Promise<void> {
    await this.run(partition);
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.run(partition));
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async run(partition: string): Promise<void> {
    await this.trying(async () => {
      const open = await this.dataSource.query<OpenIntent[]>('SELECT * FROM open_intents($1)', [partition]);
      for (const [lease, intents] of Map.groupBy(open, (intent) => intent.lease))
        await this.trying(() =>
          this.lease.ifDead(lease, async () => {
            for (const intent of intents) await this.trying(() => this.end(intent));
          }),
        );
    });
  }

  private async trying(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'reconciliation will be tried again');
    }
  }

  private async end({ tenant_id: tenantId, object_id: objectId, lease, event }: OpenIntent): Promise<void> {
    const begun = JSON.parse(event) as AuditEvent;
    // Claimed first: a worker that was taken for dead can commit its record no more, or has done so already.
    const intent = await this.intents.claim({ tenantId, objectId, lease });
    if (intent === undefined) return;
    const { value: destroyed } = await this.custody.destroy({ deadline: Date.now() + destroyBudgetMs }, objectId);
    const ended = await withTenant(this.dataSource, tenantId, async (manager) => {
      if (!(await this.intents.end(manager, intent))) return false;
      const details = { ...begun.details, objectsDestroyed: String(destroyed) };
      await this.outbox.write(manager, [{ ...begun, outcome: 'unknown', failureCode: 'worker-lost', details }]);
      return true;
    });
    if (!ended) return;
    this.outbox.committed(1);
    this.log.warn(
      { operation: begun.operation, correlationId: begun.correlationId, destroyed },
      'an orphaned intent was reconciled',
    );
  }
}

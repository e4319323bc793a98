import { BoundedClient, connectionOf, type Logger, type ServiceConfig } from '@ankasecure/service-kit';
import type { Custody } from '../custody/custody.js';
import type { KeyStore } from '../key/key-store.js';

/** Between tries to listen again, in milliseconds. */
const pauseMs = 1_000;

/**
 * Takes wrapped keys out of this worker's lanes when any worker has suspended, revoked, destroyed or wrapped them again:
 * PostgreSQL tells everybody in the commit that changes a version. Of a version that is used up and followed, which keeps its
 * revision, the worker's copy goes. What was told while nobody listened is not known, so all
 * of them go when listening begins anew.
 */
export class ForgetUnwrapped {
  private client: BoundedClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly config: ServiceConfig['database'],
    private readonly custody: Pick<Custody, 'forgetUnwrapped'>,
    private readonly keys: Pick<KeyStore, 'forget' | 'forgetAll'>,
    private readonly log: Logger,
  ) {}

  /** Resolves when this worker listens, or has failed to and will try again. */
  async start(partition: string): Promise<void> {
    const client = new BoundedClient(connectionOf(this.config, 'ankasecure-unwrapped'));
    this.client = client;
    client.on('error', (error) => this.again(partition, client, error));
    client.on('end', () => this.again(partition, client, new Error('the connection ended')));
    client.on('notification', ({ payload = '' }) => this.forget(partition, payload.split(' ')));
    try {
      await client.connect();
      await client.query('LISTEN unwrapped_key');
      this.forgetAll();
    } catch (error) {
      this.again(partition, client, error as Error);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end();
  }

  private forget(partition: string, [where, objectId = '', tenantId = '', keyId = '']: readonly string[]): void {
    this.keys.forget(tenantId, keyId);
    if (where === partition) this.custody.forgetUnwrapped([Buffer.from(objectId, 'hex')]);
  }

  private forgetAll(): void {
    this.keys.forgetAll();
    this.custody.forgetUnwrapped('all');
  }

  private again(partition: string, client: BoundedClient, { message }: Error): void {
    if (this.client !== client) return;
    this.client = undefined;
    void client.end().catch(() => undefined);
    if (this.stopped) return;
    this.log.warn({ reason: message }, 'lost the notifications about wrapped keys; trying again');
    this.forgetAll();
    this.timer = setTimeout(() => void this.start(partition), pauseMs);
  }
}

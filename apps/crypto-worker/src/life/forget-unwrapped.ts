import { BoundedClient, connectionOf, DatabaseConfig, Logger } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Custody } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';
import { KeyStore } from '../key/key-store.js';
import { listenForUnwrapped } from './unwrapped-key.sql.js';

/** The pause before listening again, in milliseconds. */
const pauseMs = 1_000;

/**
 * Removes wrapped keys from this worker's lanes after any worker has suspended, revoked, destroyed or rewrapped them.
 * PostgreSQL notifies every worker in the commit that changes a version. A used-up version that is replaced keeps its
 * revision, so the worker drops its copy as well. Notifications are lost while nobody listens, so all keys are removed
 * whenever listening restarts.
 */
@Injectable()
export class ForgetUnwrapped implements OnApplicationBootstrap, OnApplicationShutdown {
  private client: BoundedClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly config: DatabaseConfig,
    private readonly partition: Partition,
    private readonly custody: Custody,
    private readonly keys: KeyStore,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Resolves when this worker listens, or has failed to and will retry. */
  async start(): Promise<void> {
    const client = new BoundedClient(connectionOf(this.config, 'ankasecure-unwrapped'));
    this.client = client;
    client.on('error', (error) => this.again(client, error));
    client.on('end', () => this.again(client, new Error('the connection ended')));
    client.on('notification', ({ payload = '' }) => this.forget(payload.split(' ')));
    try {
      await client.connect();
      await client.query(listenForUnwrapped);
      this.forgetAll();
    } catch (error) {
      this.again(client, error as Error);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end();
  }

  private forget([where, objectId = '', tenantId = '', keyId = '']: readonly string[]): void {
    this.keys.forget(tenantId, keyId);
    if (where === this.partition.name) this.custody.forgetUnwrapped([Buffer.from(objectId, 'hex')]);
  }

  private forgetAll(): void {
    this.keys.forgetAll();
    this.custody.forgetUnwrapped('all');
  }

  private again(client: BoundedClient, { message }: Error): void {
    if (this.client !== client) return;
    this.client = undefined;
    void client.end().catch(() => undefined);
    if (this.stopped) return;
    this.log.warn({ reason: message }, 'lost the notifications about wrapped keys; trying again');
    this.forgetAll();
    this.timer = setTimeout(() => void this.start(), pauseMs);
  }
}

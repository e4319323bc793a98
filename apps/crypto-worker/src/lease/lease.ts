import { randomInt } from 'node:crypto';
import { BoundedClient, connectionOf, DatabaseConfig, Logger } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { lock, tryLock, tryLockName, unlock, unlockName } from './lease.sql.js';

/**
 * A worker's lease: a session-level advisory lock. PostgreSQL releases it when the worker's connection ends. Intents carry
 * its number, so a worker that gets the lock of an intent knows that the intent's holder is dead. No clocks are used.
 */
@Injectable()
export class Lease implements OnApplicationShutdown {
  private held: { client: BoundedClient; number: string } | undefined;
  private taking: Promise<string> | undefined;

  constructor(
    private readonly config: DatabaseConfig,
    private readonly log: Logger,
  ) {}

  /** Returns the number of the lock that this worker holds. A lost lock is replaced by one with a new number. */
  async number(): Promise<string> {
    if (this.held !== undefined) return this.held.number;
    this.taking ??= this.take().finally(() => {
      this.taking = undefined;
    });
    return this.taking;
  }

  /** Runs `work` if the worker that holds `number` is dead. @returns false if it is alive */
  async ifDead(number: string, work: () => Promise<void>): Promise<boolean> {
    await this.number();
    const client = this.held?.client;
    if (client === undefined || number === this.held?.number) return false;
    const { rows } = await client.query<{ locked: boolean }>(tryLock, [number]);
    if (rows[0]?.locked !== true) return false;
    try {
      await work();
      return true;
    } finally {
      await client.query(unlock, [number]);
    }
  }

  /** Runs `work` unless another worker holds this name. @returns false if one does */
  async alone(name: string, work: () => Promise<void>): Promise<boolean> {
    await this.number();
    const client = this.held?.client;
    if (client === undefined) return false;
    const { rows } = await client.query<{ locked: boolean }>(tryLockName, [name]);
    if (rows[0]?.locked !== true) return false;
    try {
      await work();
      return true;
    } finally {
      await client.query(unlockName, [name]);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.release();
  }

  async release(): Promise<void> {
    const client = this.held?.client;
    this.held = undefined;
    await client?.end();
  }

  private async take(): Promise<string> {
    const client = new BoundedClient(connectionOf(this.config, 'ankasecure-lease'));
    client.on('error', (error) => {
      this.log.warn({ reason: error.message }, 'lost the lease; the next use takes a new one');
      if (this.held?.client === client) this.held = undefined;
    });
    await client.connect();
    const number = String(randomInt(1, 2 ** 48 - 1));
    await client.query(lock, [number]);
    this.held = { client, number };
    return number;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '../logging/logger.js';
import { RetriedFailure } from '../logging/retried-failure.js';
import { OutboxProof } from '../outbox/outbox-proof.js';
import { RecordAuthority } from './record-authority.js';

/** The pause between two attempts, in milliseconds. */
const pauseMs = 1_000;
/** The longest time by which a start waits for the key, in milliseconds. */
const patienceMs = 2_000;

/**
 * Gets the key with which this process proves its audit events. Until it has the key, nothing that must be recorded commits. It
 * keeps the key, so it needs no worker again.
 */
@Injectable()
export class OpenOutbox implements OnModuleInit, OnApplicationShutdown {
  private stopped = false;
  private readonly failure: RetriedFailure;

  constructor(
    private readonly authority: RecordAuthority,
    private readonly proof: OutboxProof,
    log: Logger,
  ) {
    this.failure = new RetriedFailure(log, {
      failed: 'no key yet to prove audit events; trying again',
      over: 'has the key to prove audit events',
    });
  }

  /** A service that comes up beside its workers has its key when it serves. Without workers it starts all the same. */
  async onModuleInit(): Promise<void> {
    await Promise.race([this.run(), delay(patienceMs, undefined, { ref: false })]);
  }

  onApplicationShutdown(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    while (!this.proof.isOpen && !this.stopped)
      try {
        this.proof.open(await this.authority.outboxKey(this.proof.process));
        this.failure.succeeded();
      } catch (error) {
        this.failure.failed(error as Error);
        await delay(pauseMs, undefined, { ref: false });
      }
  }
}

import { createHmac } from 'node:crypto';
import { BoundedClient, connectionOf, DatabaseConfig } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Partition } from '../partition.js';
import { findRefusedPin, noteRefusedPin } from './refused-pin.sql.js';

/** The key of fingerprints. All workers of a partition have the same. */
export class FingerprintKey {
  constructor(readonly secret: string) {}
}

/**
 * The PINs that the partition's token has refused. A token counts wrong PINs and locks itself after a few, and a supervisor
 * starts a process again as often as it ends. So a refused PIN is never tried again, by any worker of the partition.
 */
@Injectable()
export class RefusedPins {
  constructor(
    private readonly database: DatabaseConfig,
    private readonly partition: Partition,
    private readonly key: FingerprintKey,
  ) {}

  /** @returns when the configured PIN was refused, in UTC, or undefined. @throws any error of the database */
  refusedAt(): Promise<string | undefined> {
    return this.ask(async (client) => {
      const { rows } = await client.query<{ at: string }>(findRefusedPin, [this.partition.name, this.fingerprint()]);
      return rows[0]?.at;
    });
  }

  /** @throws any error of the database */
  async note(): Promise<void> {
    await this.ask((client) => client.query(noteRefusedPin, [this.partition.name, this.fingerprint()]));
  }

  private fingerprint(): Buffer {
    const { name, hsm } = this.partition;
    const { libraryPath, slotIndex, tokenLabel = '', tokenSerial = '', pin } = hsm;
    return createHmac('sha256', `refused-pin:${this.key.secret}`)
      .update(JSON.stringify([name, libraryPath, slotIndex, tokenLabel, tokenSerial, pin]))
      .digest();
  }

  private async ask<Answer>(question: (client: BoundedClient) => Promise<Answer>): Promise<Answer> {
    const client = new BoundedClient(connectionOf(this.database, 'ankasecure-refused-pins'));
    try {
      await client.connect();
      return await question(client);
    } finally {
      await client.end();
    }
  }
}

import { AnkaError } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { KeyVersion } from '../../key/key-version.js';
import { reserveInvocations } from './gcm-reservation.sql.js';

/** The most invocations of AES-GCM under one key with random 96-bit IVs: SP 800-38D §8.3. */
export const gcmLimit = 2 ** 32;
const block = 65_536;

/**
 * Counts the GCM invocations of keys that encrypt directly (`dir`), durably and without a write per call. Each worker
 * reserves a block in the database before it uses any of it. A worker that dies forfeits the rest of its block.
 */
@Injectable()
export class GcmReservation {
  private readonly left = new Map<string, number>();
  private readonly reserving = new Map<string, Promise<void>>();

  constructor(private readonly dataSource: DataSource) {}

  /** Takes one invocation. @throws AnkaError `key-exhausted` at the limit */
  async take(key: KeyVersion): Promise<void> {
    const name = `${key.keyId}.${key.version}`;
    for (;;) {
      const left = this.left.get(name) ?? 0;
      if (left > 0) {
        this.left.set(name, left - 1);
        return;
      }
      let reserving = this.reserving.get(name);
      if (reserving === undefined) {
        reserving = this.reserve(key, name).finally(() => this.reserving.delete(name));
        this.reserving.set(name, reserving);
      }
      await reserving;
    }
  }

  private async reserve(key: KeyVersion, name: string): Promise<void> {
    const reserved = await withTenant(this.dataSource, key.tenantId, (manager) =>
      reserveInvocations(manager, key, block, gcmLimit),
    );
    if (!reserved) throw new AnkaError('key-exhausted', 'This key has encrypted 2^32 messages. Create a new key.');
    this.left.set(name, (this.left.get(name) ?? 0) + block);
  }
}

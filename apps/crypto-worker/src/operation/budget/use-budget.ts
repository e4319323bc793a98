import { AnkaError, type Context } from '@ankasecure/contracts';
import { insertIfAbsent, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { assertInTime } from '../../deadline/assert-in-time.js';
import { type GrantedVersion, KeyStore } from '../../key/key-store.js';
import type { KeyVersion } from '../../key/key-version.js';
import { RotateKey } from '../../making/rotate-key.js';
import { GcmReservation } from './gcm-reservation.js';
import { UseReservationRecord } from './use-reservation.entity.js';

/** A worker reserves one of this many shares of `maxUses` at a time. It forfeits little if it dies, and writes rarely. */
const shares = 64;
const largestBlock = 65_536;

export const blockOf = (maxUses: number): number => Math.min(largestBlock, Math.max(1, Math.floor(maxUses / shares)));

/** AES-GCM limits keys that encrypt directly (`dir`), whatever their policy says. */
const isDirect = ({ algs }: KeyVersion): boolean => algs[0] === 'dir';

/**
 * Counts the remaining uses of versions. Uses are reserved durably, in blocks, before they are used, so that no version is
 * used too often even if a worker dies. If no use is left, a new version replaces the old one at once.
 */
@Injectable()
export class UseBudget {
  private readonly left = new Map<string, number>();
  private readonly reserving = new Map<string, Promise<void>>();
  private readonly rotating = new Map<string, Promise<unknown>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly gcm: GcmReservation,
    private readonly keys: KeyStore,
    private readonly rotator: RotateKey,
  ) {}

  /** Tells whether the key has a limit. If it has none, no use has to be taken. */
  bounds(key: KeyVersion): boolean {
    return key.maxUses !== null || isDirect(key);
  }

  /**
   * Takes one use of `key`, or of the version that replaces it.
   * @throws AnkaError `key-exhausted` if no version may replace it, `deadline-exceeded` if other requests were always faster
   */
  async take(context: Context, key: GrantedVersion): Promise<GrantedVersion> {
    let current = key;
    for (;;) {
      try {
        await this.takeOf(current);
        return current;
      } catch (error) {
        if (!(error instanceof AnkaError && error.code === 'key-exhausted')) throw error;
        assertInTime(context);
        // Other requests may use up the next version before this request's turn.
        current = await this.follow(context, current, error);
      }
    }
  }

  private async takeOf(key: KeyVersion): Promise<void> {
    if (isDirect(key)) await this.gcm.take(key);
    if (key.maxUses === null) return;
    const name = `${key.keyId}.${key.version}/${key.maxUses}`;
    for (;;) {
      const left = this.left.get(name) ?? 0;
      if (left > 0) {
        this.left.set(name, left - 1);
        return;
      }
      await shared(this.reserving, name, () => this.reserve(key, key.maxUses ?? 0, name));
    }
  }

  private async reserve({ tenantId, keyId, version }: KeyVersion, maxUses: number, name: string): Promise<void> {
    const granted = await withTenant(this.dataSource, tenantId, async (manager) => {
      const key = { tenantId, keyId, version };
      await insertIfAbsent(manager, UseReservationRecord, { ...key, reserved: 0 }, 'version');
      const held = await manager.findOneOrFail(UseReservationRecord, {
        where: key,
        lock: { mode: 'pessimistic_write' },
      });
      const block = Math.min(blockOf(maxUses), maxUses - held.reserved);
      if (block > 0) await manager.increment(UseReservationRecord, key, 'reserved', block);
      return block;
    });
    if (granted <= 0) throw new AnkaError('key-exhausted', `This version has reached its limit of ${maxUses} uses`);
    this.left.set(name, (this.left.get(name) ?? 0) + granted);
  }

  private async follow(
    { resourceId: _, ifMatch: __, ifNoneMatch: ___, ...context }: Context,
    { tenantId, keyId, version }: KeyVersion,
    exhausted: AnkaError,
  ): Promise<GrantedVersion> {
    const rotation = { id: keyId, expectedVersion: version, trigger: 'uses' } as const;
    try {
      await shared(this.rotating, `${keyId}.${version}`, async () => {
        await this.rotator.rotate(context, rotation);
        this.keys.forget(tenantId, keyId);
      });
    } catch (error) {
      if (error instanceof AnkaError && error.retryable) throw error;
      throw new AnkaError('key-exhausted', `${exhausted.detail}, and a new version cannot be created now`, {
        cause: error,
      });
    }
    return this.keys.find(tenantId, keyId, null);
  }
}

/** Runs one piece of work per name at a time. A caller that arrives while it runs waits for it. */
const shared = <Result>(
  running: Map<string, Promise<Result>>,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  const under = running.get(name);
  if (under !== undefined) return under;
  const begun = work().finally(() => running.delete(name));
  running.set(name, begun);
  return begun;
};

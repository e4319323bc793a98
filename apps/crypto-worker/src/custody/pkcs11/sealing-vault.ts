import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../deadline/deadline.js';
import type { WrappedKey, Wrapping } from '../custody.js';
import type { DataKey, Vault } from '../software/vault.js';
import { objectClass } from './cryptoki/attribute.js';
import { platformShapes } from './job/key-shape.js';
import { assertKekInUse } from './locate/locators.js';
import { part, wrappedIn } from './reply.js';
import { headerOf } from './session/locator.js';
import type { TokenRuntime } from './token/token-runtime.js';
import { objectUri } from './uri.js';
import { ivBytes, tagBytes } from './use/gcm.js';

const shape = platformShapes.seal;

/** Makes, wraps and unwraps data keys as wrapped custody does. */
export class SealingVault implements Vault {
  constructor(private readonly runtime: TokenRuntime) {}

  /** Data keys need the same token mechanisms as wrapped keys for `dir`. */
  async able(budget: Deadline): Promise<boolean> {
    return (await this.runtime.wrappedCapabilities.of(budget, 'AES-256', 'encrypt')).algs.includes('dir');
  }

  knownUnable(): boolean {
    const { excluded } = this.runtime.wrappedCapabilities.now('AES-256', 'encrypt');
    return excluded.some(({ alg, code }) => alg === 'dir' && code !== 'self-test-pending');
  }

  async makeDataKey(budget: Deadline, wrapping: Wrapping): Promise<WrappedKey> {
    const { kek, blobMac } = this.runtime.locators.wrappersOf(wrapping);
    const parts = [headerOf(wrapping, shape), kek, blobMac];
    const reply = await this.runtime.call(budget, 'generate-wrapped', 0, parts);
    return wrappedIn(reply);
  }

  async seal(budget: Deadline, key: DataKey, aad: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
    const reply = await this.runtime.call(budget, 'seal-gcm', 0, [this.locatorOf(key), aad, plaintext]);
    return Buffer.concat([part(reply, 0), part(reply, 1), part(reply, 2)]);
  }

  async open(budget: Deadline, key: DataKey, aad: Uint8Array, sealed: Uint8Array): Promise<Uint8Array> {
    // Some tokens call a short IV an error of the caller, not bad data.
    if (sealed.length < ivBytes + tagBytes) throw this.runtime.refused('open-gcm');
    const [iv, ciphertext, tag] = [
      sealed.subarray(0, ivBytes),
      sealed.subarray(ivBytes, -tagBytes),
      sealed.subarray(-tagBytes),
    ];
    const parts = [this.locatorOf(key), iv, ciphertext, tag, aad];
    try {
      const reply = await this.runtime.call(budget, 'open-gcm', 0, parts);
      return part(reply, 0);
    } catch (error) {
      throw error instanceof AnkaError && error.code === 'decryption-failed' ? this.runtime.refused('open-gcm') : error;
    }
  }

  async rewrap(budget: Deadline, key: DataKey, to: Wrapping): Promise<WrappedKey> {
    const { kek, blobMac } = this.runtime.locators.wrappersOf(to);
    const parts = [this.runtime.locators.ofWrapped(key, shape), headerOf(to, shape), kek, blobMac];
    const reply = await this.runtime.call(budget, 'rewrap', 0, parts);
    return wrappedIn(reply);
  }

  /** @throws AnkaError `kek-retired` */
  private locatorOf(key: DataKey): Uint8Array {
    assertKekInUse(key.wrapped.wrapping);
    return this.runtime.locators.ofWrapped(key, shape);
  }

  uri({ kek }: Wrapping): string {
    return objectUri(this.runtime.identity, kek, objectClass.secret);
  }
}

import { randomBytes } from 'node:crypto';
import type { Handle, PKCS11 } from 'pkcs11js';
import { ckrOf } from '../cryptoki/ckr.js';
import { rwSession } from '../cryptoki/mechanism.js';
import { nameIsOf, nameOf, unpackWrapped, type WrappedLocator } from './locator.js';
import { isLost } from './lost-handle.js';
import type { TokenSession } from './token-session.js';

/** The result of unwrapping a key: an object with this CKA_ID, of the session that `session` returns. */
export interface UnwrapTarget {
  readonly id: Buffer;
  readonly session: () => Handle;
}

/** Unwraps a key. */
export type UnwrapInto = (session: TokenSession, into: UnwrapTarget, locator: WrappedLocator) => Handle;

interface Unwrapped {
  readonly handle: Handle;
  readonly id: Buffer;
}

/**
 * The wrapped keys that a lane has unwrapped, the least recently used first. They are objects of a separate session. The
 * lane's other session ends with every failed call; if it held these keys, bad data would remove them. Session objects serve
 * all sessions of a process.
 */
export class UnwrappedKeys {
  private readonly p11: PKCS11;
  private readonly capacity: number;
  private readonly unwrapInto: UnwrapInto;
  private readonly keys = new Map<string, Unwrapped>();
  private cellar: Handle | null = null;

  // A lane's thread runs this source with its types stripped, which does not support parameter properties.
  constructor(p11: PKCS11, capacity: number, unwrapInto: UnwrapInto) {
    this.p11 = p11;
    this.capacity = capacity;
    this.unwrapInto = unwrapInto;
  }

  /** @throws BlobRefused, and the errors of looking up the KEK */
  use(session: TokenSession, locator: Buffer): Handle {
    const name = nameOf(locator);
    const known = this.keys.get(name);
    if (known) {
      this.keys.delete(name);
      this.keys.set(name, known);
      return known.handle;
    }
    while (this.keys.size >= this.capacity && this.keys.size > 0)
      this.drop(session, this.keys.keys().next().value ?? '');
    const key = this.unwrap(session, locator);
    this.keys.set(name, key);
    return key.handle;
  }

  /** Whether the object of this key is gone, or its handle stands for another. */
  hasLost(session: TokenSession, name: string): boolean {
    const key = this.keys.get(name);
    return key !== undefined && isLost(session, key.handle, (id) => key.id.equals(id));
  }

  /** Destroys the unwrapped objects of these keys. C_DestroyObject clears the HSM's memory. */
  forget(session: TokenSession, objectIds: readonly Uint8Array[] | 'all'): void {
    if (objectIds === 'all') return this.close();
    for (const name of [...this.keys.keys()]) if (objectIds.some((id) => nameIsOf(name, id))) this.drop(session, name);
  }

  /** Ends their session, which destroys them. */
  close(): void {
    const cellar = this.cellar;
    this.lose();
    if (!cellar) return;
    try {
      this.p11.C_CloseSession(cellar);
    } catch (error) {
      if (ckrOf(error) === null) throw error;
    }
  }

  /** Forgets them, because the module has ended. */
  lose(): void {
    this.keys.clear();
    this.cellar = null;
  }

  private unwrap(session: TokenSession, locator: Buffer): Unwrapped {
    // The object has an id of its own. Objects with the key's id are objects of the token.
    const id = randomBytes(16);
    try {
      const into: UnwrapTarget = { id, session: () => this.session(session) };
      return { handle: this.unwrapInto(session, into, unpackWrapped(locator)), id };
    } catch (error) {
      // Their session may be at fault, so it is opened again.
      if (session.call === 'C_UnwrapKey') this.close();
      throw error;
    }
  }

  private session(session: TokenSession): Handle {
    if (!this.cellar) {
      session.begin('C_OpenSession', 'own');
      this.cellar = this.p11.C_OpenSession(session.slot, rwSession);
    }
    return this.cellar;
  }

  private drop(session: TokenSession, name: string): void {
    const key = this.keys.get(name);
    this.keys.delete(name);
    if (!key || !this.cellar) return;
    session.begin('C_DestroyObject', 'own');
    try {
      this.p11.C_DestroyObject(this.cellar, key.handle);
    } catch (error) {
      // Closing the session destroys every object that it made.
      this.close();
      throw error;
    }
  }
}

import type { Handle, PKCS11 } from 'pkcs11js';
import { ckrOf } from '../cryptoki/ckr.js';
import { rwSession } from '../cryptoki/mechanism.js';
import { nameIsOf, nameOf, unpackWrapped, type WrappedLocator } from './locator.js';
import type { TokenSession } from './token-session.js';

/** Unwraps a key. @param into returns the session of the resulting object */
export type UnwrapInto = (session: TokenSession, into: () => Handle, locator: WrappedLocator) => Handle;

/**
 * The wrapped keys that a lane has unwrapped, the least recently used first. They are objects of a separate session. The
 * lane's other session ends with every failed call; if it held these keys, bad data would remove them. Session objects serve
 * all sessions of a process.
 */
export class UnwrappedKeys {
  private readonly p11: PKCS11;
  private readonly capacity: number;
  private readonly unwrapInto: UnwrapInto;
  private readonly handles = new Map<string, Handle>();
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
    const known = this.handles.get(name);
    if (known) {
      this.handles.delete(name);
      this.handles.set(name, known);
      return known;
    }
    while (this.handles.size >= this.capacity && this.handles.size > 0)
      this.drop(session, this.handles.keys().next().value ?? '');
    const handle = this.unwrap(session, locator);
    this.handles.set(name, handle);
    return handle;
  }

  /** Destroys the unwrapped objects of these keys. C_DestroyObject clears the HSM's memory. */
  forget(session: TokenSession, objectIds: readonly Uint8Array[] | 'all'): void {
    if (objectIds === 'all') return this.close();
    for (const name of [...this.handles.keys()])
      if (objectIds.some((id) => nameIsOf(name, id))) this.drop(session, name);
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
    this.handles.clear();
    this.cellar = null;
  }

  private unwrap(session: TokenSession, locator: Buffer): Handle {
    try {
      return this.unwrapInto(session, () => this.session(session), unpackWrapped(locator));
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
    const handle = this.handles.get(name);
    this.handles.delete(name);
    if (!handle || !this.cellar) return;
    session.begin('C_DestroyObject', 'own');
    try {
      this.p11.C_DestroyObject(this.cellar, handle);
    } catch (error) {
      // Closing the session destroys every object that it made.
      this.close();
      throw error;
    }
  }
}

import { inBackground } from '@ankasecure/service-kit/background';

interface Unsealed {
  readonly objectId: Uint8Array;
  readonly secret: Buffer;
  /** Milliseconds of the monotonic clock. */
  usedAt: number;
}

/** The longest time that an unused key stays in memory, in milliseconds. */
const idleMs = 300_000;

/**
 * Keys in use, in this process's memory. The least recently used key is dropped first. A key that nobody has used for a
 * while is dropped too, since its use may no longer be allowed and nothing else tells this class. Dropped keys are wiped.
 * Use a key that was looked up before awaiting anything else, and do not keep it.
 */
export class UnsealedKeys {
  /** The least recently used key comes first. */
  private readonly known = new Map<string, Unsealed>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly capacity: number) {}

  /** @param name everything that identifies the key, so that no other key has the same name */
  get(name: string): Buffer | undefined {
    const found = this.known.get(name);
    if (found === undefined) return undefined;
    found.usedAt = performance.now();
    this.known.delete(name);
    this.known.set(name, found);
    return found.secret;
  }

  /** Takes ownership of `secret`. @param objectId the id by which the key is forgotten */
  put(name: string, objectId: Uint8Array, secret: Buffer): void {
    this.drop(name);
    this.known.set(name, { objectId, secret, usedAt: performance.now() });
    const oldest = this.known.keys().next();
    if (this.known.size > this.capacity && oldest.done !== true) this.drop(oldest.value);
    this.timer ??= this.wake(idleMs);
  }

  forget(objectIds: readonly Uint8Array[] | 'all'): void {
    for (const [name, { objectId }] of [...this.known])
      if (objectIds === 'all' || objectIds.some((id) => Buffer.compare(id, objectId) === 0)) this.drop(name);
  }

  private wake(inMs: number): NodeJS.Timeout {
    return inBackground(() => setTimeout(() => this.dropIdle(), inMs).unref());
  }

  private dropIdle(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [name, { usedAt }] of [...this.known]) {
      const left = usedAt + idleMs - now;
      if (left > 0) {
        this.timer = this.wake(left);
        return;
      }
      this.drop(name);
    }
  }

  private drop(name: string): void {
    this.known.get(name)?.secret.fill(0);
    this.known.delete(name);
  }
}

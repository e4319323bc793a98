interface Unsealed {
  readonly objectId: Uint8Array;
  readonly secret: Buffer;
  /** Milliseconds of the monotonic clock. */
  usedAt: number;
}

/** Longest, in milliseconds, that a key stays in memory unused. */
const idleMs = 300_000;

/**
 * Keys that are in use, in this process's memory: the one unused for longest goes first, each goes that nobody has used for a
 * while (nobody may any more, perhaps, and nothing else tells of that), and whatever goes is wiped. What is looked up is to be
 * used before anything else is awaited, and not kept.
 */
export class UnsealedKeys {
  /** The one unused for longest first. */
  private readonly known = new Map<string, Unsealed>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly capacity: number) {}

  /** @param name all of what the key is, so that nothing else has it */
  get(name: string): Buffer | undefined {
    const found = this.known.get(name);
    if (found === undefined) return undefined;
    found.usedAt = performance.now();
    this.known.delete(name);
    this.known.set(name, found);
    return found.secret;
  }

  /** Takes `secret` over. @param objectId what it is to be forgotten by */
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
    return setTimeout(() => this.dropIdle(), inMs).unref();
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

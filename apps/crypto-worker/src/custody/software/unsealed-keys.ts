const nameOf = (objectId: Uint8Array): string => Buffer.from(objectId).toString('latin1');

/**
 * Keys that are in use, in this process's memory: the one unused for longest goes first, and whatever goes is wiped. What is
 * looked up is to be used before anything else is awaited, and not kept.
 */
export class UnsealedKeys {
  private readonly known = new Map<string, Buffer>();

  constructor(private readonly capacity: number) {}

  get(objectId: Uint8Array): Buffer | undefined {
    const name = nameOf(objectId);
    const found = this.known.get(name);
    if (found === undefined) return undefined;
    this.known.delete(name);
    this.known.set(name, found);
    return found;
  }

  /** Takes `secret` over. */
  put(objectId: Uint8Array, secret: Buffer): void {
    const name = nameOf(objectId);
    this.drop(name);
    this.known.set(name, secret);
    const oldest = this.known.keys().next();
    if (this.known.size > this.capacity && oldest.done !== true) this.drop(oldest.value);
  }

  forget(objectIds: readonly Uint8Array[] | 'all'): void {
    const names = objectIds === 'all' ? [...this.known.keys()] : objectIds.map(nameOf);
    for (const name of names) this.drop(name);
  }

  private drop(name: string): void {
    this.known.get(name)?.fill(0);
    this.known.delete(name);
  }
}

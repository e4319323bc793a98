interface Kept<Value> {
  readonly value: Value;
  readonly etag: string | undefined;
  readonly at: number;
}

/** A look at the platform: the value, or `unchanged` if its ETag is the given one. */
export type Look<Value> = (
  etag: string | undefined,
) => Promise<{ value: Value; etag: string | undefined } | 'unchanged'>;

/** The most entries that are kept. The oldest goes first. */
const most = 1000;

/** Values that are asked for again when they are older than `maxAgeMs`, once for all who need them. */
export class Cached<Value> {
  private readonly kept = new Map<string, Kept<Value>>();
  private readonly looks = new Map<string, Promise<Kept<Value>>>();

  constructor(private readonly maxAgeMs: number) {}

  /** @param maxAgeMs the greatest age of an acceptable value. Default: that of the cache */
  async get(name: string, look: Look<Value>, maxAgeMs = this.maxAgeMs): Promise<Value> {
    const known = this.kept.get(name);
    if (known !== undefined && performance.now() - known.at < maxAgeMs) return known.value;
    const running = this.looks.get(name) ?? this.look(name, look, known);
    return (await running).value;
  }

  /** The age of a value in milliseconds; infinite for one that is not kept. */
  age(name: string): number {
    const known = this.kept.get(name);
    return known === undefined ? Number.POSITIVE_INFINITY : performance.now() - known.at;
  }

  private look(name: string, look: Look<Value>, known: Kept<Value> | undefined): Promise<Kept<Value>> {
    const looking = (async () => {
      const at = performance.now();
      const found = await look(known?.etag);
      const kept = found === 'unchanged' && known !== undefined ? { ...known, at } : { ...(found as Kept<Value>), at };
      this.kept.delete(name);
      this.kept.set(name, kept);
      for (const oldest of this.kept.keys()) {
        if (this.kept.size <= most) break;
        this.kept.delete(oldest);
      }
      return kept;
    })().finally(() => this.looks.delete(name));
    this.looks.set(name, looking);
    return looking;
  }
}

/** A map with room for `capacity` entries: the one that was set longest ago makes way for another. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  constructor(private readonly capacity: number) {
    super();
  }

  /** Makes the entry the newest, whether it is new or not. */
  override set(key: Key, value: Value): this {
    this.delete(key);
    const oldest = this.keys().next();
    if (this.size >= this.capacity && oldest.done !== true) this.delete(oldest.value);
    return super.set(key, value);
  }

  /** What `get` gives, made the newest: where this is how entries are read, the one unused for longest makes way. */
  use(key: Key): Value | undefined {
    const value = this.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }
}

/** A map with room for `capacity` entries. A new entry replaces the one that was set longest ago. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  constructor(private readonly capacity: number) {
    super();
  }

  /** Sets the entry and makes it the newest. */
  override set(key: Key, value: Value): this {
    this.delete(key);
    const oldest = this.keys().next();
    if (this.size >= this.capacity && oldest.done !== true) this.delete(oldest.value);
    return super.set(key, value);
  }

  /** Gets an entry and makes it the newest. If entries are read this way only, a new entry replaces the least recently used one. */
  use(key: Key): Value | undefined {
    const value = this.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }
}

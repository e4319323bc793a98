import { operationTable } from '../generated/operation-table.js';
import type { Caller } from '../operation/caller.js';
import type { Schemas } from '../operation/operation.js';
import { Cached } from './cached.js';

/** Keys as the platform describes them, with their current public halves. */
export class PublicKeys {
  private readonly keys: Cached<Schemas['Key']>;

  constructor(
    private readonly caller: Caller,
    cacheMs: number,
  ) {
    this.keys = new Cached(cacheMs);
  }

  /** @param name the id of the key or an alias */
  of(name: string): Promise<Schemas['Key']> {
    return this.keys.get(name, async (etag) => {
      const asked = etag === undefined ? {} : { ifNoneMatch: etag };
      const answer = await this.caller.send(operationTable.getKey, { path: { id: name }, ...asked });
      if (answer.status === 304) return 'unchanged';
      return { value: answer.body as Schemas['Key'], etag: answer.headers.get('etag') ?? undefined };
    });
  }
}

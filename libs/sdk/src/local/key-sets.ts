import type { JWK } from 'jose';
import { operationTable } from '../generated/operation-table.js';
import type { Caller } from '../operation/caller.js';
import { wait } from '../transport/wait.js';
import { Cached, type Look } from './cached.js';

interface KeySet {
  readonly keys: readonly JWK[];
  readonly truncated?: boolean;
}

/** The age in milliseconds from which a set is asked for again because of an unknown kid: anybody can make up kids. */
const betweenLooks = 1000;

/** The public keys by which tenants' signatures are verified. */
export class KeySets {
  private readonly sets: Cached<KeySet>;
  private readonly single: Cached<KeySet>;

  constructor(
    private readonly caller: Caller,
    cacheMs: number,
  ) {
    this.sets = new Cached(cacheMs);
    this.single = new Cached(cacheMs);
  }

  /** The set of the tenant with this slug. */
  async of(slug: string): Promise<KeySet> {
    return this.sets.get(slug, this.look(slug, {}));
  }

  /**
   * The key with this kid. A set without it is asked for again, at most once a second for all callers, so that a key that was made
   * or rotated a moment ago is found.
   * @returns undefined if the tenant publishes no such key
   */
  async find(slug: string, kid: string): Promise<JWK | undefined> {
    const found = await this.findNow(slug, kid);
    if (found !== undefined) return found;
    const age = this.sets.age(slug);
    // A timer can be a millisecond early.
    if (age < betweenLooks) await wait(Math.ceil(betweenLooks - age) + 1, AbortSignal.timeout(2 * betweenLooks));
    return this.findNow(slug, kid);
  }

  /** As `find`, but a set that was read a moment ago is not waited for. */
  async findNow(slug: string, kid: string): Promise<JWK | undefined> {
    const found = keyIn(await this.of(slug), kid);
    if (found !== undefined) return found;
    const set = await this.sets.get(slug, this.look(slug, {}), betweenLooks);
    const late = keyIn(set, kid);
    if (late !== undefined || set.truncated !== true) return late;
    return keyIn(await this.single.get(`${slug} ${kid}`, this.look(slug, { kid })), kid);
  }

  private look(slug: string, query: object): Look<KeySet> {
    return async (etag) => {
      const asked = etag === undefined ? {} : { ifNoneMatch: etag };
      const answer = await this.caller.send(operationTable.getKeySet, { path: { slug }, query, ...asked });
      if (answer.status === 304) return 'unchanged';
      return { value: answer.body as KeySet, etag: answer.headers.get('etag') ?? undefined };
    };
  }
}

const keyIn = ({ keys }: KeySet, kid: string): JWK | undefined => keys.find((key) => key.kid === kid);

import type { Custody } from '../custody/custody.js';
import type { Means } from './operation.js';

/** Thrown where the HSM would have been asked: up to there all is in earnest. */
class WouldAsk extends Error {}

const stop = (): never => {
  throw new WouldAsk();
};

/** What a token says of itself; anything else of a custody asks it to do something. (Self-tests are the worker's own.) */
const harmless: readonly (keyof Custody)[] = ['kind', 'token', 'capability', 'known', 'capabilities', 'uri', 'healthy'];

/** `custody` as it is, until it would have to ask the HSM. */
const untouched = (custody: Custody): Custody =>
  new Proxy(custody, {
    get(target, name) {
      if (!(harmless as readonly (string | symbol)[]).includes(name)) return stop;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

/**
 * Runs an operation as far as it goes without the HSM, so a dry run meets the checks that the deed would, and no others. What
 * needs the public key only runs to its end, and its result is thrown away.
 * @throws what the operation throws before it would have asked the HSM
 */
export const rehearse = async (means: Means, run: (means: Means) => Promise<unknown>): Promise<void> => {
  try {
    await run({ ...means, custody: untouched(means.custody) });
  } catch (error) {
    if (!(error instanceof WouldAsk)) throw error;
  }
};

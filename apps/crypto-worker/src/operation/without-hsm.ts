import type { Custody } from '../custody/custody.js';

/** Thrown at the first call that would reach the HSM. */
class HsmNeeded extends Error {}

const stop = (): never => {
  throw new HsmNeeded();
};

/** The members that report what is known of a token. Every other member calls the token. */
const answeredHere: readonly (keyof Custody)[] = [
  'kind',
  'token',
  'capability',
  'known',
  'capabilities',
  'uri',
  'healthy',
];

/** Returns `custody`, stopped at the first call that would reach the HSM. */
const stoppingAtHsm = (custody: Custody): Custody =>
  new Proxy(custody, {
    get(target, name) {
      if (!(answeredHere as readonly (string | symbol)[]).includes(name)) return stop;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

/**
 * Runs an operation up to the HSM. A dry run meets the same checks as the operation itself, and no others. An operation that
 * needs only the public key runs to its end, and its result is dropped.
 * @throws what the operation throws before it reaches the HSM
 */
export const runWithoutHsm = async (custody: Custody, run: (custody: Custody) => Promise<unknown>): Promise<void> => {
  try {
    await run(stoppingAtHsm(custody));
  } catch (error) {
    if (!(error instanceof HsmNeeded)) throw error;
  }
};

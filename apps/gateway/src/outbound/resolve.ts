import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { localAddresses, namesToAsk } from './system-names.js';

/** The time that one server has for one question, in milliseconds, and the number of attempts. */
const questions = { timeout: 800, tries: 2 };

/** The time that the addresses of one family wait for those of the other, in milliseconds (RFC 8305 §3). */
const otherFamilyMs = 50;

/** Whether the servers say that the name has no addresses. */
export const isNoName = (error: unknown): boolean =>
  ['ENOTFOUND', 'ENODATA'].includes((error as { code?: string }).code ?? '');

const ask = async (resolver: Resolver, name: string): Promise<readonly LookupAddress[]> => {
  const found: LookupAddress[] = [];
  const keep = (family: 4 | 6) => (addresses: readonly string[]) =>
    void found.push(...addresses.map((address) => ({ address, family })));
  const both = [resolver.resolve4(name).then(keep(4)), resolver.resolve6(name).then(keep(6))];
  try {
    await Promise.any(both);
  } catch (error) {
    const { errors } = error as AggregateError;
    throw errors.find((one) => !isNoName(one)) ?? errors[0];
  }
  await Promise.race([Promise.allSettled(both), delay(otherFamilyMs)]);
  return found;
};

/**
 * Finds the addresses of a host. It asks DNS without a thread, unlike `dns.lookup`: a server that does not answer holds up
 * nothing else in the process, and `signal` ends the question. It does not ask multicast DNS and other sources of nsswitch.conf.
 * @param servers the DNS servers. Default: the system's
 * @throws Error whose message is only for the log
 */
export const resolveHost = async (
  name: string,
  signal: AbortSignal,
  servers?: readonly string[],
): Promise<readonly LookupAddress[]> => {
  const local = await localAddresses(name);
  if (local.length > 0) return local;
  const names = await namesToAsk(name);
  signal.throwIfAborted();
  const resolver = new Resolver(questions);
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await firstWith(names, (one) => ask(resolver, one));
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
};

/** Asks for one name after the other, until one has addresses or a server fails. */
const firstWith = async (
  names: readonly string[],
  find: (name: string) => Promise<readonly LookupAddress[]>,
): Promise<readonly LookupAddress[]> => {
  let last: unknown = new Error('the name is empty');
  for (const name of names) {
    try {
      return await find(name);
    } catch (error) {
      last = error;
      if (!isNoName(error)) break;
    }
  }
  throw last;
};

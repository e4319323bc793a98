import { AnkaError, type Context, getKeySet, type KeySet } from '@ankasecure/contracts';
import type { BusClient } from '@ankasecure/service-kit';
import type { z } from 'zod';

/** A worker's answer. */
export interface AskedSet {
  /** null if the set that the gateway has is current. */
  readonly set: KeySet | null;
  /** The position of the tenant's records. A worker of an earlier release names none. */
  readonly position: number | null;
}

type Question = z.infer<typeof getKeySet.request>;

/**
 * Asks a worker of `partition` for a tenant's set. A worker of an earlier release refuses the question, and is asked in its own
 * way: it answers with the whole set.
 * @throws AnkaError any error of the worker
 */
export const askSet = async (
  bus: BusClient,
  partition: string,
  context: Context,
  question: Question,
): Promise<AskedSet> => {
  const ask = (of: Question) => bus.request(getKeySet, partition, context, of);
  const reply = await ask(question).catch((error: unknown) => {
    if (error instanceof AnkaError && error.code === 'request-invalid') return ask({});
    throw error;
  });
  if ('position' in reply) return reply;
  const { kid: wanted } = question;
  const keys = wanted === undefined ? reply.keys : reply.keys.filter(({ kid }) => kid === wanted);
  return { set: { keys }, position: null };
};

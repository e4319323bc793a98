import type { ConnectorTest, SealedEvent } from '@ankasecure/contracts';
import type { Connector, Outcome } from '../connector.js';
import { endedWithin } from '../delivery/ended-within.js';

/** The result of an attempt. */
export type Attempt = Pick<ConnectorTest, 'result' | 'reason'>;

/** The longest reason that is answered, in characters. */
const mostWords = 500;
/** For what does not end when it is told to, in milliseconds. */
const graceMs = 500;

const told = (result: Attempt['result'], reason: string): Attempt => ({
  result,
  reason: reason.replaceAll('\0', '').slice(0, mostWords).toWellFormed(),
});

const attemptOf = (outcome: Outcome): Attempt => {
  if (outcome.result === 'delivered') return { result: 'delivered', reason: null };
  if (outcome.result !== 'items') return told(outcome.result, outcome.reason);
  const [item] = outcome.items;
  if (item === undefined) return told('retry', 'The receiver has not answered for the event.');
  return item.result === 'delivered' ? { result: 'delivered', reason: null } : told(item.result, item.reason);
};

/** Sends one event, and nothing that was sent before. */
const send = async (connector: Connector, event: SealedEvent, signal: AbortSignal): Promise<Attempt> => {
  let body: Buffer;
  try {
    body = connector.encode(event);
  } catch (error) {
    return told('poison', (error as Error).message);
  }
  const prepared = (await connector.prepare?.(event.tenantId, 0, signal)) ?? 'ready';
  if (prepared !== 'ready' && 'outcome' in prepared) return attemptOf(prepared.outcome);
  return attemptOf(await connector.send([{ event, body }], signal));
};

/**
 * Sends one event through a connector that is opened for it and closed after it.
 * @param open throws Error for the connector's owner, such as for a secret that is missing
 * @param ms the time of the attempt, whatever holds it up
 */
export const sendOnce = async (open: () => Promise<Connector>, event: SealedEvent, ms: number): Promise<Attempt> => {
  const signal = AbortSignal.timeout(ms);
  const attempt = await endedWithin(openAndSend(open, event, signal), ms + graceMs);
  if (attempt !== 'unended' && (attempt.result !== 'retry' || !signal.aborted)) return attempt;
  return told('retry', `The receiver did not take the event within ${ms / 1000} s.`);
};

const openAndSend = async (
  open: () => Promise<Connector>,
  event: SealedEvent,
  signal: AbortSignal,
): Promise<Attempt> => {
  let connector: Connector;
  try {
    connector = await open();
  } catch (error) {
    return told('pause', (error as Error).message);
  }
  const { promise: over, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  const sent = send(connector, event, signal).finally(resolve);
  // An attempt that does not end when it is told to is cut off, too.
  void over.then(() => connector.close());
  return sent;
};

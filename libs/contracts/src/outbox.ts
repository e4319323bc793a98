import { z } from 'zod';
import { contract } from './bus.js';
import { base64url, uuid } from './primitive.js';
import { reporters } from './reporter.js';

/** The maximum number of keys in one request. */
export const maxOutboxKeys = 64;

/** The maximum number of events in one question. */
export const maxAsked = 2000;

const key = base64url(32).length(43);

/**
 * Gives a process the key under which it proves the events in its outbox. The worker derives it from the record key in the token
 * and binds the service that the subject names, so no service gets the key of another's process.
 */
const openFor = (service: 'gateway' | 'policy') =>
  contract({
    owner: 'crypto-worker',
    callers: [service],
    subject: `crypto.{partition}.outbox.${service}`,
    request: z.strictObject({ process: uuid }),
    reply: z.strictObject({ key }),
  });

export const openGatewayOutbox = openFor('gateway');
export const openPolicyOutbox = openFor('policy');

/** The contract with which one service asks for its processes' keys. Those of every service are alike. */
export type OutboxContract = typeof openGatewayOutbox;

/** Gives the audit service the keys of reporting processes, in the order of the request. The worker's own are those of its partition. */
export const readOutboxKeys = contract({
  owner: 'crypto-worker',
  callers: ['audit'],
  subject: 'crypto.{partition}.outbox.keys',
  request: z.strictObject({ reporter: z.enum(reporters), processes: z.array(uuid).min(1).max(maxOutboxKeys) }),
  reply: z.strictObject({ keys: z.array(key) }),
});

/** An event, as far as it takes to find it in the trail. */
export const eventName = z.strictObject({ tenantId: uuid, eventId: uuid, correlationId: z.string().min(1).max(64) });
export type EventName = z.infer<typeof eventName>;

/**
 * Tells which of the events no trail holds, and of which it cannot be told now. A process asks for events that have left its outbox
 * without its help.
 */
export const findUnsealed = contract({
  owner: 'audit',
  callers: reporters,
  subject: 'audit.unsealed',
  request: z.strictObject({ events: z.array(eventName).min(1).max(maxAsked) }),
  reply: z.strictObject({ unsealed: z.array(uuid), unknown: z.array(uuid).optional() }),
});

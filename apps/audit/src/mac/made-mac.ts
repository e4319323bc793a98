import { randomInt } from 'node:crypto';
import type { EventMac } from '@ankasecure/audit-event';
import { AnkaError } from '@ankasecure/contracts';
import type { ReportedEvent } from '../reporter/reported-event.js';
import { type ComputeMacs, isNoSuchKey } from './stored-mac.js';

/** An event with its MAC, ready to take its place in the trail. */
export interface AuthenticatedEvent extends ReportedEvent, EventMac {
  /** The reporting process that has made the MAC; undefined if a worker was asked for it. */
  readonly madeBy?: string | undefined;
}

/** An event whose MAC its reporting process has made. */
type MadeEvent = AuthenticatedEvent & { readonly madeBy: string };
const isMade = (event: AuthenticatedEvent): event is MadeEvent => event.madeBy !== undefined;

/** A process has made a MAC that the tenant's key does not make. Nothing of the batch is sealed. No MAC of the process may be believed. */
export class FalseMac extends AnkaError {
  readonly process: string;
  readonly tenantId: string;
  readonly eventId: string;

  constructor({ madeBy, event: { tenantId, eventId } }: MadeEvent) {
    super('service-unavailable', 'A MAC of the batch is false. Repeat the request.');
    this.process = madeBy;
    this.tenantId = tenantId;
    this.eventId = eventId;
  }
}

/** MACs that reporting processes have made are of another day than that of the seal. They must be made again. */
export class OutdatedMacs extends AnkaError {
  constructor() {
    super('service-unavailable', 'The events have waited for more than a day. Repeat the request.');
  }
}

/** Tells a key that only a reporting process has named, and that the tenant does not have, from one that is missing. @throws FalseMac */
export const refusingFalse =
  (compute: ComputeMacs, events: readonly AuthenticatedEvent[]): ComputeMacs =>
  async (macKeyId, messages) => {
    try {
      return await compute(macKeyId, messages);
    } catch (error) {
      const named = isNoSuchKey(error) ? events.filter(isMade).find((event) => event.macKeyId === macKeyId) : undefined;
      throw named === undefined ? error : new FalseMac(named);
    }
  };

/**
 * Gets the MAC of a batch's seal and, in the same request, that of one event whose MAC its reporting process has made. Nobody can
 * tell in advance which of them it is. Whoever verifies the trail has all of them made again.
 * @param macKeyId the key of the seal
 * @throws FalseMac
 */
export const sealingMac = async (
  compute: ComputeMacs,
  rows: readonly AuthenticatedEvent[],
  macKeyId: string,
  message: Buffer,
): Promise<Buffer> => {
  const made = rows.filter(isMade);
  const one = made.length === 0 ? undefined : made[randomInt(made.length)];
  const isOfSeal = one?.macKeyId === macKeyId;
  const [mac, again] = await compute(macKeyId, one !== undefined && isOfSeal ? [message, one.canonical] : [message]);
  if (mac === undefined) throw new Error('fewer MACs than messages');
  if (one !== undefined) {
    // Around midnight, the batch may have keys of two days.
    const [genuine] = isOfSeal ? [again] : await compute(one.macKeyId, [one.canonical]);
    if (genuine?.equals(one.hmac) !== true) throw new FalseMac(one);
  }
  return mac;
};

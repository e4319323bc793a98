import { createHmac, type KeyObject } from 'node:crypto';
import { type EventMac, macInput } from '@ankasecure/audit-event';
import { BoundedMap, Clock, type EventMacs } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';

/** Tenants whose key of the day is kept. */
const capacity = 5000;
const dayMs = 86_400_000;

/** A tenant's current audit key, for one UTC day. */
interface Held {
  /** Days since the epoch. */
  readonly day: number;
  readonly macKeyId: string;
  readonly key: KeyObject;
}

/**
 * Makes the MACs of the events that this process writes, so that the audit service need not ask for them. It only uses keys that the
 * HSM has derived before, because the audit service had asked for a MAC under the tenant's current key: no event costs a token call,
 * a query or a wait. In the mode `hsm` there is no such key.
 */
@Injectable()
export class OwnMacs implements EventMacs {
  private readonly held = new BoundedMap<string, Held>(capacity);

  constructor(private readonly clock: Clock) {}

  /** Keeps a tenant's current key of the UTC day. @param day `YYYY-MM-DD` */
  hold(tenantId: string, macKeyId: string, day: string, key: KeyObject): void {
    this.held.set(tenantId, { day: Date.parse(day) / dayMs, macKeyId, key });
  }

  /** @returns undefined without the tenant's key of today, and while it is not certain which day it is */
  of(tenantId: string, canonical: Uint8Array): EventMac | undefined {
    const held = this.held.use(tenantId);
    if (held === undefined || held.day !== Math.floor(this.clock.now() / dayMs) || !this.clock.isSound())
      return undefined;
    const { macKeyId, key } = held;
    return { macKeyId, hmac: createHmac('sha256', key).update(macInput(macKeyId, canonical)).digest() };
  }
}

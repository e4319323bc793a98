import { createHmac } from 'node:crypto';
import { macInput } from '@ankasecure/audit-event';
import {
  AnkaError,
  computeMacs,
  readAnchor,
  readOutboxKeys,
  type TrailAnchor,
  writeAnchor,
} from '@ankasecure/contracts';
import { type TestBus, testOutboxKey } from '@ankasecure/testing';

/** The id of a day key, as the workers name it. @param generation of the tenant's key */
export const macKeyIdOf = (generation: number, daysAgo = 0): string =>
  `${generation}.${new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)}`;

/** Computes MACs in place of a worker, under a key per tenant and key id. */
export class MacStandIn {
  macKeyId = macKeyIdOf(1);
  /** Errors that are answered instead of MACs, by tenant. */
  readonly failures = new Map<string, AnkaError>();
  /** If true, no request is answered. */
  hangs = false;
  /** The number of requests until the one that gets no answer. */
  private untilSwallowed = 0;
  /** Tenants whose requests are not answered. */
  readonly slow = new Set<string>();
  /** Each request for MACs: the key that it names, and the number of its messages. */
  readonly requests: { readonly tenantId: string; readonly macKeyId: string | null; readonly messages: number }[] = [];
  /** The number of keys of reporting processes that were asked for. */
  keysAsked = 0;
  private readonly known = new Set<string>();
  /** The anchor in the token. Undefined: the token stores no data, so that a spec may rewrite trails for as long as it takes. */
  anchor: TrailAnchor | null | undefined = undefined;

  constructor(bus: TestBus) {
    bus.serve(readAnchor, 'default', async () => ({ body: this.held() }));
    bus.serve(writeAnchor, 'default', async (_, anchor) => {
      if (this.anchor !== undefined && anchor.number > (this.anchor?.number ?? 0)) this.anchor = anchor;
      return { body: this.held() };
    });
    bus.serve(readOutboxKeys, 'default', async (_, { reporter: service, processes }) => {
      this.keysAsked += processes.length;
      const partition = service === 'crypto-worker' ? 'default' : null;
      return {
        body: {
          keys: processes.map((process) => testOutboxKey({ service, partition, process }).toString('base64url')),
        },
      };
    });
    bus.serve(computeMacs, 'default', async ({ tenantId }, { macKeyId, messages }) => {
      this.requests.push({ tenantId, macKeyId, messages: messages.length });
      const failure = this.failures.get(tenantId);
      if (failure !== undefined) throw failure;
      if (this.hangs || this.slow.has(tenantId) || this.untilSwallowed-- === 1) await new Promise(() => undefined);
      const id = macKeyId ?? this.macKeyId;
      if (macKeyId === null) this.hold(tenantId, id);
      else if (!this.known.has(`${tenantId}/${id}`)) throw new AnkaError('key-not-found', 'no such key');
      const macs = messages.map((message) => hmac(tenantId, id, Buffer.from(message, 'base64')).toString('base64'));
      return { body: { macKeyId: id, macs } };
    });
  }

  /** Has the tenant have the key of that id. */
  hold(tenantId: string, macKeyId: string): void {
    this.known.add(`${tenantId}/${macKeyId}`);
  }

  private held() {
    return { supported: this.anchor !== undefined, anchor: this.anchor ?? null };
  }

  /** Leaves the request of that number, counted from now, without an answer, as if its worker had died. */
  swallow(number: number): void {
    this.untilSwallowed = number;
  }
}

/** The MAC of an event under a tenant's key, as the stand-in computes it. */
export const hmac = (tenantId: string, macKeyId: string, canonical: Uint8Array): Buffer =>
  createHmac('sha256', `${tenantId}/${macKeyId}`).update(macInput(macKeyId, canonical)).digest();

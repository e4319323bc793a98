import type { SealedEvent } from '@ankasecure/contracts';
import type { Connector, EncodedEvent, Outcome, Prepared } from '../connector.js';

/** Answers a batch in place of a receiver. */
export type Script = (seqs: readonly number[], signal: AbortSignal) => Outcome | Promise<Outcome>;

export const deliver: Script = () => ({ result: 'delivered' });

/** A connector whose receiver is a function. It notes what was delivered, by tenant. */
export class ScriptedConnector implements Connector {
  limits = { events: 8, bytes: 1024 * 1024 };
  script: Script = deliver;
  /** The batches that were sent, by tenant. */
  readonly sent = new Map<string, number[][]>();
  /** The events that the receiver has taken, in its order, by tenant. */
  readonly taken = new Map<string, SealedEvent[]>();

  prepare = async (): Promise<Prepared> => 'ready';

  encode(event: SealedEvent): Buffer {
    return Buffer.from(JSON.stringify(event));
  }

  async send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome> {
    const seqs = events.map(({ event }) => event.seq);
    const tenantId = events[0]?.event.tenantId ?? '';
    this.sent.set(tenantId, [...(this.sent.get(tenantId) ?? []), seqs]);
    const outcome = await this.script(seqs, signal);
    const isTaken = (at: number): boolean =>
      outcome.result === 'delivered' || (outcome.result === 'items' && outcome.items[at]?.result === 'delivered');
    const taken = events.filter((_, at) => isTaken(at)).map(({ event }) => event);
    this.taken.set(tenantId, [...(this.taken.get(tenantId) ?? []), ...taken]);
    return outcome;
  }

  close(): void {}

  /** The numbers of the events that the receiver has of a tenant, in its order. */
  seqsOf(tenantId: string): number[] {
    return (this.taken.get(tenantId) ?? []).map(({ seq }) => seq);
  }
}

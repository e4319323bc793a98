import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SettingsOf } from '@ankasecure/contracts';
import { BoundedMap } from '@ankasecure/service-kit';
import { z } from 'zod';
import type { Connector, ConnectorParts, DeliveredEvent, EncodedEvent, Outcome } from '../connector.js';
import { exchange, jsonOf } from '../http/exchange.js';
import { type HttpAnswer, type HttpSender, openSender, textOf } from '../http/http-sender.js';
import { outcomeOfHec } from './hec-code.js';
import { hecEvent } from './hec-event.js';

const compress = promisify(gzip);

/** When an indexer is asked for an acknowledgement, and for how long, in milliseconds. */
export interface AckPace {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly patienceMs: number;
}
const ackPace: AckPace = { firstMs: 250, mostMs: 5_000, patienceMs: 120_000 };

const ackReply = z.object({ acks: z.record(z.string(), z.boolean()) });

/** The cookies with which a balancer leads the questions about a batch to the indexer that has it. */
const cookiesOf = ({ headers }: HttpAnswer): Readonly<Record<string, string>> => {
  const cookies = headers['set-cookie']?.map((cookie) => cookie.split(';', 1)[0]).join('; ');
  return cookies === undefined ? {} : { cookie: cookies };
};

/** A channel, as one tenant's batches use it one after the other. */
interface Channel {
  readonly id: string;
  /** The cookies that lead to the indexer that has the channel. */
  cookies: Readonly<Record<string, string>>;
  /** The number of the last batch on it; -1 before the first. */
  last: number;
}

const newChannel = (): Channel => ({ id: randomUUID(), cookies: {}, last: -1 });

/** Tenants whose channels are kept. */
const capacity = 100_000;

/**
 * Splunk's HTTP Event Collector. Without acknowledgement, a delivered event waits in the queue of an indexer, and is lost with it. With
 * acknowledgement, it is indexed. Each tenant's batches have one channel, since an indexer keeps every channel in memory and has a limit of
 * them. Indexers behind a balancer count from 0 each on one channel: a channel is left as soon as a number on it could be another batch's.
 */
export class SplunkConnector implements Connector {
  readonly limits = { events: 500, bytes: 800 * 1024 };
  private readonly channels = new BoundedMap<string, Channel>(capacity);

  constructor(
    private readonly settings: SettingsOf<'splunk'>,
    private readonly token: string,
    private readonly sender: HttpSender,
    private readonly now: () => number,
    private readonly pace = ackPace,
  ) {}

  encode(event: DeliveredEvent): Buffer {
    return hecEvent(event, this.settings);
  }

  async send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome> {
    const body = await compress(Buffer.concat(events.map((event) => event.body)));
    const tenantId = events[0]?.event.tenantId ?? '';
    const channel = this.channels.use(tenantId) ?? newChannel();
    this.channels.set(tenantId, channel);
    const headers = { ...this.headersOn(channel), 'content-encoding': 'gzip' };
    const request = { url: this.path('event'), headers, body };
    const outcome = await exchange(this.sender, request, signal, (answer): Outcome | Promise<Outcome> => {
      const taken = outcomeOfHec(answer, this.now());
      if (taken.result !== 'accepted') return taken;
      if (!this.settings.acknowledged) return { result: 'delivered' };
      if (taken.ackId === undefined)
        return {
          result: 'pause',
          reason: 'The collector gives no acknowledgement: turn it on for the token, or off here.',
        };
      return this.acknowledged(channel, taken.ackId, cookiesOf(answer), signal);
    });
    // Its number may be waited for, by nobody: a later batch must not be taken for it.
    if (outcome.result !== 'delivered') this.channels.delete(tenantId);
    return outcome;
  }

  close(): void {
    this.sender.close();
  }

  /** Asks until the indexer has the batch. `false` means that it is not indexed yet, that it was lost, or that nobody knows it. */
  private async acknowledged(
    channel: Channel,
    ackId: number,
    cookies: Channel['cookies'],
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (ackId <= channel.last)
      return { result: 'retry', reason: 'Another indexer has answered on the channel, or it was started again.' };
    channel.last = ackId;
    channel.cookies = { ...channel.cookies, ...cookies };
    const { firstMs, mostMs, patienceMs } = this.pace;
    const end = performance.now() + patienceMs;
    for (let pauseMs = firstMs; performance.now() < end && !signal.aborted; pauseMs = Math.min(2 * pauseMs, mostMs)) {
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      const outcome = await this.ask(channel, ackId, signal);
      if (outcome !== 'pending') return outcome;
    }
    return { result: 'retry', reason: `The batch was not acknowledged within ${patienceMs / 1000} s.` };
  }

  private async ask(channel: Channel, ackId: number, signal: AbortSignal): Promise<Outcome | 'pending'> {
    const body = Buffer.from(JSON.stringify({ acks: [ackId] }));
    const request = { url: this.path('ack'), headers: this.headersOn(channel), body };
    return exchange<Outcome | 'pending'>(this.sender, request, signal, (answer) => {
      const reply = ackReply.safeParse(jsonOf(answer.text));
      if (answer.status !== 200 || !reply.success) return unacknowledged(answer, this.now());
      return reply.data.acks[ackId] === true ? { result: 'delivered' } : 'pending';
    });
  }

  private headersOn({ id, cookies }: Channel): Readonly<Record<string, string>> {
    const content = { authorization: `Splunk ${this.token}`, 'content-type': 'application/json' };
    return { ...content, 'x-splunk-request-channel': id, ...cookies };
  }

  private path(name: 'event' | 'ack'): URL {
    return new URL(`${this.settings.url.replace(/\/$/, '')}/services/collector/${name}`);
  }
}

/** An answer that is no acknowledgement is never a delivery, whatever its status. */
const unacknowledged = (answer: HttpAnswer, now: number): Outcome => {
  const outcome = outcomeOfHec(answer, now);
  return outcome.result === 'pause'
    ? outcome
    : { result: 'retry', reason: `HTTP ${answer.status} instead of an acknowledgement` };
};

export const openSplunk = async (parts: ConnectorParts<SettingsOf<'splunk'>>): Promise<Connector> => {
  const { settings, secret, now } = parts;
  return new SplunkConnector(settings, textOf(await secret(settings.token)), await openSender(parts), now);
};

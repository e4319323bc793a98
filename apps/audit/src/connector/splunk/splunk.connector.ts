import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SettingsOf } from '@ankasecure/contracts';
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

/** The channel and the cookies of one batch. */
interface Channel {
  readonly headers: Readonly<Record<string, string>>;
  readonly ackId: number;
}

/**
 * Splunk's HTTP Event Collector. Without acknowledgement, a delivered event waits in the queue of an indexer, and is lost with it. With
 * acknowledgement, it is indexed. Each batch has a channel of its own: indexers behind a balancer count from 0 each, so the number of a
 * batch means something only where its channel is known.
 */
export class SplunkConnector implements Connector {
  readonly limits = { events: 500, bytes: 800 * 1024 };

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
    const channel = { 'x-splunk-request-channel': randomUUID() };
    const headers = { ...this.headers, ...channel, 'content-encoding': 'gzip' };
    const request = { url: this.path('event'), headers, body };
    return exchange(this.sender, request, signal, (answer) => {
      const outcome = outcomeOfHec(answer, this.now());
      if (outcome.result !== 'accepted') return outcome;
      if (!this.settings.acknowledged) return { result: 'delivered' };
      if (outcome.ackId === undefined)
        return {
          result: 'pause',
          reason: 'The collector gives no acknowledgement: turn it on for the token, or off here.',
        };
      return this.acknowledged({ headers: { ...channel, ...cookiesOf(answer) }, ackId: outcome.ackId }, signal);
    });
  }

  close(): void {
    this.sender.close();
  }

  /** Asks until the indexer has the batch. `false` means that it is not indexed yet, that it was lost, or that nobody knows it. */
  private async acknowledged(channel: Channel, signal: AbortSignal): Promise<Outcome> {
    const { firstMs, mostMs, patienceMs } = this.pace;
    const end = performance.now() + patienceMs;
    for (let pauseMs = firstMs; performance.now() < end && !signal.aborted; pauseMs = Math.min(2 * pauseMs, mostMs)) {
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      const outcome = await this.ask(channel, signal);
      if (outcome !== 'pending') return outcome;
    }
    return { result: 'retry', reason: `The batch was not acknowledged within ${patienceMs / 1000} s.` };
  }

  private async ask({ headers, ackId }: Channel, signal: AbortSignal): Promise<Outcome | 'pending'> {
    const body = Buffer.from(JSON.stringify({ acks: [ackId] }));
    const request = { url: this.path('ack'), headers: { ...this.headers, ...headers }, body };
    return exchange<Outcome | 'pending'>(this.sender, request, signal, (answer) => {
      const reply = ackReply.safeParse(jsonOf(answer.text));
      if (answer.status !== 200 || !reply.success) return unacknowledged(answer, this.now());
      return reply.data.acks[ackId] === true ? { result: 'delivered' } : 'pending';
    });
  }

  private get headers(): Readonly<Record<string, string>> {
    return { authorization: `Splunk ${this.token}`, 'content-type': 'application/json' };
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

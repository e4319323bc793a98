import type { SettingsOf } from '@ankasecure/contracts';
import type { Connector, ConnectorParts, DeliveredEvent, EncodedEvent, Outcome } from '../connector.js';
import { exchange } from '../http/exchange.js';
import { type HttpAnswer, type HttpSender, openSender, textOf } from '../http/http-sender.js';
import { outcomeOfStatus } from '../http/http-status.js';
import { signatureHeaders, signingKeyOf } from './webhook-signature.js';

/** A receiver that reads the message says so with any 2xx, whatever the answer holds. */
const outcomeOfWebhook = (answer: HttpAnswer, now: number): Outcome => {
  const outcome = outcomeOfStatus(answer, now);
  return answer.status === 400 || answer.status === 422
    ? { result: 'poison', reason: `HTTP ${answer.status}` }
    : outcome;
};

/** Standard Webhooks: one message for each event, so that a receiver recognises a repeated one by its id. */
export class WebhookConnector implements Connector {
  readonly limits = { events: 1, bytes: 2 * 1024 * 1024 };
  private readonly url: URL;

  constructor(
    url: string,
    private readonly keys: readonly Buffer[],
    private readonly sender: HttpSender,
    private readonly now: () => number,
  ) {
    this.url = new URL(url);
  }

  encode(event: DeliveredEvent): Buffer {
    return Buffer.from(JSON.stringify({ type: 'audit.event.sealed', timestamp: event.occurredAt, data: event }));
  }

  async send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome> {
    for (const { event, body } of events) {
      const signature = signatureHeaders(this.keys, event.eventId, Math.floor(this.now() / 1000), body);
      const request = { url: this.url, headers: { 'content-type': 'application/json', ...signature }, body };
      const outcome = await exchange(this.sender, request, signal, (answer) => outcomeOfWebhook(answer, this.now()));
      if (outcome.result !== 'delivered') return outcome;
    }
    return { result: 'delivered' };
  }

  close(): void {
    this.sender.close();
  }
}

export const openWebhook = async (parts: ConnectorParts<SettingsOf<'webhook'>>): Promise<Connector> => {
  const { settings, secret, now } = parts;
  const keys = await Promise.all(settings.signing.map(async (name) => signingKeyOf(textOf(await secret(name)))));
  return new WebhookConnector(settings.url, keys, await openSender(parts), now);
};

import type { SettingsOf } from '@ankasecure/contracts';
import type { Connector, ConnectorParts, DeliveredEvent, EncodedEvent, Outcome } from '../connector.js';
import { exchange } from '../http/exchange.js';
import { type HttpSender, openSender, textOf } from '../http/http-sender.js';
import { outcomeOfBulk } from './bulk-answer.js';
import { ecsEvent } from './ecs-event.js';

/**
 * Elasticsearch and OpenSearch: `_bulk` into a data stream. Documents have the ids of their events and are created only, so a repeated
 * delivery changes nothing while the stream writes into the same index. After a roll-over it makes a second document with the same id.
 */
export class ElasticConnector implements Connector {
  readonly limits = { events: 500, bytes: 4 * 1024 * 1024 };
  private readonly url: URL;

  constructor(
    { url, dataStream, requireDataStream }: SettingsOf<'elastic'>,
    private readonly apiKey: string,
    private readonly sender: HttpSender,
    private readonly now: () => number,
  ) {
    this.url = new URL(`${url.replace(/\/$/, '')}/${dataStream}/_bulk`);
    if (requireDataStream) this.url.searchParams.set('require_data_stream', 'true');
  }

  encode(event: DeliveredEvent): Buffer {
    const action = JSON.stringify({ create: { _id: event.eventId } });
    return Buffer.from(`${action}\n${JSON.stringify(ecsEvent(event))}\n`);
  }

  send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome> {
    const headers = { authorization: `ApiKey ${this.apiKey}`, 'content-type': 'application/x-ndjson' };
    const body = Buffer.concat(events.map((event) => event.body));
    return exchange(this.sender, { url: this.url, headers, body }, signal, (answer) =>
      outcomeOfBulk(answer, events.length, this.now()),
    );
  }

  close(): void {
    this.sender.close();
  }
}

export const openElastic = async (parts: ConnectorParts<SettingsOf<'elastic'>>): Promise<Connector> => {
  const { settings, secret, now } = parts;
  return new ElasticConnector(settings, textOf(await secret(settings.apiKey)), await openSender(parts), now);
};

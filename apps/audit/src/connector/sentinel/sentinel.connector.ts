import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SettingsOf } from '@ankasecure/contracts';
import type { Connector, ConnectorParts, DeliveredEvent, EncodedEvent, Outcome } from '../connector.js';
import { exchange, wordsOf } from '../http/exchange.js';
import { type HttpAnswer, type HttpSender, openSender } from '../http/http-sender.js';
import { outcomeOfStatus } from '../http/http-status.js';
import { EntraToken } from './entra-token.js';
import { sentinelRecord } from './sentinel-record.js';

const compress = promisify(gzip);

/** 204 is the only success of the API. Any other answer may come from something before it. */
const outcomeOfUpload = (answer: HttpAnswer, now: number): Outcome => {
  if (answer.status === 204) return { result: 'delivered' };
  const outcome = outcomeOfStatus(answer, now);
  if (outcome.result !== 'delivered') return outcome;
  return { result: 'retry', reason: `The answer is not one of the Logs Ingestion API. ${wordsOf(answer)}` };
};

/** Microsoft Sentinel: the Logs Ingestion API of Azure Monitor, with a token of Entra. */
export class SentinelConnector implements Connector {
  /** The API takes 1 MB, compressed or not. Each record brings its separator; a bracket is left over. */
  readonly limits = { events: 1000, bytes: 990_000 };
  private readonly url: URL;

  constructor(
    private readonly parts: ConnectorParts<SettingsOf<'sentinel'>>,
    private readonly sender: HttpSender,
    private readonly token = new EntraToken(parts, sender),
  ) {
    const { url, rule, stream } = parts.settings;
    this.url = new URL(
      `${url.replace(/\/$/, '')}/dataCollectionRules/${rule}/streams/${stream}?api-version=2023-01-01`,
    );
  }

  /** The record, behind the comma or the bracket before it. */
  encode(event: DeliveredEvent): Buffer {
    return Buffer.from(`,${JSON.stringify(sentinelRecord(event))}`);
  }

  async send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome> {
    const records = Buffer.concat([...events.map((event) => event.body), Buffer.from(']')]);
    records.write('[');
    const body = await compress(records);
    const first = await this.upload(body, signal);
    if (first !== 'unauthorized') return first;
    // The token may have been revoked. A new one is refused for good.
    this.token.drop();
    const second = await this.upload(body, signal);
    if (second === 'unauthorized') this.token.drop();
    return second === 'unauthorized' ? { result: 'pause', reason: 'HTTP 401 for a new token of Entra' } : second;
  }

  close(): void {
    this.sender.close();
  }

  private async upload(body: Buffer, signal: AbortSignal): Promise<Outcome | 'unauthorized'> {
    const token = await this.token.get(signal);
    if (typeof token !== 'string') return token;
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    };
    return exchange<Outcome | 'unauthorized'>(this.sender, { url: this.url, headers, body }, signal, (answer) =>
      answer.status === 401 ? 'unauthorized' : outcomeOfUpload(answer, this.parts.now()),
    );
  }
}

export const openSentinel = async (parts: ConnectorParts<SettingsOf<'sentinel'>>): Promise<Connector> => {
  // Secrets that are missing are told now, not with the first token.
  for (const name of Object.values(parts.settings.credential).slice(1)) await parts.secret(name);
  return new SentinelConnector(parts, await openSender(parts));
};

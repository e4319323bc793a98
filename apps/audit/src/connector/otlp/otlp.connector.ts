import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SettingsOf } from '@ankasecure/contracts';
import type { Connector, ConnectorParts, DeliveredEvent, EncodedEvent, Outcome } from '../connector.js';
import { exchange } from '../http/exchange.js';
import { type HttpSender, openSender, textOf } from '../http/http-sender.js';
import { logRecord } from './log-record.js';
import { outcomeOfOtlp } from './otlp-answer.js';

const compress = promisify(gzip);

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ankasecure' } }] };
const head = Buffer.from(
  `{"resourceLogs":[{"resource":${JSON.stringify(resource)},"scopeLogs":[{"scope":{"name":"ankasecure.audit"},"logRecords":[`,
);
const comma = Buffer.from(',');
const tail = Buffer.from(']}]}]}');

/** OpenTelemetry: log records by OTLP/HTTP, in JSON. */
export class OtlpConnector implements Connector {
  readonly limits = { events: 500, bytes: 3 * 1024 * 1024 };
  private readonly url: URL;

  constructor(
    url: string,
    private readonly authorization: string | undefined,
    private readonly sender: HttpSender,
    private readonly now: () => number,
  ) {
    this.url = new URL(url);
  }

  encode(event: DeliveredEvent): Buffer {
    return Buffer.from(JSON.stringify(logRecord(event)));
  }

  async send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome> {
    const records = events.flatMap(({ body }, index) => (index === 0 ? [body] : [comma, body]));
    const body = await compress(Buffer.concat([head, ...records, tail]));
    const headers = {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      ...(this.authorization !== undefined && { authorization: this.authorization }),
    };
    return exchange(this.sender, { url: this.url, headers, body }, signal, (answer) =>
      outcomeOfOtlp(answer, this.now()),
    );
  }

  close(): void {
    this.sender.close();
  }
}

export const openOtlp = async (parts: ConnectorParts<SettingsOf<'otlp'>>): Promise<Connector> => {
  const { settings, secret, now } = parts;
  const { url, authorization } = settings;
  const login = authorization === undefined ? undefined : textOf(await secret(authorization));
  return new OtlpConnector(url, login, await openSender(parts), now);
};

import type { SettingsOf } from '@ankasecure/contracts';
import type { Connector, ConnectorParts, DeliveredEvent, EncodedEvent, Outcome, Prepared } from '../connector.js';
import { NoAnswer } from '../http/connection-fault.js';
import { readTls } from '../http/http-sender.js';
import { SyslogConnection, type SyslogTarget } from './syslog-connection.js';
import { mostFrameBytes, syslogFrame } from './syslog-frame.js';

const usualMs = 30_000;

/**
 * ArcSight and any receiver of CEF: syslog over TLS. Syslog acknowledges nothing, so what was written last may be lost with a connection.
 * A tenant's last events are sent again before its next ones, unless they were written on this very connection: the one that they were
 * written on, perhaps by another process, may be lost.
 */
export class ArcsightConnector implements Connector {
  readonly limits = { events: 500, bytes: 1024 * 1024 };
  private connection: SyslogConnection | undefined;
  private opening: Promise<SyslogConnection> | undefined;
  private isClosed = false;

  constructor(
    private readonly target: SyslogTarget,
    private readonly repeated: number,
  ) {}

  encode(event: DeliveredEvent): Buffer {
    const frame = syslogFrame(event);
    if (frame.length > mostFrameBytes)
      throw new Error(`The message has ${frame.length} bytes, and syslog takes ${mostFrameBytes}.`);
    return frame;
  }

  async prepare(tenantId: string, after: number, signal: AbortSignal): Promise<Prepared> {
    try {
      const connection = await this.connect(signal);
      if (connection.written.get(tenantId) === after) return 'ready';
      connection.repeating.add(tenantId);
      return { repeat: this.repeated, done: () => connection.written.set(tenantId, after) };
    } catch (error) {
      return { outcome: outcomeOf(error) };
    }
  }

  /** Sends on the connection that `prepare` has made. On another one, something must be sent again first. */
  async send(events: readonly EncodedEvent[], signal: AbortSignal): Promise<Outcome> {
    const { connection } = this;
    const last = events.at(-1)?.event;
    const tenantId = last?.tenantId ?? '';
    if (connection?.isOpen !== true || !connection.repeating.has(tenantId))
      return { result: 'retry', reason: 'The receiver has closed the connection.' };
    try {
      await connection.write(Buffer.concat(events.map(({ body }) => body)), signal);
      connection.written.set(tenantId, last?.seq ?? 0);
      return { result: 'delivered' };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  close(): void {
    this.isClosed = true;
    this.connection?.close();
  }

  private connect(signal: AbortSignal): Promise<SyslogConnection> {
    if (this.connection?.isOpen === true) return Promise.resolve(this.connection);
    this.opening ??= SyslogConnection.open(this.target, signal)
      .then((connection) => {
        this.connection = connection;
        if (this.isClosed) connection.close();
        return connection;
      })
      .finally(() => {
        this.opening = undefined;
      });
    return this.opening;
  }
}

const outcomeOf = (error: unknown): Outcome => {
  if (error instanceof NoAnswer) return { result: error.result, reason: error.message };
  throw error;
};

export const openArcsight = async ({
  settings: { host, port, tls, rewind },
  secret,
  admit,
  requestMs = usualMs,
}: ConnectorParts<SettingsOf<'arcsight'>>): Promise<Connector> =>
  new ArcsightConnector({ host, port, tls: await readTls(tls, secret), admit, timeoutMs: requestMs }, rewind);

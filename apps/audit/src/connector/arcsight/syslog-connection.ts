import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { keyExchangeOptions } from '@ankasecure/service-kit';
import type { ConnectorParts } from '../connector.js';
import { faultOfConnection, NoAnswer } from '../http/connection-fault.js';
import { admittingLookup, type ReceiverTls, verified } from '../http/http-sender.js';

/** Where and how to connect. */
export interface SyslogTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: ReceiverTls;
  readonly admit: ConnectorParts['admit'];
  /** The time for a connection, and for a batch to be written, in milliseconds. */
  readonly timeoutMs: number;
}

/** Under TLS 1.3 a server refuses a client's certificate after the client believes that it is connected. In milliseconds. */
const refusalMs = 300;

/** One TLS connection to a syslog receiver, which only takes. */
export class SyslogConnection {
  /** The tenants whose last events are sent again on this connection, or were. */
  readonly repeating = new Set<string>();
  /** The last event of each tenant that was written on this connection. */
  readonly written = new Map<string, number>();
  private fault: NoAnswer | undefined;

  private constructor(
    private readonly socket: TLSSocket,
    private readonly timeoutMs: number,
  ) {
    // A receiver never answers. It is listened to, so that its end is noticed.
    socket.resume();
    socket.on('error', (error: Error) => this.end(faultOfConnection(error)));
    for (const event of ['end', 'close']) socket.on(event, () => this.end());
  }

  /** @throws NoAnswer */
  static async open(
    { host, port, tls, admit, timeoutMs }: SyslogTarget,
    signal: AbortSignal,
  ): Promise<SyslogConnection> {
    if (isIP(host) !== 0) admitted(admit, host);
    const name = isIP(host) === 0 && { servername: host };
    const options = { host, port, ...keyExchangeOptions(), ...tls, ...name, ...verified };
    const socket = connect({ ...options, lookup: admittingLookup(admit) });
    socket.setKeepAlive(true, 10_000);
    try {
      await new Promise<void>((done, fail) => {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
        limit.addEventListener('abort', () => fail(new NoAnswer('retry', 'The connection was not made in time.')), {
          once: true,
        });
        socket.once('error', fail);
        socket.once('close', () => fail(new NoAnswer('retry', 'The receiver has closed the connection.')));
        socket.once('secureConnect', done);
      });
      const connection = new SyslogConnection(socket, timeoutMs);
      await delay(refusalMs);
      connection.assertOpen();
      return connection;
    } catch (error) {
      socket.destroy();
      throw error instanceof NoAnswer ? error : faultOfConnection(error as NodeJS.ErrnoException);
    }
  }

  get isOpen(): boolean {
    return this.fault === undefined;
  }

  /** Hands bytes to the system. That the receiver has got them is not known. @throws NoAnswer */
  async write(bytes: Buffer, signal: AbortSignal): Promise<void> {
    this.assertOpen();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]);
    await new Promise<void>((done) => {
      const stop = (): void => void this.socket.destroy();
      limit.addEventListener('abort', stop, { once: true });
      this.socket.once('close', done);
      this.socket.write(bytes, () => {
        limit.removeEventListener('abort', stop);
        this.socket.off('close', done);
        done();
      });
    });
    // An alert or the end of the connection may have come with it.
    await delay(0);
    if (limit.aborted) this.end(new NoAnswer('retry', 'The receiver did not take the events in time.'));
    this.assertOpen();
  }

  close(): void {
    this.socket.destroy();
  }

  private end(fault = new NoAnswer('retry', 'The receiver has closed the connection.')): void {
    this.fault ??= fault;
    this.socket.destroy();
  }

  private assertOpen(): void {
    if (this.fault !== undefined) throw this.fault;
  }
}

const admitted = (admit: ConnectorParts['admit'], address: string): void => {
  try {
    admit(address);
  } catch (error) {
    throw new NoAnswer('pause', (error as Error).message);
  }
};

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Target } from './job.js';
import { type Response, ResponseReader } from './response-reader.js';

const readBytes = 64 * 1024;

/** The bytes of a complete request, encoded once. */
export const requestBytes = ({ host, port, path, headers }: Target, body: string, authorization?: string): Buffer => {
  const all = {
    host: `${host}:${port}`,
    ...headers,
    ...(authorization !== undefined && { authorization }),
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`POST ${path} HTTP/1.1`, ...lines, '', body].join('\r\n'));
};

/** A keep-alive connection with at most one request in flight. */
export class Connection {
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #answered: ((response: Response) => void) | null = null;
  #failed: (error: Error) => void;

  private constructor(socket: Socket, failed: (error: Error) => void) {
    this.#socket = socket;
    this.#failed = failed;
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#answered !== null && this.#failed(new Error('the server hung up')));
  }

  /** @param failed is called when the connection breaks. Nothing follows after that */
  static async open({ host, port }: Target, failed: (error: Error) => void): Promise<Connection> {
    let connection: Connection | null = null;
    const onread = {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (size: number, bytes: Uint8Array): boolean => {
        connection?.read(Buffer.from(bytes.buffer, bytes.byteOffset, size));
        return true;
      },
    };
    const socket = connect({ host, port, noDelay: true, onread });
    await once(socket, 'connect');
    connection = new Connection(socket, failed);
    return connection;
  }

  send(request: Buffer, keepBody: boolean, answered: (response: Response) => void): void {
    this.#answered = answered;
    if (keepBody) this.#reader.keepNext();
    this.#socket.write(request);
  }

  close(): void {
    this.#answered = null;
    this.#failed = () => undefined;
    this.#socket.destroy();
  }

  private read(bytes: Buffer): void {
    const response = this.#reader.feed(bytes);
    if (response === null) return;
    const answered = this.#answered;
    this.#answered = null;
    answered?.(response);
  }
}

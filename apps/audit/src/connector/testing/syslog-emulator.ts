import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Authorities } from './https-receiver.js';

/** A syslog message (RFC 5424) with a text in CEF, as a strict receiver reads it. */
export interface ReadMessage {
  readonly priority: number;
  readonly timestamp: string;
  readonly messageId: string;
  readonly header: readonly string[];
  readonly extension: Readonly<Record<string, string>>;
}

/** Splits a text at a letter that is not escaped. */
const splitAt = (text: string, separator: string, most: number): string[] => {
  const parts = [''];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (letter === '\\') parts[parts.length - 1] += letter + (text[++at] ?? '');
    else if (letter === separator && parts.length < most) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts;
};

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r' };
const unescaped = (text: string): string =>
  text.replaceAll(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter);

/** Reads an extension: a key is a word before an equals sign that is not escaped, and its value goes up to the next key. */
const extensionOf = (text: string): Record<string, string> => {
  const keys = [...text.matchAll(/(?:^| )([A-Za-z0-9]+)(?<!\\)=/g)];
  return Object.fromEntries(
    keys.map((key, index): [string, string] => {
      const from = key.index + key[0].length;
      return [key[1] ?? '', unescaped(text.slice(from, keys[index + 1]?.index ?? text.length))];
    }),
  );
};

/** @throws Error for anything that a strict receiver refuses */
export const readMessage = (message: string): ReadMessage => {
  const [, priority, timestamp, messageId, cef = ''] =
    /^<(\d{1,3})>1 (\S+) [!-~]+ [!-~]+ \S+ ([!-~]{1,32}) - (CEF:0\|[\s\S]*)$/.exec(message) ?? [];
  if (priority === undefined || timestamp === undefined || messageId === undefined)
    throw new Error(`no message: ${message}`);
  if (/[\r\n]/.test(message)) throw new Error('a line break');
  const parts = splitAt(cef, '|', 8);
  if (parts.length !== 8) throw new Error('no CEF');
  return {
    priority: Number(priority),
    timestamp,
    messageId,
    header: parts.slice(0, 7).map(unescaped),
    extension: extensionOf(parts[7] ?? ''),
  };
};

/** Takes octet-counted frames (RFC 5425 §4.3) off the start of a buffer. @throws Error for a wrong frame */
const takeFrames = (buffer: Buffer): [messages: string[], rest: Buffer] => {
  const messages: string[] = [];
  let rest = buffer;
  for (;;) {
    const space = rest.indexOf(' ');
    if (space < 0) return [messages, rest];
    const length = rest.subarray(0, space).toString();
    if (!/^[1-9]\d{0,4}$/.test(length)) throw new Error(`no frame: ${length}`);
    const end = space + 1 + Number(length);
    if (rest.length < end) return [messages, rest];
    messages.push(rest.subarray(space + 1, end).toString());
    rest = rest.subarray(end);
  }
};

/** A syslog receiver over TLS that requires client certificates. */
export class SyslogEmulator {
  readonly messages: ReadMessage[] = [];
  readonly faults: string[] = [];
  readonly connections = new Set<TLSSocket>();
  /** Whether it reads what arrives. */
  isReading = true;
  private readonly server: Server;

  constructor({ server, authority }: Authorities) {
    const mutual = { ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    this.server = createServer({ ...server, ...mutual }, (socket) => {
      let buffer: Buffer = Buffer.alloc(0);
      this.connections.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.connections.delete(socket));
      if (!this.isReading) return void socket.pause();
      socket.on('data', (chunk: Buffer) => {
        try {
          const [messages, rest] = takeFrames(Buffer.concat([buffer, chunk]));
          buffer = rest;
          this.messages.push(...messages.map(readMessage));
        } catch (error) {
          this.faults.push((error as Error).message);
          socket.destroy();
        }
      });
    });
    this.server.on('tlsClientError', () => undefined);
  }

  async listen(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  drop(): void {
    for (const socket of this.connections) socket.destroy();
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise((done) => this.server.close(done));
  }
}

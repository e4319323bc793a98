import { gunzipSync } from 'node:zlib';
import type { Received, Reply } from './https-receiver.js';

/** The longest body that the emulator takes, in bytes after inflation (`max_content_length`). */
const mostBytes = 1024 * 1024;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const codes: Readonly<Record<number, readonly [status: number, text: string]>> = {
  0: [200, 'Success'],
  2: [401, 'Token is required'],
  3: [401, 'Invalid authorization'],
  4: [403, 'Invalid token'],
  5: [400, 'No data'],
  6: [400, 'Invalid data format'],
  7: [400, 'Incorrect index'],
  8: [500, 'Internal server error'],
  9: [503, 'Server is busy'],
  10: [400, 'Data channel is missing'],
  11: [400, 'Invalid data channel'],
  12: [400, 'Event field is required'],
  13: [400, 'Event field cannot be blank'],
  14: [400, 'ACK is disabled'],
  15: [400, 'Error in handling indexed fields'],
};

export const hecReply = (code: number, more: object = {}): Reply => {
  const [status, text] = codes[code] ?? [400, 'unknown'];
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text, code, ...more }) };
};

/** Splits concatenated JSON objects, as the collector reads them. @throws SyntaxError */
const objectsIn = (text: string): Record<string, unknown>[] => {
  const objects: Record<string, unknown>[] = [];
  let [depth, start, isText] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (isText) {
      if (letter === '\\') at++;
      else if (letter === '"') isText = false;
      continue;
    }
    if (letter === '"') isText = true;
    else if (letter === '{' && depth++ === 0) start = at;
    else if (letter === '}' && --depth === 0)
      objects.push(JSON.parse(text.slice(start, at + 1)) as Record<string, unknown>);
    else if (depth === 0 && !/\s/.test(letter ?? '')) throw new SyntaxError('not an object');
  }
  if (depth !== 0) throw new SyntaxError('not ended');
  return objects;
};

const topKeys = new Set(['time', 'host', 'source', 'sourcetype', 'index', 'event', 'fields']);

/** The code of the first fault in an event; undefined for a sound one. */
const faultIn = (object: Readonly<Record<string, unknown>>): number | undefined => {
  if (Object.keys(object).some((key) => !topKeys.has(key)) || typeof object['time'] !== 'number') return 6;
  if (!('event' in object)) return 12;
  if (object['event'] === '' || object['event'] === null) return 13;
  const fields = Object.values(object['fields'] ?? {});
  return fields.every((value) => typeof value === 'string' || Array.isArray(value)) ? undefined : 15;
};

/** An HTTP Event Collector, by the vendor's description: tokens, channels, acknowledgements, and events that are read one by one. */
export class HecEmulator {
  token = 'b0c4a1de-0000-4000-8000-000000000001';
  /** Whether the token has acknowledgement on. */
  isAcknowledging = false;
  /** Whether batches get indexed. */
  isIndexing = true;
  private readonly accepted: Record<string, unknown>[] = [];
  /** The acknowledgements of each channel, by number. */
  private readonly channels = new Map<string, boolean[]>();

  readonly handle = (request: Received): Reply => {
    const { headers, url, method } = request;
    const { authorization } = headers;
    if (authorization === undefined) return hecReply(2);
    if (typeof authorization !== 'string' || !authorization.startsWith('Splunk ')) return hecReply(3);
    if (authorization !== `Splunk ${this.token}`) return hecReply(4);
    if (method !== 'POST') return { status: 405 };
    const channel = headers['x-splunk-request-channel'];
    if (this.isAcknowledging && channel === undefined) return hecReply(10);
    if (this.isAcknowledging && (typeof channel !== 'string' || !guid.test(channel))) return hecReply(11);
    if (url.pathname === '/services/collector/event') return this.take(request, String(channel));
    return url.pathname === '/services/collector/ack' ? this.acknowledge(request, String(channel)) : { status: 404 };
  };

  readonly events = (): string[] => this.accepted.map(({ event }) => (event as { eventId: string }).eventId);

  readonly expire = (): void => {
    this.token = 'another';
  };

  private take({ headers, body }: Received, channel: string): Reply {
    const inflated = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (inflated.length > mostBytes) return { status: 413 };
    if (inflated.length === 0) return hecReply(5);
    let objects: Record<string, unknown>[];
    try {
      objects = objectsIn(inflated.toString());
    } catch {
      return hecReply(6, { 'invalid-event-number': 0 });
    }
    for (const [index, object] of objects.entries()) {
      const fault = faultIn(object);
      if (fault !== undefined) return hecReply(fault, { 'invalid-event-number': index });
      this.accepted.push(object);
    }
    if (!this.isAcknowledging) return hecReply(0);
    const acks = this.channels.get(channel) ?? [];
    this.channels.set(channel, [...acks, this.isIndexing]);
    return hecReply(0, { ackId: acks.length });
  }

  private acknowledge({ body }: Received, channel: string): Reply {
    if (!this.isAcknowledging) return hecReply(14);
    const { acks } = JSON.parse(body.toString()) as { acks: number[] };
    const known = this.channels.get(channel) ?? [];
    const answer = Object.fromEntries(acks.map((id) => [id, known[id] === true]));
    return { status: 200, body: JSON.stringify({ acks: answer }) };
  }
}

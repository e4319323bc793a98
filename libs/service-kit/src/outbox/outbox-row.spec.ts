import { assertSealable, auditEvent, maxDetails, maxMembers, newId } from '@ankasecure/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventsOf, mostInRow, mostRowBytes, mostWritten, rowsOf, rowText } from './outbox-row.js';

const tenantId = newId();
const actor = { tenantId, principal: 'p'.repeat(256), correlationId: newId() };
const proof = { process: newId(), mac: 'm'.repeat(43) };

describe('the rows of a commit', () => {
  const textsOf = (events: readonly string[]) =>
    rowsOf(events, (event) => event).map((row) => row.map(([, text]) => text));

  it('hold all events in their order, and no more than a row may', () => {
    const events = Array.from({ length: 2 * mostWritten + 1 }, (_, index) => `{"n":${index}}`);
    const rows = textsOf(events);
    expect(rows.map((row) => row.length)).toEqual([mostWritten, mostWritten, 1]);
    expect(rows.flat()).toEqual(events);
  });

  it('are small enough to be read', () => {
    const event = `"${'é'.repeat(mostRowBytes / 16)}"`;
    const rows = textsOf(Array.from({ length: 20 }, () => event));
    expect(rows.map((row) => row.length)).toEqual([7, 7, 6]);
    for (const row of rows) expect(Buffer.byteLength(rowText(row))).toBeLessThanOrEqual(mostRowBytes);
  });
});

describe('the text of a row', () => {
  afterEach(() => vi.restoreAllMocks());

  /** An event with as many details as one may have, each as long as it may be, and longer still as JSON. */
  const largest = () => {
    const details = Object.fromEntries(
      Array.from({ length: maxDetails }, (_, index) => [String(index).padEnd(64, '\u0001'), '\u0001'.repeat(512)]),
    );
    return auditEvent(actor, { operation: 'o'.repeat(64), details });
  };

  it('has room for the largest event twice, and no event is larger', () => {
    const event = largest();
    assertSealable(event);
    const text = JSON.stringify({ ...event, proof });
    expect(2 * Buffer.byteLength(text)).toBeLessThan(mostRowBytes);
    expect(eventsOf(rowText([text, text]))).toHaveLength(2);
    const details = { ...event.details, more: 'x' };
    expect(() => assertSealable({ ...event, details })).toThrow('details');
  });

  it('is read with as many events as a row may have', () => {
    const text = JSON.stringify({ ...auditEvent(actor, { operation: 'sign', details: { a: '"\\' } }), proof });
    expect(eventsOf(rowText(Array.from({ length: mostInRow }, () => text)))).toHaveLength(mostInRow);
  });

  const inEvent = (members: string): string => `[{"tenantId":"${tenantId}",${members}}]`;
  const room = mostRowBytes - 100;
  const names = Array.from({ length: maxMembers }, (_, index) => `"${index}":1`);
  it.each<[string, string]>([
    ['many small objects', `[${'{},'.repeat(room / 3)}{}]`],
    ['many small arrays', `[${'[],'.repeat(room / 3)}[]]`],
    ['many numbers', `[${'1,'.repeat(room / 2)}1]`],
    ['deep arrays', `${'['.repeat(room / 2)}${']'.repeat(room / 2)}`],
    ['deep objects', `${'{"":'.repeat(room / 5)}1${'}'.repeat(room / 5)}`],
    ['one level more than an event has', inEvent('"details":{"a":{}},"b":[[]]')],
    ['an event with small objects', inEvent(`"a":[${'{},'.repeat(room / 4)}{}]`)],
    ['an event with many members', inEvent(names.join(','))],
    ['an event with as many objects', inEvent(`"a":{},${names.slice(1).join(',')}`)],
    ['one event more than a row has', `[${`{"tenantId":"${tenantId}"},`.repeat(mostInRow)}{}]`],
    ['more characters than a row has', inEvent(`"a":"${'x'.repeat(mostRowBytes)}"`)],
    ['no end of a text', `["${'\\"'.repeat(room / 2)}`],
    ['small objects behind a text with quotes', `["\\\\\"\\\\",${'{},'.repeat(mostInRow)}{}]`],
  ])('is not parsed if it has %s', (_, text) => {
    const parse = vi.spyOn(JSON, 'parse');
    expect(eventsOf(text)).toBeUndefined();
    expect(parse).not.toHaveBeenCalled();
  });

  it.each<[string, string]>([
    ['no list', `{"tenantId":"${tenantId}"}`],
    ['no events', '[]'],
    ['an event without a tenant', '[{}]'],
    ['a tenant that is a list of one', `[{"tenantId":["${tenantId}"]}]`],
    ['two lists', `[{"tenantId":"${tenantId}"}],[]`],
    ['a list without an end', `[{"tenantId":"${tenantId}"}`],
  ])('is not that of a row if it has %s', (_, text) => {
    expect(eventsOf(text)).toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import { describeHttpConnector } from '../connector.conformance.js';
import { OtlpEmulator } from '../testing/otlp-emulator.js';
import { sealedEventOf } from '../testing/sealed-event.fixture.js';
import { logRecord } from './log-record.js';
import { openOtlp } from './otlp.connector.js';

const { authorization } = new OtlpEmulator();
const partial = (rejectedLogRecords: unknown) => ({
  status: 200,
  body: JSON.stringify({ partialSuccess: { rejectedLogRecords, errorMessage: 'too old' } }),
});

describeHttpConnector('an OTLP receiver', {
  emulate: () => new OtlpEmulator(),
  open: ({ url, tls, ...connecting }) =>
    openOtlp({
      admit: () => undefined,
      now: () => Date.now(),
      settings: { kind: 'otlp', url: `${url}/v1/logs`, authorization: 'login', tls },
      ...connecting,
    }),
  secrets: { login: `${authorization}\n` },
  answers: [
    ['200', { status: 200, body: '{}' }, { result: 'delivered' }],
    ['no partial success', { status: 200, body: '{"partialSuccess":null}' }, { result: 'delivered' }],
    ['a warning', partial(0), { result: 'delivered' }],
    ['refused records', partial(1), { result: 'poison' }],
    ['refused records, as a text', partial('2'), { result: 'poison' }],
    ['refused data', { status: 400, body: '{"code":3}' }, { result: 'poison' }],
    ['a full queue', { status: 429, headers: { 'retry-after': '3' } }, { result: 'retry', retryAfterMs: 3000 }],
  ],
});

it('a log record has the event’s times to the microsecond, and its number whole', () => {
  const record = logRecord(sealedEventOf(Number.MAX_SAFE_INTEGER, { occurredAt: '2026-11-30T10:00:00.000007Z' }));
  expect(record).toMatchObject({ timeUnixNano: '1796032800000007000', observedTimeUnixNano: '1796032800223000000' });
  expect(record['attributes']).toContainEqual({ key: 'ankasecure.seq', value: { intValue: '9007199254740991' } });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OtlpReceiver, type Span, startOtlpReceiver } from '../harness/otlp-receiver.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventually } from '../harness/wait.js';

let receiver: OtlpReceiver;
let rig: OwnRig;
let tenant: Tenant;
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  rig = await startOwnRig({ workers: 1, services: receiver.services });
  tenant = await newTenant(rig);
});
afterAll(async () => {
  await rig.stop();
  await receiver.close();
});

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** The spans from `span` up to the request that the test sent. */
const ancestry = (spans: readonly Span[], span: Span): readonly Span[] => {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [span] : [span, ...ancestry(spans, parent)];
};

/** Sends a request with the test's own trace. @returns the spans from `name` up to the HTTP request, once all have arrived */
const wayTo = async (name: RegExp, path: string, body: unknown): Promise<readonly string[]> => {
  const [traceId, ours] = [hex(16), hex(8)];
  const headers = { traceparent: `00-${traceId}-${ours}-01` };
  const { status, text } = await tenant.admin.send('POST', path, { body, headers });
  expect(status, text).toBeLessThan(300);
  const way = await eventually(`a way from ${name.source} to ${path}`, () => {
    const spans = receiver.spans.filter((span) => span.traceId === traceId);
    const ways = spans.filter((span) => name.test(span.name)).map((span) => ancestry(spans, span));
    return ways.find((spansOfWay) => spansOfWay.at(-1)?.parentSpanId === ours);
  });
  return way.map((span) => `${span.service}: ${span.name.split(' ').slice(0, 2).join(' ')}`);
};
const http = expect.stringMatching(/^gateway: POST/) as unknown;

describe('one trace', () => {
  it('leads from HTTP through NATS to the HSM', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    expect(await wayTo(/^pkcs11 sign$/, '/sign', { keyId: key.id, payload: 'AAAA' })).toEqual([
      'crypto-worker: pkcs11 sign',
      'crypto-worker: serve crypto.default.sign',
      'gateway: request crypto.default.sign',
      http,
    ]);
  });

  it('leads from HTTP through NATS to PostgreSQL', async () => {
    const body = { algorithm: 'EC-P256', label: 'traced' };
    const way = await wayTo(/^pg\.query:INSERT/, '/keys', body);
    expect(way.slice(-3)).toEqual([
      'crypto-worker: serve crypto.default.key.create',
      'gateway: request crypto.default.key.create',
      http,
    ]);
  });

  it('covers every service that the request reaches', async () => {
    const way = await wayTo(/^serve crypto\.default\.audit\.mac$/, '/audit/verify', {});
    expect(way).toEqual([
      'crypto-worker: serve crypto.default.audit.mac',
      'audit: request crypto.default.audit.mac',
      'audit: serve audit.verify',
      'gateway: request audit.verify',
      http,
    ]);
  });
});

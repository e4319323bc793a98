import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OtlpReceiver, type Span, spanKind, startOtlpReceiver } from '../harness/otlp-receiver.js';
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

interface Sent {
  readonly traceId: string;
  /** The span that the test itself is. */
  readonly ours: string;
}

/** Sends a request with the test's own trace. */
const send = async (path: string, body: unknown): Promise<Sent> => {
  const [traceId, ours] = [hex(16), hex(8)];
  const headers = { traceparent: `00-${traceId}-${ours}-01` };
  const { status, text } = await tenant.admin.send('POST', path, { body, headers });
  expect(status, text).toBeLessThan(300);
  return { traceId, ours };
};

const spansOf = ({ traceId }: Sent): readonly Span[] => receiver.spans.filter((span) => span.traceId === traceId);

/** The spans from `span` up to the request that the test sent. */
const ancestry = (spans: readonly Span[], span: Span): readonly Span[] => {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [span] : [span, ...ancestry(spans, parent)];
};

/** The spans from the one of this name up to the HTTP request, once all have arrived. */
const wayUp = (sent: Sent, name: string): Promise<readonly Span[]> =>
  eventually(`a way from ${name}`, () => {
    const spans = spansOf(sent);
    const ways = spans.filter((span) => span.name === name).map((span) => ancestry(spans, span));
    return ways.find((way) => way.at(-1)?.parentSpanId === sent.ours);
  });

const named = (way: readonly Span[]): readonly string[] =>
  way.map(({ resource, name }) => `${String(resource['service.name'])}: ${name}`);

const signAnything = async (): Promise<Sent> => {
  const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  return send('/sign', { keyId: key.id, payload: 'AAAA' });
};

describe('one trace', () => {
  it('leads from HTTP through NATS to the HSM', async () => {
    const way = await wayUp(await signAnything(), 'PKCS#11 C_Sign');
    expect(named(way)).toEqual([
      'crypto-worker: PKCS#11 C_Sign',
      'crypto-worker: process crypto.default.sign',
      'gateway: request crypto.default.sign',
      'gateway: POST /api/v1/sign',
    ]);
  });

  it('leads from HTTP through NATS to PostgreSQL', async () => {
    const way = await wayUp(await send('/keys', { algorithm: 'EC-P256', label: 'traced' }), 'INSERT key');
    expect(named(way).slice(-3)).toEqual([
      'crypto-worker: process crypto.default.key.create',
      'gateway: request crypto.default.key.create',
      'gateway: POST /api/v1/keys',
    ]);
  });

  it('covers every service that the request reaches', async () => {
    const way = await wayUp(await send('/audit/verify', {}), 'process crypto.default.audit.mac');
    expect(named(way)).toEqual([
      'crypto-worker: process crypto.default.audit.mac',
      'audit: request crypto.default.audit.mac',
      'audit: process audit.verify',
      'gateway: request audit.verify',
      'gateway: POST /api/v1/audit/verify',
    ]);
  });

  it('shows the commit of the outcome', async () => {
    const way = await wayUp(await signAnything(), 'commit outcomes');
    expect(named(way).slice(1)).toEqual([
      'crypto-worker: process crypto.default.sign',
      'gateway: request crypto.default.sign',
      'gateway: POST /api/v1/sign',
    ]);
  });

  it('is linked from the sealing of its event, which has a trace of its own', async () => {
    const sent = await signAnything();
    const [seal, link] = await eventually('a sealing with a link', () => {
      const linked = receiver.spans.flatMap((span) => span.links.map((to) => [span, to] as const));
      return linked.find(([span, { traceId }]) => span.name === 'seal events' && traceId === sent.traceId);
    });
    expect(seal.traceId).not.toBe(sent.traceId);
    expect(seal.resource['service.name']).toBe('audit');
    await eventually('the span of the sealed use', () => spansOf(sent).some(({ spanId }) => spanId === link.spanId));
    const way = await eventually('the span of the request to seal', () => {
      const spans = ancestry(receiver.spans, seal);
      return spans.length > 2 ? named(spans) : undefined;
    });
    expect(way.slice(1)).toEqual([
      'audit: process audit.append.crypto-worker.default',
      'crypto-worker: request audit.append.crypto-worker.default',
    ]);
  });

  it('leaves nothing in the sealed event', async () => {
    const { traceId } = await signAnything();
    const sealed = await eventually('the sealed event', async () => {
      const { items } = await tenant.admin.get<{ items: readonly { operation: string }[] }>('/audit/events');
      return items.find(({ operation }) => operation === 'sign');
    });
    expect(JSON.stringify(sealed)).not.toContain(traceId);
  });
});

/** Milliseconds by which clocks of processes on one machine can differ, and a pause between two looks be shorter than meant. */
const skewMs = 500;

const millis = (nanos: string): number => Number(BigInt(nanos) / 1_000_000n);

describe('a trace ends with its answer', () => {
  it('because what goes on for itself is in no request, whichever request began it', async () => {
    const box = await tenant.createKey({ algorithm: 'RSA-3072', purpose: 'encrypt' });
    const encrypted = await tenant.admin.send('POST', '/encrypt', { body: { keyId: box.id, plaintext: 'AAAA' } });
    const { jwe } = JSON.parse(encrypted.text) as { jwe: string };
    const [head = '', , ...rest] = jwe.split('.');
    // What the token cannot decrypt makes the worker look at the token, soon and from then on.
    const refused = await tenant.admin.send('POST', '/decrypt', {
      body: { jwe: [head, randomBytes(384).toString('base64url'), ...rest].join('.') },
    });
    expect(refused.status).toBe(400);
    await signAnything();
    await delay(4000);
    await signAnything();
    const answers = receiver.spans.filter(
      ({ kind, resource }) => kind === spanKind.server && resource['service.name'] === 'gateway',
    );
    expect(answers.length).toBeGreaterThan(5);
    const ends = new Map(answers.map(({ traceId, endTimeUnixNano }) => [traceId, millis(endTimeUnixNano)]));
    const late = receiver.spans.filter(
      ({ traceId, startTimeUnixNano }) =>
        millis(startTimeUnixNano) > (ends.get(traceId) ?? Number.POSITIVE_INFINITY) + skewMs,
    );
    expect(named(late)).toEqual([]);
  });
});

describe('the spans follow the semantic conventions', () => {
  it('of HTTP, NATS and PKCS#11', async () => {
    const [hsm, process, request, http] = await wayUp(await signAnything(), 'PKCS#11 C_Sign');
    expect(http).toMatchObject({
      kind: spanKind.server,
      attributes: { 'http.request.method': 'POST', 'http.route': '/api/v1/sign', 'http.response.status_code': 200 },
    });
    const message = { 'messaging.system': 'nats', 'messaging.destination.name': 'crypto.default.sign' };
    expect(request).toMatchObject({
      kind: spanKind.producer,
      attributes: { ...message, 'messaging.operation.name': 'request', 'messaging.operation.type': 'send' },
    });
    expect(process).toMatchObject({
      kind: spanKind.consumer,
      attributes: { ...message, 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' },
    });
    expect(hsm).toMatchObject({ kind: spanKind.client });
    expect(hsm?.attributes).toEqual({
      'pkcs11.function': 'C_Sign',
      'pkcs11.mechanism': 'CKM_ECDSA',
      'ankasecure.job': 'sign',
      'ankasecure.partition': 'default',
    });
  });

  it('of databases', async () => {
    const [insert] = await wayUp(await send('/keys', { algorithm: 'EC-P256', label: 'traced' }), 'INSERT key');
    expect(insert).toMatchObject({
      kind: spanKind.client,
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': 'ankadb_keys',
        'db.operation.name': 'INSERT',
        'db.query.summary': 'INSERT key',
        'db.query.text': expect.stringMatching(/^INSERT INTO "key"/) as unknown,
      },
    });
  });

  it('of routes with parameters', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const way = await wayUp(await send(`/keys/${key.id}/rotate`, {}), 'process crypto.default.key.rotate');
    expect(way.at(-1)?.name).toBe('POST /api/v1/keys/:id/rotate');
    expect(way.at(-1)?.attributes['http.route']).toBe('/api/v1/keys/:id/rotate');
  });

  it('and name the service without any configuration', async () => {
    await wayUp(await send('/audit/verify', {}), 'process crypto.default.audit.mac');
    const names = new Set(receiver.spans.map(({ resource }) => resource['service.name']));
    expect(names).toEqual(new Set(['gateway', 'policy', 'crypto-worker', 'audit']));
    for (const { resource } of receiver.spans)
      expect(resource).toMatchObject({ 'service.namespace': 'ankasecure', 'service.version': '0.1.0' });
  });
});

import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Received, Reply } from './https-receiver.js';

const text = z.strictObject({ stringValue: z.string() });
const value = z.union([
  text,
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({
    kvlistValue: z.strictObject({ values: z.array(z.strictObject({ key: z.string(), value: text })) }),
  }),
]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value }));
const nanos = z.string().regex(/^\d{19}$/);
const record = z.strictObject({
  timeUnixNano: nanos,
  observedTimeUnixNano: nanos,
  severityNumber: z.int().min(1).max(24),
  severityText: z.string(),
  eventName: z.string(),
  body: text,
  attributes,
});
const request = z.strictObject({
  resourceLogs: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeLogs: z.array(z.strictObject({ scope: z.strictObject({ name: z.string() }), logRecords: z.array(record) })),
    }),
  ),
});

/** A receiver of OTLP/HTTP logs in JSON, strict by the protocol's schema (opentelemetry-proto 1.5, logs/v1). */
export class OtlpEmulator {
  authorization = 'Bearer one';
  private readonly ids: string[] = [];

  readonly handle = ({ method, url, headers, body }: Received): Reply => {
    if (headers['authorization'] !== this.authorization) return { status: 401 };
    if (method !== 'POST' || url.pathname !== '/v1/logs') return { status: 404 };
    if (headers['content-type'] !== 'application/json') return { status: 415 };
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
    const read = request.safeParse(JSON.parse(text));
    if (!read.success) return { status: 400, body: JSON.stringify({ code: 3, message: read.error.message }) };
    for (const { scopeLogs } of read.data.resourceLogs)
      for (const { logRecords } of scopeLogs)
        for (const one of logRecords) {
          const uid = one.attributes.find(({ key }) => key === 'log.record.uid');
          this.ids.push(uid && 'stringValue' in uid.value ? uid.value.stringValue : '');
        }
    return { status: 200, body: '{"partialSuccess":{}}' };
  };

  readonly events = (): string[] => this.ids;

  readonly expire = (): void => {
    this.authorization = 'another';
  };
}

import type { SealedEvent } from '@ankasecure/contracts';
import type { DeliveredEvent } from '../connector.js';

/** A value in the JSON form of OTLP. */
type AnyValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly boolValue: boolean }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } };

interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

const text = (key: string, value: string): KeyValue => ({ key, value: { stringValue: value } });
/** An int64 is a text in JSON, so that no reader rounds it. */
const integer = (key: string, value: number): KeyValue => ({ key, value: { intValue: String(value) } });
const optional = (key: string, value: string | null): readonly KeyValue[] => (value === null ? [] : [text(key, value)]);

/** Nanoseconds since the epoch of an instant with six decimals. */
const nanosOf = (instant: string): string => {
  const [, whole = '', micros = ''] = /^(.+)\.(\d{6})Z$/.exec(instant) ?? [];
  return `${Date.parse(`${whole}Z`) / 1000}${micros}000`;
};

/** INFO for success, WARN otherwise (the data model's SeverityNumber). */
const severities: Readonly<Record<SealedEvent['outcome'], readonly [number: number, text: string]>> = {
  success: [9, 'INFO'],
  failure: [13, 'WARN'],
  unknown: [13, 'WARN'],
};

/** An event as a log record of OTLP. Attributes have names of OpenTelemetry's conventions where there is one. */
export const logRecord = (event: DeliveredEvent): Readonly<Record<string, unknown>> => {
  const [severityNumber, severityText] = severities[event.outcome];
  const details = Object.entries(event.details).map(([key, value]) => text(key, value));
  return {
    timeUnixNano: nanosOf(event.occurredAt),
    observedTimeUnixNano: nanosOf(event.sealedAt),
    severityNumber,
    severityText,
    eventName: 'ankasecure.audit',
    body: { stringValue: `${event.operation} ${event.outcome}` },
    attributes: [
      text('log.record.uid', event.eventId),
      integer('ankasecure.seq', event.seq),
      text('ankasecure.tenant.id', event.tenantId),
      text('user.id', event.userId),
      text('ankasecure.operation', event.operation),
      text('ankasecure.outcome', event.outcome),
      ...optional('error.type', event.failureCode),
      ...optional('ankasecure.key.id', event.keyId),
      ...optional('ankasecure.algorithm', event.algorithm),
      text('ankasecure.correlation.id', event.correlationId),
      text('ankasecure.hash', event.hash),
      text('ankasecure.previous.hash', event.previousHash),
      text('ankasecure.mac.key.id', event.macKeyId),
      text('ankasecure.hmac', event.hmac),
      ...(event.repeat === true ? [{ key: 'ankasecure.repeat', value: { boolValue: true } }] : []),
      { key: 'ankasecure.details', value: { kvlistValue: { values: details } } },
    ],
  };
};

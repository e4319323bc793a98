import type { SpanPlan } from './trace.js';

/** The attributes of a message in the spans of both its ends: the OpenTelemetry conventions for messaging spans. */
const message = (subject: string, bytes: number) => ({
  'messaging.system': 'nats',
  'messaging.destination.name': subject,
  'messaging.message.body.size': bytes,
});

/** The span of a request from its sending to its reply. Its context travels with the message, so that its kind is producer. */
export const requestSpan = (subject: string, bytes: number): SpanPlan => ({
  name: `request ${subject}`,
  kind: 'producer',
  attributes: {
    ...message(subject, bytes),
    'messaging.operation.name': 'request',
    'messaging.operation.type': 'send',
  },
});

/** The span of the work on a request, at the service that answers it. */
export const processSpan = (subject: string, bytes: number): SpanPlan => ({
  name: `process ${subject}`,
  kind: 'consumer',
  attributes: {
    ...message(subject, bytes),
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
  },
});

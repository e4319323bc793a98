import { randomUUID } from 'node:crypto';
import type { SealedEvent } from '@ankasecure/contracts';
import type { Connector, EncodedEvent } from '../connector.js';

const digest = 'mF3yT0gYb1hJ1rQm7m1y0xH0o2m0fS9C3m8Zk6f1n2A';

export const sealedEventOf = (seq: number, over: Partial<SealedEvent> = {}): SealedEvent => ({
  tenantId: '0190a0de-7b1c-7000-8000-0000000000aa',
  eventId: randomUUID(),
  userId: 'payments-service',
  keyId: '0190a0de-7b1c-7000-8000-0000000000bb',
  algorithm: 'EC-P256',
  operation: 'sign',
  outcome: 'success',
  failureCode: null,
  correlationId: 'invoice-run-47',
  seq,
  macKeyId: '1.2026-11-30',
  occurredAt: '2026-11-30T10:00:00.123456Z',
  details: { alg: 'ES256', custody: 'token', version: '1' },
  hmac: digest,
  previousHash: digest,
  hash: digest,
  sealedAt: '2026-11-30T10:00:00.223000Z',
  ...over,
});

export const sealedEvents = (count: number): SealedEvent[] =>
  Array.from({ length: count }, (_, index) => sealedEventOf(index + 1));

export const encoded = (connector: Connector, events: readonly SealedEvent[]): EncodedEvent[] =>
  events.map((event) => ({ event, body: connector.encode(event) }));

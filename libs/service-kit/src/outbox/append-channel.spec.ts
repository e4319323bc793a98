import { randomUUID } from 'node:crypto';
import { auditEvent, type OfferedEvent, platformTenantId, type ReplyHead } from '@ankasecure/contracts';
import { expect, it } from 'vitest';
import { AppendChannel } from './append-channel.js';
import { OutboxProof } from './outbox-proof.js';

const event = auditEvent(
  { tenantId: platformTenantId, principal: 'alice', correlationId: randomUUID() },
  { operation: 'sign' },
);
const made = { macKeyId: '1.2026-11-30', hmac: Buffer.alloc(32, 1) };

const refusal: ReplyHead = { ok: false, error: { code: 'service-unavailable', retryable: true, detail: 'later' } };
/** What the audit service answers, and whether the process writes MACs into its proofs from then on; undefined: as before. */
const answers: Readonly<Record<string, readonly [ReplyHead, string, boolean | undefined]>> = {
  'one that takes them': [{ ok: true }, '{"sealed":1,"takesMacs":true}', true],
  'one of the release before': [{ ok: true }, '{"sealed":1}', false],
  'one that could not seal': [refusal, '', undefined],
};

const names = Object.keys(answers);
const sequences = [[], ...names.map((name) => [name]), ...names.flatMap((one) => names.map((two) => [one, two]))];

it.each(sequences)('a process writes MACs for an audit service that takes them: %s, %s', async (...sequence) => {
  const proof = new OutboxProof('crypto-worker', 'default');
  proof.open(Buffer.alloc(32));
  proof.macs = { of: () => made };
  const writes = (): Partial<NonNullable<OfferedEvent['proof']>> => {
    const { macKeyId, hmac } = (JSON.parse(proof.textOf(event)) as OfferedEvent).proof ?? {};
    return { ...(macKeyId !== undefined && { macKeyId }), ...(hmac !== undefined && { hmac }) };
  };
  let told: readonly [ReplyHead, string, unknown] | undefined;
  const bus = {
    maxPayload: 8192,
    request: () => Promise.reject(new Error('not asked')),
    requestRaw: async () => ({ head: told?.[0] ?? refusal, body: Buffer.from(told?.[1] ?? '') }),
  };
  const channel = new AppendChannel(bus, proof, 1000);
  let expected = false;
  for (const name of sequence) {
    told = answers[name];
    await channel.ask(Buffer.from('{}'));
    expected = answers[name]?.[2] ?? expected;
  }
  expect(writes()).toEqual(expected ? { macKeyId: made.macKeyId, hmac: made.hmac.toString('base64url') } : {});
});

import { createHmac } from 'node:crypto';
import { type OutboxProcess, outboxKeyInput } from '@ankasecure/audit-event';
import type { Reporter } from '@ankasecure/contracts';
import { OutboxProof } from '@ankasecure/service-kit';

/** TEST ONLY. The key of a process, derived as in a token, under a key that every test knows. */
export const testOutboxKey = (of: OutboxProcess): Buffer =>
  createHmac('sha256', 'test').update(outboxKeyInput(of)).digest();

/** TEST ONLY. The proof of a process that has its key. */
export const testProof = (service: Reporter, partition = ''): OutboxProof => {
  const proof = new OutboxProof(service, partition);
  const { process } = proof;
  proof.open(testOutboxKey({ service, partition: partition === '' ? null : partition, process }));
  return proof;
};

import { createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outboxKeyInput, outboxMac, outboxProofInput } from './outbox-proof.js';

const process = '0190b8a0-0000-7000-8000-000000000001';
const eventId = '0190b8a0-0000-7000-8000-000000000002';
const worker = { service: 'crypto-worker', partition: 'north', process };
const gateway = { service: 'gateway', partition: null, process };
const content = { eventId, canonical: Buffer.from('0102', 'hex'), details: '{}' };

const field = (text: string): string =>
  `01${text.length.toString(16).padStart(8, '0')}${Buffer.from(text, 'ascii').toString('hex')}`;
/** `ankasecure.outbox`, version 1. */
const magic = '616e6b617365637572652e6f7574626f7801';

describe('the form of a process’s key', () => {
  it('is frozen', () => {
    expect(outboxKeyInput(worker).toString('hex')).toBe(
      `${magic}00${field('crypto-worker')}${field('north')}${field(process)}`,
    );
    expect(outboxKeyInput(gateway).toString('hex')).toBe(`${magic}00${field('gateway')}00${field(process)}`);
  });
});

describe('the form of a proof', () => {
  it('is frozen', () => {
    expect(outboxProofInput(worker, content).toString('hex')).toBe(
      `${magic}01${field('crypto-worker')}${field('north')}${field(process)}${field(eventId)}01000000020102${field('{}')}`,
    );
  });

  it('is authenticated with HMAC-SHA256', () => {
    const key = Buffer.alloc(32, 7);
    const expected = createHmac('sha256', key).update(outboxProofInput(gateway, content)).digest();
    expect(outboxMac(createSecretKey(key), gateway, content)).toEqual(expected);
    expect(expected.toString('hex')).toBe('58333354d558002cd64bbe8ac8862129cddecae66afcf00fe745e06d3743919f');
  });

  it('differs by every value, and never equals the form of a key', () => {
    const forms = [
      outboxKeyInput(worker),
      outboxProofInput(worker, content),
      outboxProofInput({ ...worker, service: 'gateway' }, content),
      outboxProofInput({ ...worker, partition: 'south' }, content),
      outboxProofInput({ ...worker, partition: null }, content),
      outboxProofInput({ ...worker, partition: '' }, content),
      outboxProofInput({ ...worker, process: eventId }, content),
      outboxProofInput(worker, { ...content, eventId: process }),
      outboxProofInput(worker, { ...content, canonical: Buffer.from('01', 'hex') }),
      outboxProofInput(worker, { ...content, details: '{"a":"b"}' }),
    ].map((form) => form.toString('hex'));
    expect(new Set(forms).size).toBe(forms.length);
  });
});

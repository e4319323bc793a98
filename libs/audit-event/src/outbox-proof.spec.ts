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

  it('of an event whose MAC the process has made is frozen too', () => {
    const made = { macKeyId: '1.2026-11-30', hmac: Buffer.from('0a0b', 'hex') };
    expect(outboxProofInput(worker, { ...content, made }).toString('hex')).toBe(
      `${magic}02${field('crypto-worker')}${field('north')}${field(process)}${field(eventId)}01000000020102${field('{}')}${field('1.2026-11-30')}01000000020a0b`,
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
      outboxProofInput(worker, { ...content, made: { macKeyId: '', hmac: Buffer.of() } }),
      outboxProofInput(worker, { ...content, made: { macKeyId: '1.2026-11-30', hmac: Buffer.of() } }),
      outboxProofInput(worker, { ...content, made: { macKeyId: '1.2026-11-30', hmac: Buffer.of(1) } }),
      outboxProofInput(worker, { ...content, made: { macKeyId: '1.2026-11-3', hmac: Buffer.of(1) } }),
    ].map((form) => form.toString('hex'));
    expect(new Set(forms).size).toBe(forms.length);
  });
});

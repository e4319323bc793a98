import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AuditEvent } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { canonicalBytes, macInput } from './canonical.js';
import { chainSealBytes } from './chain-seal.js';
import { detailsText, genesisHash, leafHash } from './leaf.js';

const folder = new URL('../vectors/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(name, folder));
const files = [pathOf('version-1.json'), pathOf('chain-seal-2.json')] as const;

/** Bytes are in hex. */
interface Vector {
  readonly name: string;
  readonly macKeyId: string;
  readonly macKey: string;
  readonly event: AuditEvent;
  readonly sealed: Readonly<Record<'canonical' | 'macInput' | 'hmac' | 'previousHash' | 'details' | 'hash', string>> & {
    readonly seq: number;
    readonly sealedAt: number;
  };
}

interface SealVector {
  readonly name: string;
  readonly fromSeq: number;
  readonly seq: number;
  /** Absent in a seal of version 1. */
  readonly index?: { readonly seq: number; readonly mac: string };
  readonly sealed: Readonly<Record<'message' | 'macInput' | 'mac', string>>;
}

interface Trail {
  readonly tenantId: string;
  readonly genesisHash: string;
  readonly vectors: readonly Vector[];
  readonly chainSeals: readonly SealVector[];
}

const trail = JSON.parse(readFileSync(files[0], 'utf8')) as Trail;
const second = JSON.parse(readFileSync(files[1], 'utf8')) as Pick<Trail, 'chainSeals'>;
const seals = [...trail.chainSeals, ...second.chainSeals];
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

describe('the frozen vectors', () => {
  it('start from the genesis of their tenant', () => {
    expect(genesisHash(trail.tenantId).toString('hex')).toBe(trail.genesisHash);
    expect(trail.vectors[0]?.sealed.previousHash).toBe(trail.genesisHash);
  });

  it.each(trail.vectors.map((vector) => [vector.name, vector] as const))(
    '%s',
    (_, { event, macKeyId, macKey, sealed }) => {
      const canonical = canonicalBytes(event);
      const input = macInput(macKeyId, canonical);
      const hmac = createHmac('sha256', bytes(macKey)).update(input).digest();
      const details = detailsText(event.details);
      const previousHash = bytes(sealed.previousHash);
      const { seq, sealedAt } = sealed;
      const leaf = { seq, eventId: event.eventId, previousHash, macKeyId, canonical, hmac, details, sealedAt };
      expect({
        seq,
        sealedAt,
        canonical: canonical.toString('hex'),
        macInput: input.toString('hex'),
        hmac: hmac.toString('hex'),
        previousHash: sealed.previousHash,
        details,
        hash: leafHash(leaf).toString('hex'),
      }).toEqual(sealed);
    },
  );

  it.each(seals.map((seal) => [seal.name, seal] as const))('seal %s', (_, { fromSeq, seq, index: bound, sealed }) => {
    const last = trail.vectors[seq - 1] ?? expect.unreachable();
    const index = bound === undefined ? null : { seq: bound.seq, mac: bytes(bound.mac) };
    const message = chainSealBytes({ tenantId: trail.tenantId, fromSeq, seq, hash: bytes(last.sealed.hash), index });
    const input = macInput(last.macKeyId, message);
    expect({
      message: message.toString('hex'),
      macInput: input.toString('hex'),
      mac: createHmac('sha256', bytes(last.macKey)).update(input).digest('hex'),
    }).toEqual(sealed);
  });

  it('match a second implementation in Python', () => {
    const checked = execFileSync('python3', [pathOf('check.py'), ...files], { encoding: 'utf8' });
    expect(checked.trim()).toBe(String(trail.vectors.length + seals.length));
  });
});

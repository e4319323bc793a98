import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Answer } from '../route/answer.js';
import type { NewAttempt } from './idempotency.statement.js';
import { canonicalJson } from './request-identity.js';

/** A request with an Idempotency-Key, as its record names it. */
export type KeptRequest = Omit<NewAttempt, 'leaseMs' | 'mac'>;

/** The key's label: no other key that is derived from the secret has it. */
const label = 'ankasecure.idempotency.1';

/**
 * The MACs of what is kept of requests with an Idempotency-Key. Whoever owns the database can neither choose the id of a new
 * resource nor make up an answer. The key is derived (HKDF, RFC 5869) from the seed by which the gateways are known to the bus:
 * all gateways have it, and no database.
 */
@Injectable()
export class AnswerMac {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', label, 32));
  }

  /** HMAC-SHA256 of the request with its answer; 32 bytes. @param answer undefined while there is none */
  of({ tenantId, caller, key, route, bodyHash, resourceId }: KeptRequest, answer?: Answer): Buffer {
    const request = [tenantId, caller.toString('hex'), key, route, bodyHash.toString('hex'), resourceId];
    const answered = answer && [answer.status, answer.headers, hash('sha256', answer.body)];
    return createHmac('sha256', this.key)
      .update(canonicalJson([...request, answered ?? null]))
      .digest();
  }

  isOf(mac: Buffer, request: KeptRequest, answer?: Answer): boolean {
    const expected = this.of(request, answer);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  }
}

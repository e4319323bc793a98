import { beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

const duration = /^hsm;dur=(\d+\.\d+), worker;dur=(\d+\.\d+), total;dur=(\d+\.\d+)$/;

describe('headers of an answer', () => {
  let rig: Rig;
  let tenant: Tenant;
  let keyId: string;
  beforeAll(async () => {
    rig = await sharedRig();
    tenant = await newTenant(rig);
    keyId = (await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' })).id;
  });
  const sign = (headers: Record<string, string> = {}) =>
    tenant.admin.send('POST', '/sign', { body: { keyId, payload: 'AAAA' }, headers });

  it('report the time spent', async () => {
    const [, hsm, worker, total] = (duration.exec((await sign()).headers.get('server-timing') ?? '') ?? []).map(Number);
    expect(hsm).toBeGreaterThan(0);
    expect(worker).toBeGreaterThanOrEqual(hsm ?? Number.NaN);
    expect(total).toBeGreaterThanOrEqual(worker ?? Number.NaN);
  });

  it('carry the caller’s correlation id, or a generated one', async () => {
    expect((await sign({ 'x-correlation-id': 'invoice-run.47' })).headers.get('x-correlation-id')).toBe(
      'invoice-run.47',
    );
    for (const refused of ['', 'with space', 'a'.repeat(65), '<script>'])
      expect((await sign({ 'x-correlation-id': refused })).correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('prevent caching and content sniffing', async () => {
    for (const { headers } of [await sign(), await tenant.admin.send('POST', '/sign', { body: '{' })]) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });

  it('ask for a missing token', async () => {
    const reply = await clientOf(rig.baseUrl).send('POST', '/sign', { body: { keyId, payload: 'AAAA' } });
    expectProblem(reply, 'authentication-required');
    expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="ankasecure"');
  });
});

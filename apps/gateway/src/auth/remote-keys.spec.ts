import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock, type Logger, WatchedFiles } from '@ankasecure/service-kit';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outbound } from '../outbound/outbound.js';
import { asTenant, audience, makeIssuer, type TokenMaker, tenantA } from '../testing/token.js';
import { ConfiguredIssuers } from './configured-issuers.js';
import type { IdentityConfig } from './identity.config.js';
import { KeyOutage } from './key-outage.js';
import { TokenVerifier } from './token-verifier.js';

const issuer = 'https://provider.test';
const hour = 3_600_000;

/** An identity provider on its own port, which can stop and start again there. */
class Provider {
  asked = 0;
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/jwks.json`;
  }

  /** The issuers whose keys are served. */
  makers: readonly TokenMaker[] = [];

  async serve(...makers: TokenMaker[]): Promise<void> {
    await this.leave();
    this.makers = makers;
    this.server = createServer((_, response) => {
      this.asked++;
      response.end(JSON.stringify({ keys: this.makers.map(({ publicJwk }) => publicJwk) }));
    });
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Is there and has no keys. */
  async refuse(): Promise<void> {
    await this.serve();
    this.server?.removeAllListeners('request').on('request', (_, response) => {
      this.asked++;
      response.writeHead(500).end();
    });
  }

  async leave(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('an issuer’s keys while its provider is unavailable', () => {
  let provider: Provider;
  let old: TokenMaker;
  let rotated: TokenMaker;
  let verifier: TokenVerifier;
  let registry: Registry;
  let logged: string[];

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date', 'hrtime'] });
    provider = new Provider();
    old = await makeIssuer(issuer);
    const next = await makeIssuer(issuer);
    rotated = {
      ...next,
      publicJwk: { ...next.publicJwk, kid: 'rotated' },
      token: (claims) => next.token(claims, { kid: 'rotated' }),
    };
    await provider.serve(old);
    registry = new Registry();
    logged = [];
    const log = {
      warn: (_: object, text: string) => logged.push(`warn ${text}`),
      info: (_: object, text: string) => logged.push(`info ${text}`),
    };
    const identity = {
      issuers: [
        {
          issuer,
          audience,
          jwksUrl: provider.url,
          platform: false,
          algorithms: ['ES256' as const],
          claims: { tenant: 'tenant', roles: 'roles', groups: 'groups', audience: 'aud', required: [] },
        },
      ],
    };
    const issuers = new ConfiguredIssuers(
      identity as unknown as IdentityConfig,
      new KeyOutage(log as unknown as Logger, registry),
      new Outbound({}),
      new WatchedFiles(log as unknown as Logger, registry),
    );
    const config = { clockToleranceSeconds: 2, maxTokenLifeSeconds: 86_400 } as unknown as IdentityConfig;
    verifier = new TokenVerifier({ sources: [issuers] }, config, new Clock({ maximumSkewMs: 2000 }));
  });
  afterEach(async () => {
    await provider.leave();
    vi.useRealTimers();
  });

  const later = (ms: number): void => void vi.advanceTimersByTime(ms);
  const verify = async (maker: TokenMaker) => verifier.verify(await maker.token(asTenant(tenantA, 'user')), new Date());
  const accepted = { principal: { tenantId: tenantA } };
  const unavailable = { code: 'service-unavailable' };
  const unknown = { code: 'ERR_JWKS_NO_MATCHING_KEY' };
  const away = async () => (await registry.getSingleMetric('ankasecure_issuer_keys_away')?.get())?.values[0]?.value;

  it('are served from the last set for 12 hours, and are logged once and measured', async () => {
    await expect(verify(old)).resolves.toMatchObject(accepted);
    await provider.leave();
    for (const passed of [11 * 60_000, 60_000, hour, 10 * hour]) {
      later(passed);
      await expect(verify(old)).resolves.toMatchObject(accepted);
    }
    expect(logged).toEqual(['warn cannot fetch the keys of an issuer']);
    expect(await away()).toBe(1);
    later(hour);
    await expect(verify(old)).rejects.toMatchObject(unavailable);
  });

  it('are not reported as an invalid token when they are unknown', async () => {
    await verify(old);
    await provider.leave();
    later(11 * 60_000);
    await expect(verify(rotated)).rejects.toMatchObject(unavailable);
    await expect(verify(old)).resolves.toMatchObject(accepted);
    await expect(verify(rotated)).rejects.toMatchObject(unavailable);
  });

  it('are fetched again after the provider returns, and a withdrawn key is refused', async () => {
    await verify(old);
    await provider.leave();
    later(11 * 60_000);
    await verify(old);
    await provider.serve(rotated);
    later(3_000);
    await expect(verify(rotated)).rejects.toMatchObject({ ...unavailable, retryAfterSeconds: 7 });
    later(7_001);
    await expect(verify(rotated)).resolves.toMatchObject(accepted);
    await expect(verify(old)).rejects.toMatchObject(unavailable);
    later(10_000);
    await expect(verify(old)).rejects.toMatchObject(unknown);
    expect(logged.at(-1)).toBe('info fetched the keys of an issuer again');
    expect(await away()).toBe(0);
  });

  it('are looked at at once for a new kid', async () => {
    await verify(old);
    provider.makers = [old, rotated];
    await expect(verify(rotated)).resolves.toMatchObject(accepted);
    await expect(verify(old)).resolves.toMatchObject(accepted);
    expect(provider.asked).toBe(2);
  });

  it('are not reported as an invalid token when the provider does not answer for a new kid', async () => {
    await verify(old);
    await provider.leave();
    await expect(verify(rotated)).rejects.toMatchObject(unavailable);
    await expect(verify(old)).resolves.toMatchObject(accepted);
  });

  it('are looked at no more often than five times, and once in five seconds, for kids that strangers make up', async () => {
    await verify(old);
    const stranger = (kid: string) => old.token(asTenant(tenantA, 'user'), { kid });
    const outcomes = new Map<string, number>();
    for (let time = 0; time < 50; time++)
      for (const kid of [`made-up-${time}`, 'always-the-same'])
        await verifier.verify(await stranger(kid), new Date()).catch((error: { code: string }) => {
          outcomes.set(error.code, (outcomes.get(error.code) ?? 0) + 1);
        });
    expect(provider.asked).toBe(1 + 5);
    // Four made-up keys were looked for, and the one that was named again and again. Nobody looked twice.
    expect(Object.fromEntries(outcomes)).toEqual({ 'service-unavailable': 100 });
    provider.makers = [old, rotated];
    await expect(verify(rotated)).rejects.toMatchObject({ ...unavailable, retryAfterSeconds: 5 });
    later(5_001);
    await expect(verify(rotated)).resolves.toMatchObject(accepted);
    later(5_000);
    for (let time = 0; time < 50; time++)
      await expect(verifier.verify(await stranger('always-the-same'), new Date())).rejects.toMatchObject(unknown);
    expect(provider.asked).toBe(1 + 5 + 2);
  });

  it('are not reported as an invalid token until a second look, and the answer says when that is', async () => {
    await verify(old);
    await expect(verify(rotated)).rejects.toMatchObject({ ...unavailable, retryAfterSeconds: 10 });
    later(4_000);
    await expect(verify(rotated)).rejects.toMatchObject({ ...unavailable, retryAfterSeconds: 6 });
    expect(provider.asked).toBe(2);
    later(6_000);
    await expect(verify(rotated)).rejects.toMatchObject(unknown);
    later(29_999);
    await expect(verify(rotated)).rejects.toMatchObject(unknown);
    expect(provider.asked).toBe(3);
    later(1);
    provider.makers = [old, rotated];
    await expect(verify(rotated)).resolves.toMatchObject(accepted);
  });

  it('are accepted if the provider publishes a key shortly after it signed with it', async () => {
    await verify(old);
    const refused = await verify(rotated).catch((error: { retryAfterSeconds: number }) => error);
    provider.makers = [old, rotated];
    later((refused as { retryAfterSeconds: number }).retryAfterSeconds * 1000);
    await expect(verify(rotated)).resolves.toMatchObject(accepted);
    expect(provider.asked).toBe(3);
  });

  it('are looked at once for many requests with the same new kid', async () => {
    await verify(old);
    provider.makers = [old, rotated];
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => verify(rotated)));
    for (const one of all) expect(one).toMatchObject({ status: 'fulfilled', value: accepted });
    expect(provider.asked).toBe(2);
  });

  it('are fetched by one request in ten seconds, and the others do not wait for it', async () => {
    await verify(old);
    await provider.leave();
    later(11 * 60_000);
    await verify(old);
    await provider.serve(old);
    const before = provider.asked;
    await Promise.all(Array.from({ length: 5 }, () => verify(old)));
    expect(provider.asked).toBe(before);
    later(10_001);
    await Promise.all(Array.from({ length: 5 }, () => verify(old)));
    expect(provider.asked).toBe(before + 1);
  });

  it('are not asked for at every request if no set was ever fetched', async () => {
    await provider.refuse();
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => verify(old)));
    for (const one of all) expect(one).toMatchObject({ status: 'rejected', reason: unavailable });
    await expect(verify(old)).rejects.toMatchObject(unavailable);
    expect(provider.asked).toBe(1);
    await provider.serve(old);
    await expect(verify(old)).rejects.toMatchObject(unavailable);
    later(10_001);
    await expect(verify(old)).resolves.toMatchObject(accepted);
  });
});

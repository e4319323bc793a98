import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceRoot } from '@ankasecure/service-kit';
import type { Nats, Postgres, TestPartsOptions } from '@ankasecure/testing';
import { startMigratedPostgres, startTestNats, startTestParts } from '@ankasecure/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { GatewayConfig } from '../gateway.config.js';
import { createGateway, type GatewayParts } from '../gateway.js';
import { GatewayModule } from '../gateway.module.js';
import { schema } from '../schema.js';
import { type StandIns, startStandIns } from './stand-in.js';
import { audience, makeIssuer, type TokenMaker } from './token.js';

const database = 'ankadb_gateway';
const http: GatewayConfig['http'] = {
  host: '127.0.0.1',
  port: 0,
  bodyLimitBytes: 256 * 1024,
  bodyBudgetBytes: 64 * 1024 * 1024,
  idleTimeoutSeconds: 120,
  clientAddress: { record: true, trustedProxies: [], header: 'x-forwarded-for' },
};

export interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly parts: GatewayParts;
  readonly app: NestFastifyApplication;
  stop(): Promise<void>;
}

/** The issuer of the gateway's own tokens. */
export const ownIssuer = 'https://ankasecure.test';

/** The sections that a test replaces. Of `http`, it replaces single settings. */
type Overrides = Partial<Pick<GatewayConfig, 'identity' | 'quota' | 'approval' | 'outbound'>> & {
  readonly http?: Partial<GatewayConfig['http']>;
};

/** Gateways on a real bus and a real database, with stand-ins for the other services. */
export interface Rig {
  /** The issuer that is trusted for the platform's tenant. */
  readonly issuer: TokenMaker;
  readonly otherIssuer: TokenMaker;
  readonly standIns: StandIns;
  readonly postgres: Postgres;
  readonly nats: Nats;
  /** Starts another gateway on the same bus and database. */
  gateway(overrides?: Overrides): Promise<Gateway>;
  stop(): Promise<void>;
}

const identityOf = (directory: string, issuer: TokenMaker, otherIssuer: TokenMaker): GatewayConfig['identity'] => {
  const keysOf = (maker: TokenMaker, name: string): string => {
    const file = join(directory, name);
    writeFileSync(file, JSON.stringify({ keys: [maker.publicJwk] }));
    return file;
  };
  const settings = {
    audience,
    algorithms: ['ES256' as const],
    claims: { tenant: 'tenant', roles: 'roles', groups: 'groups', audience: 'aud' as const, required: [] },
    platform: false,
  };
  return {
    issuers: [
      { ...settings, issuer: issuer.issuer, jwksFile: keysOf(issuer, 'jwks.json'), platform: true },
      {
        ...settings,
        claims: { ...settings.claims, required: ['nbf' as const] },
        issuer: otherIssuer.issuer,
        jwksFile: keysOf(otherIssuer, 'other-jwks.json'),
      },
    ],
    serviceAccounts: { issuer: ownIssuer, tokenSeconds: 60 },
    repairers: [{ issuer: issuer.issuer, subject: 'repairer' }],
    tenantIssuers: { allowedNetworks: ['127.0.0.0/8'] },
    clockToleranceSeconds: 2,
    maxTokenLifeSeconds: 7 * 86_400,
    tokenCacheSeconds: 300,
  };
};

/** Starts a gateway on its own connections. A gateway that does not start leaves none open. */
const startGateway = async (
  options: TestPartsOptions,
  identity: GatewayConfig['identity'],
  overrides: Overrides,
): Promise<Gateway> => {
  const { stop, config, ...rest } = await startTestParts(options);
  const parts: GatewayParts = {
    ...rest,
    config: {
      ...config,
      identity,
      approval: { expiryHours: 24 },
      outbound: {},
      ...overrides,
      http: { ...http, ...overrides.http },
    },
  };
  const root = serviceRoot(GatewayModule.of(parts.config), parts);
  const app = await createGateway(root, parts).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  parts.health.markStarted();
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    parts,
    app,
    stop: async () => {
      await app.close();
      await stop();
    },
  };
};

export const startRig = async (): Promise<Rig> => {
  const directory = mkdtempSync(join(tmpdir(), 'anka-gateway-'));
  const [postgres, nats] = await Promise.all([
    startMigratedPostgres({ service: 'gateway', database, schema }),
    startTestNats(),
  ]);
  const options = { service: 'gateway', postgres, nats, database, schema } as const;
  const standIns = await startStandIns(nats);
  const issuer = await makeIssuer('https://issuer.test');
  const otherIssuer = await makeIssuer('https://other-issuer.test');
  const identity = identityOf(directory, issuer, otherIssuer);
  const running = new Set<Gateway>();
  return {
    issuer,
    otherIssuer,
    standIns,
    postgres,
    nats,
    gateway: async (overrides = {}) => {
      const gateway = await startGateway(options, identity, overrides);
      const started: Gateway = {
        ...gateway,
        stop: async () => {
          running.delete(started);
          await gateway.stop();
        },
      };
      running.add(started);
      return started;
    },
    stop: async () => {
      for (const gateway of [...running]) await gateway.stop();
      await standIns.stop();
      await Promise.all([nats.stop(), postgres.stop()]);
      rmSync(directory, { recursive: true });
    },
  };
};

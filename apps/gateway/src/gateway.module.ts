import { Outbox, PARTS, type Parts } from '@ankasecure/service-kit';
import { type FactoryProvider, Module } from '@nestjs/common';
import { DenialRecord } from './audit/denial.js';
import { Authentication } from './auth/authentication.js';
import { KeyOutage } from './auth/key-outage.js';
import { TokenVerifier } from './auth/token-verifier.js';
import { Background } from './background.js';
import type { GatewayConfig } from './gateway.config.js';
import { BodyBudget } from './http/body-budget.js';
import { RequestMeter } from './http/request-meter.js';
import { Idempotency } from './idempotency/idempotency.js';
import { Quota } from './quota/quota.js';
import { Admission } from './route/admission.js';
import { TenantDirectory } from './tenant/tenant-directory.js';

export type GatewayParts = Parts<GatewayConfig>;

const fromParts = <Value>(
  provide: new (...parts: never[]) => Value,
  make: (parts: GatewayParts) => Value,
): FactoryProvider => ({
  provide,
  inject: [PARTS],
  useFactory: make,
});

/** Quotas are off unless they are configured. */
export const QUOTA = Symbol('quota');

@Module({
  providers: [
    fromParts(
      Authentication,
      ({ config: { identity }, log, health }) =>
        new Authentication(
          new TokenVerifier(identity, new KeyOutage(log, health.registry)),
          log,
          identity.tokenCacheSeconds * 1000,
        ),
    ),
    fromParts(TenantDirectory, ({ bus, dataSource, log }) => new TenantDirectory(bus, dataSource, log)),
    fromParts(Outbox, ({ dataSource, bus, log }) => new Outbox('gateway', dataSource, bus, log)),
    fromParts(Idempotency, ({ dataSource }) => new Idempotency(dataSource)),
    fromParts(BodyBudget, ({ config: { http } }) => new BodyBudget(http.bodyBudgetBytes, http.bodyLimitBytes)),
    fromParts(RequestMeter, ({ health }) => new RequestMeter(health.registry)),
    {
      provide: QUOTA,
      inject: [PARTS],
      useFactory: ({ config }: GatewayParts) => config.quota && new Quota(config.quota),
    },
    {
      provide: DenialRecord,
      inject: [PARTS, Outbox],
      useFactory: ({ dataSource }: GatewayParts, outbox: Outbox) => new DenialRecord(dataSource, outbox),
    },
    {
      provide: Admission,
      inject: [Authentication, TenantDirectory, DenialRecord, BodyBudget, QUOTA],
      useFactory: (
        authentication: Authentication,
        tenants: TenantDirectory,
        denials: DenialRecord,
        bodies: BodyBudget,
        quota: Quota | undefined,
      ) => new Admission(authentication, tenants, denials, bodies, quota),
    },
    {
      provide: Background,
      inject: [PARTS, Outbox, Idempotency, QUOTA],
      useFactory: ({ log }: GatewayParts, outbox: Outbox, idempotency: Idempotency, quota: Quota | undefined) =>
        new Background(outbox, idempotency, quota, log),
    },
  ],
})
export class GatewayModule {}

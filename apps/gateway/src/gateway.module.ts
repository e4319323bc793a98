import { Outbox, PARTS, type Parts, Rehearsal } from '@ankasecure/service-kit';
import { type FactoryProvider, Module } from '@nestjs/common';
import { Approvals } from './approval/approvals.js';
import { Decisions } from './approval/decisions.js';
import { policyInForce } from './approval/policy-in-force.js';
import { DenialRecord } from './audit/denial.js';
import { Authentication } from './auth/authentication.js';
import { ConfiguredIssuers } from './auth/configured-issuers.js';
import { KeyOutage } from './auth/key-outage.js';
import { TokenVerifier } from './auth/token-verifier.js';
import { Background, type Expiring } from './background.js';
import type { GatewayConfig } from './gateway.config.js';
import { BodyBudget } from './http/body-budget.js';
import { RequestMeter } from './http/request-meter.js';
import { Idempotency } from './idempotency/idempotency.js';
import { GuardedFetch } from './identity/guarded-fetch.js';
import { IdentityEpoch } from './identity/identity-epoch.js';
import { Issuers } from './issuer/issuers.js';
import { TenantIssuers } from './issuer/tenant-issuers.js';
import { Quota } from './quota/quota.js';
import { Admission } from './route/admission.js';
import { ClientAuthentication } from './service-account/client-authentication.js';
import { IssueToken } from './service-account/issue-token.js';
import { OwnIssuer } from './service-account/own-issuer.js';
import { ServiceAccounts } from './service-account/service-accounts.js';
import { TokenKeys } from './service-account/token-keys.js';
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

/** There are no service accounts where they are not configured. */
export const ISSUE_TOKEN = Symbol('issue token');

/** Those that the platform knows by its configuration. */
const knownIssuers = ({ issuers, serviceAccounts }: GatewayConfig['identity']): readonly string[] => [
  ...issuers.map(({ issuer }) => issuer),
  ...(serviceAccounts === undefined ? [] : [serviceAccounts.issuer]),
];

const authenticationOf = (
  { config: { identity }, log, health }: GatewayParts,
  epochs: IdentityEpoch,
  accounts: ServiceAccounts,
  keys: TokenKeys,
  issuers: Issuers,
): Authentication => {
  const { serviceAccounts, tenantIssuers, clockToleranceSeconds, tokenCacheSeconds } = identity;
  const sources = [
    new ConfiguredIssuers(identity, new KeyOutage(log, health.registry)),
    ...(serviceAccounts === undefined ? [] : [new OwnIssuer(serviceAccounts.issuer, keys, accounts, epochs)]),
    new TenantIssuers(issuers, epochs, new GuardedFetch(tenantIssuers.allowedNetworks), log),
  ];
  return new Authentication(new TokenVerifier(sources, clockToleranceSeconds), log, tokenCacheSeconds * 1000, epochs);
};

const issueTokenOf = (
  { config: { identity }, bus, dataSource, log }: GatewayParts,
  accounts: ServiceAccounts,
  keys: TokenKeys,
  tenants: TenantDirectory,
  outbox: Outbox,
): IssueToken | undefined => {
  const { serviceAccounts, clockToleranceSeconds } = identity;
  if (serviceAccounts === undefined) return undefined;
  const config = { ...serviceAccounts, clockToleranceSeconds };
  const clients = new ClientAuthentication({ dataSource, log }, config, accounts);
  return new IssueToken({ bus, dataSource, tenants, outbox }, config, clients, keys);
};

/** What is removed in the background. */
const EXPIRING = Symbol('expiring');

/** Quotas are off unless they are configured. */
export const QUOTA = Symbol('quota');

@Module({
  providers: [
    fromParts(IdentityEpoch, ({ dataSource, log }) => new IdentityEpoch(dataSource, log)),
    {
      provide: TokenKeys,
      inject: [PARTS, IdentityEpoch],
      useFactory: ({ dataSource }: GatewayParts, epochs: IdentityEpoch) => new TokenKeys(dataSource, epochs),
    },
    {
      provide: Rehearsal,
      inject: [PARTS, Outbox],
      useFactory: ({ dataSource }: GatewayParts, outbox: Outbox) => new Rehearsal(dataSource, outbox),
    },
    {
      provide: ServiceAccounts,
      inject: [PARTS, Outbox, IdentityEpoch, Rehearsal],
      useFactory: ({ dataSource }: GatewayParts, ...rest: [Outbox, IdentityEpoch, Rehearsal]) =>
        new ServiceAccounts(dataSource, ...rest),
    },
    {
      provide: Issuers,
      inject: [PARTS, Outbox, IdentityEpoch, Rehearsal],
      useFactory: ({ dataSource, bus, config }: GatewayParts, ...rest: [Outbox, IdentityEpoch, Rehearsal]) =>
        new Issuers(dataSource, ...rest, knownIssuers(config.identity), policyInForce(bus)),
    },
    {
      provide: Authentication,
      inject: [PARTS, IdentityEpoch, ServiceAccounts, TokenKeys, Issuers],
      useFactory: authenticationOf,
    },
    {
      provide: ISSUE_TOKEN,
      inject: [PARTS, ServiceAccounts, TokenKeys, TenantDirectory, Outbox],
      useFactory: issueTokenOf,
    },
    fromParts(TenantDirectory, ({ bus, dataSource, log }) => new TenantDirectory(bus, dataSource, log)),
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
      provide: Approvals,
      inject: [PARTS, Outbox, IdentityEpoch, Rehearsal],
      useFactory: ({ dataSource, config }: GatewayParts, ...rest: [Outbox, IdentityEpoch, Rehearsal]) =>
        new Approvals(dataSource, ...rest, config.approval.expiryHours),
    },
    {
      provide: Decisions,
      inject: [PARTS, Outbox, Rehearsal],
      useFactory: ({ dataSource }: GatewayParts, ...rest: [Outbox, Rehearsal]) => new Decisions(dataSource, ...rest),
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
      provide: EXPIRING,
      inject: [Idempotency, ServiceAccounts, Approvals],
      useFactory: (idempotency: Idempotency, accounts: ServiceAccounts, approvals: Approvals): readonly Expiring[] => [
        { what: 'expired idempotency records', remove: () => idempotency.removeExpired() },
        { what: 'expired assertions', remove: () => accounts.removeExpiredAssertions() },
        { what: 'approvals of long ago', remove: () => approvals.removeOld() },
      ],
    },
    {
      provide: Background,
      inject: [PARTS, EXPIRING, QUOTA, IdentityEpoch],
      useFactory: ({ log }: GatewayParts, expiring: readonly Expiring[], ...rest: [Quota | undefined, IdentityEpoch]) =>
        new Background(expiring, ...rest, log),
    },
  ],
})
export class GatewayModule {}

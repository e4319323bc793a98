import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose';
import { RemoteKeys } from '../../auth/remote-keys.js';
import { DiscoveredKeys } from './discovered-keys.js';
import { GuardedFetch } from './guarded-fetch.js';

interface IssuerWithKeys {
  readonly tenantId: string;
  readonly issuer: string;
  readonly keys: readonly JWK[] | null;
  readonly jwksUrl: string | null;
}

/** Finds the keys of tenants' issuers: those in the settings, those at a URL, or those found by discovery. */
@Injectable()
export class TenantIssuerKeys {
  constructor(
    private readonly guarded: GuardedFetch,
    private readonly log: Logger,
  ) {}

  of({ tenantId, issuer, keys, jwksUrl }: IssuerWithKeys): JWTVerifyGetKey {
    if (keys !== null) return createLocalJWKSet({ keys: [...keys] });
    const { log } = this;
    const outage = {
      begin: (_: string, { message: reason }: Error) =>
        log.warn({ tenantId, issuer, reason }, 'cannot fetch the keys of a tenant’s issuer'),
      end: () => log.info({ tenantId, issuer }, 'fetched the keys of a tenant’s issuer again'),
    };
    const fetch = this.guarded.for(tenantId);
    if (jwksUrl === null) return new DiscoveredKeys(issuer, outage, fetch).find;
    return new RemoteKeys(jwksUrl, issuer, outage, fetch).find;
  }
}

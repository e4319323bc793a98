import { Injectable } from '@nestjs/common';
import { OwnIssuer } from '../access-token/own-issuer.js';
import { ConfiguredIssuers } from '../auth/configured-issuers.js';
import { type IssuerSource, IssuerSources } from '../auth/issuer.js';
import { TenantIssuers } from '../issuer/tenant-issuers.js';

/** The issuers of the configuration file, then the gateway itself, then the issuers that tenants trust. */
@Injectable()
export class KnownIssuers extends IssuerSources {
  override readonly sources: readonly IssuerSource[];

  constructor(configured: ConfiguredIssuers, own: OwnIssuer, tenants: TenantIssuers) {
    super();
    this.sources = [configured, own, tenants];
  }
}

import { tokenClaims } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { JWTPayload } from 'jose';
import { IdentityConfig } from '../auth/identity.config.js';
import type { Issuer, IssuerSource, TokenPrincipal } from '../auth/issuer.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { TurnedAway } from '../identity/turned-away.js';
import { ServiceAccounts } from '../service-account/service-accounts.js';
import { TokenKeys } from './token-keys.js';

/** The issuer of service accounts' tokens. A token names the account. The account's present state is looked up. */
@Injectable()
export class OwnIssuer implements IssuerSource {
  /** Undefined if service accounts are not configured. This source then knows no issuer. */
  private readonly own: Issuer | undefined;

  constructor(
    { serviceAccounts }: IdentityConfig,
    private readonly keys: TokenKeys,
    private readonly accounts: ServiceAccounts,
    private readonly epochs: IdentityEpoch,
  ) {
    this.own = serviceAccounts && this.issuerOf(serviceAccounts.issuer);
  }

  find({ iss }: JWTPayload): Issuer | undefined {
    return iss === this.own?.issuer ? this.own : undefined;
  }

  private issuerOf(name: string): Issuer {
    return {
      issuer: name,
      audience: name,
      audienceClaim: 'aud',
      algorithms: ['ES256'],
      isOwn: true,
      required: ['nbf'],
      keys: ({ kid = '' }) => this.keys.find(kid),
      read: (payload, header) => this.read(name, payload, header.kid),
    };
  }

  private async read(issuer: string, payload: JWTPayload, kid: string | undefined): Promise<TokenPrincipal> {
    const { tenant, sub, rev } = tokenClaims.parse(payload);
    if (kid?.split('.')[0] !== tenant) throw new Error('the key belongs to another tenant');
    const epoch = await this.epochs.current();
    const account = await this.accounts.prove(tenant, sub);
    if (account === undefined || rev < account.tokensFrom || rev > account.revision)
      throw new TurnedAway({ tenantId: tenant, issuer, subject: sub }, 'the account has changed');
    return {
      principal: {
        tenantId: tenant,
        subject: sub,
        issuer,
        roles: account.roles,
        groups: account.groups,
        isApplication: true,
      },
      epoch,
    };
  }
}

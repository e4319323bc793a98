import { tokenClaims } from '@ankasecure/contracts';
import type { JWTPayload } from 'jose';
import type { Issuer, IssuerSource, Read } from '../auth/issuer.js';
import type { IdentityEpoch } from '../identity/identity-epoch.js';
import type { ServiceAccounts } from './service-accounts.js';
import type { TokenKeys } from './token-keys.js';

/** The tokens this platform gives its service accounts. They say who the account was; what it is now is looked up. */
export class OwnIssuer implements IssuerSource {
  private readonly own: Issuer;

  constructor(
    private readonly name: string,
    keys: TokenKeys,
    private readonly accounts: ServiceAccounts,
    private readonly epochs: IdentityEpoch,
  ) {
    this.own = {
      issuer: name,
      audience: name,
      algorithms: ['ES256'],
      keys: ({ kid = '' }) => keys.find(kid),
      read: (payload, header) => this.read(payload, header.kid),
    };
  }

  find({ iss }: JWTPayload): Issuer | undefined {
    return iss === this.name ? this.own : undefined;
  }

  private async read(payload: JWTPayload, kid: string | undefined): Promise<Read> {
    const { tenant, sub, rev } = tokenClaims.parse(payload);
    if (kid?.split('.')[0] !== tenant) throw new Error('the key belongs to another tenant');
    const epoch = await this.epochs.current();
    const account = await this.accounts.find(tenant, sub);
    if (account?.revision !== rev) throw new Error('the account has changed');
    return {
      principal: {
        ...{ tenantId: tenant, subject: sub, issuer: this.name, roles: account.roles, groups: account.groups },
        isApplication: true,
      },
      epoch,
    };
  }
}

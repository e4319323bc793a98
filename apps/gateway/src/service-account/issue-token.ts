import { type AuditEvent, type Context, signToken, type TokenClaims } from '@ankasecure/contracts';
import { type Bus, type Logger, type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { ServiceAccountConfig } from '../auth/identity.config.js';
import { identityEvent } from '../identity/identity-event.js';
import type { TenantDirectory } from '../tenant/tenant-directory.js';
import { type Assertion, verifyAssertion } from './assertion.js';
import { OAuthError } from './oauth-error.js';
import type { ServiceAccount } from './service-account.contract.js';
import { parseClientId, type ServiceAccounts } from './service-accounts.js';
import type { TokenKeys } from './token-keys.js';

const withinMs = 15_000;

/** Below the issuer's URL; assertions may name the one or the other as their audience. */
export const tokenPath = '/api/v1/oauth/token';

/** One sentence for every reason, so that an answer tells an attacker nothing. */
const refusal = 'The assertion is not that of a client, or is not good for this token endpoint now';

export interface TokenRequest {
  readonly clientId: string;
  readonly assertion: string;
  readonly correlationId: string;
}

export interface Issued {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}

interface Parts {
  readonly bus: Pick<Bus, 'request'>;
  readonly dataSource: DataSource;
  readonly log: Logger;
}

/** Gives a service account an access token for an assertion that proves it is one (RFC 7523), signed in the HSM. */
export class IssueToken {
  constructor(
    private readonly parts: Parts,
    private readonly config: ServiceAccountConfig & { readonly clockToleranceSeconds: number },
    private readonly accounts: ServiceAccounts,
    private readonly keys: TokenKeys,
    private readonly around: { readonly tenants: TenantDirectory; readonly outbox: Outbox },
  ) {}

  /** @throws OAuthError `invalid_client`, always the same; AnkaError when something of ours is away */
  async issue(request: TokenRequest): Promise<Issued> {
    const { tenants, outbox } = this.around;
    outbox.assertRoom();
    const account = await this.authenticate(request);
    const { tenantId, id } = account;
    const { issuer } = this.config;
    const partition = await tenants.find({ tenantId, subject: id, issuer }, request.correlationId);
    const context: Context = {
      ...{ tenantId, principal: id, issuer, correlationId: request.correlationId },
      deadline: Date.now() + withinMs,
    };
    const claims = this.claimsFor(account);
    const { token, key } = await this.parts.bus.request(signToken, partition, context, { claims });
    const settle = await withTenant(this.parts.dataSource, tenantId, async (manager) => {
      await outbox.write(manager, [issued(context, claims)]);
      return this.keys.keep(manager, tenantId, key);
    });
    outbox.committed(1);
    await settle();
    return { access_token: token, token_type: 'Bearer', expires_in: claims.exp - claims.iat };
  }

  private async authenticate({ clientId, assertion, correlationId }: TokenRequest): Promise<ServiceAccount> {
    const named = parseClientId(clientId);
    const account = named && (await this.accounts.find(named.tenantId, named.id));
    try {
      if (account === undefined) throw new Error('no such client');
      const { issuer, clockToleranceSeconds: clockTolerance } = this.config;
      const audiences = [issuer, `${issuer}${tokenPath}`];
      await this.useUp(account, await verifyAssertion(assertion, account, { audiences, clockTolerance }));
      return account;
    } catch (error) {
      if (!(error instanceof Error) || 'severity' in error) throw error;
      this.parts.log.info({ correlationId, clientId: named && clientId, reason: error.message }, 'assertion refused');
      throw new OAuthError('invalid_client', refusal, { cause: error });
    }
  }

  /** Each assertion is good once, on whichever gateway it is shown, for as long as it would be believed. */
  private async useUp({ tenantId, id }: ServiceAccount, { jti, expiresAt }: Assertion): Promise<void> {
    const rows = await withTenant(this.parts.dataSource, tenantId, (manager) =>
      manager.query<unknown[]>(
        `INSERT INTO client_assertion (tenant_id, account_id, jti, expires_at)
         VALUES ($1, $2, $3, to_timestamp($4) + interval '1 minute') ON CONFLICT DO NOTHING RETURNING jti`,
        [tenantId, id, jti, expiresAt],
      ),
    );
    if (rows.length === 0) throw new Error('jti was used before');
  }

  private claimsFor({ id, tenantId, clientId, roles, groups, revision }: ServiceAccount): TokenClaims {
    const { issuer, tokenSeconds } = this.config;
    const now = Math.floor(Date.now() / 1000);
    return {
      ...{ iss: issuer, aud: issuer, sub: id, client_id: clientId, jti: crypto.randomUUID() },
      ...{ iat: now, nbf: now, exp: now + tokenSeconds },
      ...{ tenant: tenantId, roles, groups, rev: revision },
    };
  }
}

const issued = (context: Context, { jti, exp }: TokenClaims): AuditEvent => ({
  ...identityEvent(context, 'token.issue', { jti, expiresAt: new Date(exp * 1000).toISOString() }),
  algorithm: 'EC-P256',
});

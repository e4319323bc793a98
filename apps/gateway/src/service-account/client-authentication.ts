import { type Logger, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { ServiceAccountConfig } from '../auth/identity.config.js';
import { type ClientCertificate, isValidNow } from '../http/client-certificate.js';
import { type Assertion, verifyAssertion } from './assertion.js';
import { OAuthError } from './oauth-error.js';
import type { ServiceAccount } from './service-account.contract.js';
import { parseClientId, type ServiceAccounts } from './service-accounts.js';

/** Below the issuer's URL; assertions may name the one or the other as their audience. */
export const tokenPath = '/api/v1/oauth/token';

/** One sentence for every reason, so that an answer tells an attacker nothing. */
export const refusal =
  'The assertion or certificate is not that of the client, or is not good for this token endpoint now';

/** A client, and how it means to prove that it is the one: with an assertion, or else with its connection's certificate. */
export interface Claim {
  readonly clientId: string;
  readonly assertion?: string;
  readonly certificate?: ClientCertificate | undefined;
  readonly correlationId: string;
}

export interface Client {
  readonly account: ServiceAccount;
  /** The thumbprint of the certificate it has proved itself with; nothing when it was an assertion. */
  readonly thumbprint?: string;
}

/** Finds out whether a client is the service account it says it is. */
export class ClientAuthentication {
  constructor(
    private readonly parts: { readonly dataSource: DataSource; readonly log: Logger },
    private readonly config: ServiceAccountConfig & { readonly clockToleranceSeconds: number },
    private readonly accounts: ServiceAccounts,
  ) {}

  /** @throws OAuthError `invalid_client`, always the same */
  async authenticate({ clientId, correlationId, ...proof }: Claim): Promise<Client> {
    const named = parseClientId(clientId);
    const account = named && (await this.accounts.find(named.tenantId, named.id));
    try {
      if (account === undefined) throw new Error('no such client');
      return await this.prove(account, proof);
    } catch (error) {
      if (!(error instanceof Error) || 'severity' in error) throw error;
      this.parts.log.info({ correlationId, clientId: named && clientId, reason: error.message }, 'client refused');
      throw new OAuthError('invalid_client', refusal, { cause: error });
    }
  }

  private async prove(
    account: ServiceAccount,
    { assertion, certificate }: Pick<Claim, 'assertion' | 'certificate'>,
  ): Promise<Client> {
    if (assertion === undefined) return { account, thumbprint: registered(account, certificate) };
    const { issuer, clockToleranceSeconds: clockTolerance } = this.config;
    const audiences = [issuer, `${issuer}${tokenPath}`];
    await this.useUp(account, await verifyAssertion(assertion, account, { audiences, clockTolerance }));
    return { account };
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
}

/** RFC 8705 §2.2: the certificate is the registered one, byte by byte. @throws Error whose message is for our log only */
const registered = ({ certificates }: ServiceAccount, shown: ClientCertificate | undefined): string => {
  if (shown === undefined) throw new Error('the connection has no certificate');
  if (!certificates.some(({ thumbprint }) => thumbprint === shown.thumbprint))
    throw new Error('the certificate is not registered');
  if (!isValidNow(shown)) throw new Error('the certificate is not valid now');
  return shown.thumbprint;
};

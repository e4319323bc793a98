import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { IdentityConfig, serviceAccountsOf } from '../auth/identity.config.js';
import { type ClientCertificate, isValidNow } from '../http/client-certificate.js';
import { parseClientId } from '../service-account/client-id.js';
import type { ServiceAccount } from '../service-account/service-account.contract.js';
import { ServiceAccounts } from '../service-account/service-accounts.js';
import { type Assertion, verifyAssertion } from './assertion.js';
import { OAuthError } from './oauth-error.js';
import { UsedAssertions } from './used-assertions.js';

/** Below the issuer's URL; assertions may name the one or the other as their audience. */
export const tokenPath = '/api/v1/oauth/token';

/** One sentence for every reason, so that an answer tells an attacker nothing. */
export const refusal =
  'Client authentication failed: use an unexpired assertion for this endpoint, signed with a key of the account, or one of its certificates';

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

interface Proven extends Client {
  /** What has proved it, where that is good once. */
  readonly used?: Assertion;
}

/** Finds out whether a client is the service account it says it is. */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly config: IdentityConfig,
    private readonly accounts: ServiceAccounts,
    private readonly assertions: UsedAssertions,
    private readonly log: Logger,
  ) {}

  /** @throws OAuthError `invalid_client`, always the same; what the database throws, which says nothing of the client */
  async authenticate(claim: Claim): Promise<Client> {
    const named = parseClientId(claim.clientId);
    const account = named && (await this.accounts.find(named.tenantId, named.id));
    const { used, ...client } = await this.prove(account, claim).catch((cause: Error) => {
      throw this.refuse(claim, cause);
    });
    if (used !== undefined && !(await this.assertions.use(client.account, used)))
      throw this.refuse(claim, new Error('jti was used before'));
    return client;
  }

  private refuse({ clientId, correlationId }: Claim, cause: Error): OAuthError {
    const named = parseClientId(clientId) && clientId;
    this.log.info({ correlationId, clientId: named, reason: cause.message }, 'client refused');
    return new OAuthError('invalid_client', refusal, { cause });
  }

  /** Asks nobody else. @throws Error whose message is for our log only */
  private async prove(account: ServiceAccount | undefined, { assertion, certificate }: Claim): Promise<Proven> {
    if (account === undefined) throw new Error('no such client');
    if (assertion === undefined) return { account, thumbprint: registered(account, certificate) };
    const { issuer } = serviceAccountsOf(this.config);
    const { clockToleranceSeconds: clockTolerance } = this.config;
    const audiences = [issuer, `${issuer}${tokenPath}`];
    return { account, used: await verifyAssertion(assertion, account, { audiences, clockTolerance }) };
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

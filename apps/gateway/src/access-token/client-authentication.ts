import { AnkaError } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { IdentityConfig, serviceAccountsOf } from '../auth/identity.config.js';
import { type ClientCertificate, isValidAt } from '../http/client-certificate.js';
import { ExcludedSubjects } from '../identity/excluded-subjects.js';
import { parseClientId } from '../service-account/client-id.js';
import { isValid } from '../service-account/credential.js';
import type { ServiceAccount } from '../service-account/service-account.contract.js';
import { ServiceAccounts } from '../service-account/service-accounts.js';
import { type Assertion, verifyAssertion } from './assertion.js';
import { OAuthError } from './oauth-error.js';
import { UsedAssertions } from './used-assertions.js';

/** The path of the token endpoint. The audience of an assertion is this URL or the issuer's. */
export const tokenPath = '/api/v1/oauth/token';

/** One message covers every reason, so an answer tells an attacker nothing. */
export const refusal =
  'Client authentication failed: use an unexpired assertion for this endpoint, valid once, with a jti of its own and signed with a key of the account, or one of its certificates';

/** A client that claims an identity. It proves it with an assertion, or else with its connection's certificate. */
export interface Claim {
  readonly clientId: string;
  readonly assertion?: string;
  readonly certificate?: ClientCertificate | undefined;
  readonly correlationId: string;
  readonly clientAddress: string | undefined;
}

export interface Client {
  readonly account: ServiceAccount;
  /** The thumbprint of the certificate that proved the identity. It is absent if an assertion did. */
  readonly thumbprint?: string;
  /** When it proved its identity, in milliseconds since the epoch. */
  readonly at: number;
  /** The end of the key or certificate that proved the identity. A token does not outlive it. */
  readonly expiresAt: string | undefined;
}

interface AuthenticatedClient extends Client {
  /** The assertion that proved the identity. It can be used once. */
  readonly used?: Assertion;
}

/** Checks that a client is the service account that it claims to be. */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly config: IdentityConfig,
    private readonly accounts: ServiceAccounts,
    private readonly assertions: UsedAssertions,
    private readonly excluded: ExcludedSubjects,
    private readonly log: Logger,
  ) {}

  /** @throws OAuthError `invalid_client`, always the same; any error of the database, which says nothing about the client */
  async authenticate(claim: Claim): Promise<Client> {
    this.assertions.clock.assertAgrees();
    const named = parseClientId(claim.clientId);
    const account = named && (await this.accounts.find(named.tenantId, named.id));
    const { used, ...client } = await this.prove(account, claim).catch((cause: Error) => {
      throw this.refuse(claim, cause, account);
    });
    await this.admit(client, claim);
    if (used !== undefined && !(await this.assertions.use(client.account, used)))
      throw this.refuse(claim, new Error('jti was used before'), client.account);
    return client;
  }

  /** The account that the claim proves. The proof is not used up. Undefined if it proves none. @throws any error of the database */
  async provenBy(claim: Claim): Promise<ServiceAccount | undefined> {
    const named = parseClientId(claim.clientId);
    const account = named && (await this.accounts.find(named.tenantId, named.id));
    return this.prove(account, claim).then(
      () => account,
      () => undefined,
    );
  }

  /** @throws OAuthError for an account that the tenant has shut out; AnkaError if that cannot be known */
  private async admit({ account }: Client, claim: Claim): Promise<void> {
    const { tenantId, id: subject } = account;
    const { issuer } = serviceAccountsOf(this.config);
    await this.excluded.admit({ tenantId, issuer, subject }).catch((cause: Error) => {
      throw cause instanceof AnkaError ? cause : this.refuse(claim, cause, account);
    });
  }

  private refuse({ clientId, correlationId }: Claim, cause: Error, account: ServiceAccount | undefined): OAuthError {
    const named = parseClientId(clientId) && clientId;
    this.log.info({ correlationId, clientId: named, reason: cause.message }, 'client refused');
    return new OAuthError('invalid_client', refusal, { cause, account });
  }

  /** Checks the proof with the account's own keys or certificates. @throws Error whose message is only for the log */
  private async prove(
    account: ServiceAccount | undefined,
    { assertion, certificate }: Claim,
  ): Promise<AuthenticatedClient> {
    if (account === undefined) throw new Error('no such client');
    const at = this.assertions.clock.now();
    if (assertion === undefined) {
      const { thumbprint, expiresAt } = registered(account, certificate, at);
      return { account, at, thumbprint, expiresAt };
    }
    const { issuer } = serviceAccountsOf(this.config);
    const { clockToleranceSeconds: clockTolerance } = this.config;
    const audiences = [issuer, `${issuer}${tokenPath}`];
    const used = await verifyAssertion(assertion, account, { audiences, clockTolerance, at });
    return { account, at, used, expiresAt: used.keyExpiresAt };
  }
}

/** Compares the certificate with the registered ones, byte by byte (RFC 8705 §2.2). @throws Error whose message is only for the log */
const registered = (
  { certificates }: ServiceAccount,
  shown: ClientCertificate | undefined,
  at: number,
): ServiceAccount['certificates'][number] => {
  if (shown === undefined) throw new Error('the connection has no certificate');
  const known = certificates.find(({ thumbprint }) => thumbprint === shown.thumbprint);
  if (known === undefined) throw new Error('the certificate is not registered');
  if (!isValidAt(shown, at) || !isValid(known, at)) throw new Error('the certificate is not valid now');
  return known;
};

import { AnkaError, type Context, monotonicNow, newId, signToken, type TokenClaims } from '@ankasecure/contracts';
import { BusClient, type TurnLimits, Turns } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { IdentityConfig, serviceAccountsOf } from '../auth/identity.config.js';
import { originOf } from '../identity/origin.js';
import { tokenEnd } from '../service-account/credential.js';
import { TenantDirectory } from '../tenant/tenant-directory.js';
import { type Claim, type Client, ClientAuthentication } from './client-authentication.js';
import { IssuedTokens } from './issued-tokens.js';
import type { RefusedAccount } from './oauth-error.js';

const withinMs = 15_000;

const busy = (): AnkaError => new AnkaError('service-unavailable', 'Too many token requests. Try again.');

/** Limits on checking clients' proofs, by callers' networks. Any caller can send one. */
const proofs: TurnLimits = { all: { running: 8, waiting: 1000 }, each: { running: 4, waiting: 250 }, waitMs: 5000 };
/** Limits on issuing tokens to authenticated clients, by tenant. Each needs the HSM and a commit. */
const issues: TurnLimits = { all: { running: 32, waiting: 1000 }, each: { running: 8, waiting: 250 }, waitMs: 10_000 };

export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}

/** Issues access tokens to service accounts that proved their identity. The HSM signs them. If a certificate was the proof, the token is bound to it. */
@Injectable()
export class IssueToken {
  private readonly proofs = new Turns(proofs, busy);
  private readonly issues = new Turns(issues, busy);

  constructor(
    private readonly config: IdentityConfig,
    private readonly clients: ClientAuthentication,
    private readonly tenants: TenantDirectory,
    private readonly bus: BusClient,
    private readonly issued: IssuedTokens,
  ) {}

  /** @throws OAuthError `invalid_client`, always the same; AnkaError when a part of the platform is unavailable */
  authenticate(claim: Claim): Promise<Client> {
    return this.proofs.run(originOf(), () => this.clients.authenticate(claim));
  }

  /** The account that the claim proves, if it proves one. @throws AnkaError when a part of the platform is unavailable */
  provenBy(claim: Claim): Promise<RefusedAccount | undefined> {
    return this.proofs.run(originOf(), () => this.clients.provenBy(claim));
  }

  /** @throws AnkaError `tenant-disabled`, or when a part of the platform is unavailable */
  issue(client: Client, claim: Claim): Promise<TokenAnswer> {
    return this.issues.run(client.account.tenantId, () => this.issueTo(client, claim));
  }

  private async issueTo(client: Client, { correlationId, clientAddress }: Claim): Promise<TokenAnswer> {
    const { tenantId, id: principal } = client.account;
    this.issued.assertRoom(tenantId);
    const { issuer } = serviceAccountsOf(this.config);
    const partition = await this.tenants.find({ tenantId, subject: principal, issuer }, correlationId);
    const context: Context = {
      tenantId,
      principal,
      issuer,
      correlationId,
      ...(clientAddress !== undefined && { clientAddress }),
      deadline: monotonicNow() + withinMs,
    };
    const claims = this.claimsFor(client);
    const { token, key } = await this.bus.request(signToken, partition, context, { claims });
    await this.issued.record(context, claims, key);
    return { access_token: token, token_type: 'Bearer', expires_in: claims.exp - claims.iat };
  }

  private claimsFor({ account, thumbprint, at, expiresAt }: Client): TokenClaims {
    const { issuer, tokenSeconds } = serviceAccountsOf(this.config);
    const { id, tenantId, clientId, roles, groups, revision } = account;
    const now = Math.floor(at / 1000);
    return {
      iss: issuer,
      aud: issuer,
      sub: id,
      client_id: clientId,
      jti: newId(),
      iat: now,
      nbf: now,
      exp: tokenEnd({ expiresAt }, now, tokenSeconds),
      tenant: tenantId,
      roles,
      groups,
      rev: revision,
      ...(thumbprint !== undefined && { cnf: { 'x5t#S256': thumbprint } }),
    };
  }
}

import { type AuditEvent, type Context, signToken, type TokenClaims } from '@ankasecure/contracts';
import { type Bus, type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { ServiceAccountConfig } from '../auth/identity.config.js';
import { identityEvent } from '../identity/identity-event.js';
import type { TenantDirectory } from '../tenant/tenant-directory.js';
import type { Claim, Client, ClientAuthentication } from './client-authentication.js';
import type { TokenKeys } from './token-keys.js';

const withinMs = 15_000;

export interface Issued {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}

interface Parts {
  readonly bus: Pick<Bus, 'request'>;
  readonly dataSource: DataSource;
  readonly tenants: TenantDirectory;
  readonly outbox: Outbox;
}

/** Gives a service account that has proved it is one an access token, signed in the HSM and bound to its certificate if that was the proof. */
export class IssueToken {
  constructor(
    private readonly parts: Parts,
    private readonly config: ServiceAccountConfig,
    private readonly clients: ClientAuthentication,
    private readonly keys: TokenKeys,
  ) {}

  /** @throws OAuthError `invalid_client`, always the same; AnkaError when something of ours is away */
  async issue(claim: Claim): Promise<Issued> {
    const { tenants, outbox } = this.parts;
    outbox.assertRoom();
    const client = await this.clients.authenticate(claim);
    const { tenantId, id } = client.account;
    const { issuer } = this.config;
    const partition = await tenants.find({ tenantId, subject: id, issuer }, claim.correlationId);
    const context: Context = {
      ...{ tenantId, principal: id, issuer, correlationId: claim.correlationId },
      deadline: Date.now() + withinMs,
    };
    const claims = this.claimsFor(client);
    const { token, key } = await this.parts.bus.request(signToken, partition, context, { claims });
    const settle = await withTenant(this.parts.dataSource, tenantId, async (manager) => {
      await outbox.write(manager, [issued(context, claims)]);
      return this.keys.keep(manager, tenantId, key);
    });
    outbox.committed(1);
    await settle();
    return { access_token: token, token_type: 'Bearer', expires_in: claims.exp - claims.iat };
  }

  private claimsFor({ account, thumbprint }: Client): TokenClaims {
    const { issuer, tokenSeconds } = this.config;
    const { id, tenantId, clientId, roles, groups, revision } = account;
    const now = Math.floor(Date.now() / 1000);
    return {
      ...{ iss: issuer, aud: issuer, sub: id, client_id: clientId, jti: crypto.randomUUID() },
      ...{ iat: now, nbf: now, exp: now + tokenSeconds },
      ...{ tenant: tenantId, roles, groups, rev: revision },
      ...(thumbprint !== undefined && { cnf: { 'x5t#S256': thumbprint } }),
    };
  }
}

/** How the client proved who it is, in the trail. */
const proofOf = ({ cnf }: TokenClaims): Readonly<Record<string, string>> =>
  cnf === undefined ? { method: 'private-key-jwt' } : { method: 'tls-client-auth', thumbprint: cnf['x5t#S256'] };

const issued = (context: Context, claims: TokenClaims): AuditEvent => ({
  ...identityEvent(context, 'token.issue', {
    ...{ jti: claims.jti, expiresAt: new Date(claims.exp * 1000).toISOString() },
    ...proofOf(claims),
  }),
  algorithm: 'EC-P256',
});

import { auditEvent, type Context, type TokenClaims, type TokenKey } from '@ankasecure/contracts';
import { Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TokenKeys } from './token-keys.js';

/** The client's proof of identity, for the event. */
const proofOf = ({ cnf }: TokenClaims): Readonly<Record<string, string>> =>
  cnf === undefined ? { method: 'private-key-jwt' } : { method: 'tls-client-auth', thumbprint: cnf['x5t#S256'] };

/** Records issued tokens before they are returned. */
@Injectable()
export class IssuedTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly keys: TokenKeys,
  ) {}

  /** @throws AnkaError `audit-unavailable` when the tenant's share of the outbox is full */
  assertRoom(tenantId: string): void {
    this.outbox.assertRoom(tenantId);
  }

  /** Records that a token is issued under `key`. Afterwards every gateway accepts the token. */
  async record(context: Context, claims: TokenClaims, key: TokenKey): Promise<void> {
    const { tenantId } = context;
    const expiresAt = new Date(claims.exp * 1000).toISOString();
    const event = auditEvent(context, {
      operation: 'token.issue',
      algorithm: 'EC-P256',
      details: { jti: claims.jti, expiresAt, ...proofOf(claims) },
    });
    const settle = await withTenant(this.dataSource, tenantId, async (manager) => {
      const kept = await this.keys.keep(manager, tenantId, key);
      await this.outbox.write(manager, [event]);
      return kept;
    });
    this.outbox.committed(1);
    await settle();
  }
}

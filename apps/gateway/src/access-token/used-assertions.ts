import { Clock, insertIfAbsent, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ServiceAccount } from '../service-account/service-account.contract.js';
import { ClientAssertion } from './access-token.entity.js';
import type { Assertion } from './assertion.js';
import { removeExpiredAssertions } from './expired-assertion.statement.js';

/** The additional time that an assertion is remembered after its acceptance ends, in milliseconds. */
const marginMs = 60_000;

/** Accepts each assertion once across all gateways, until the assertion expires. */
@Injectable()
export class UsedAssertions {
  constructor(
    private readonly dataSource: DataSource,
    /** The time by which clients are judged. */
    readonly clock: Clock,
  ) {}

  /** @returns whether the assertion had not been used before */
  async use({ tenantId, id: accountId }: ServiceAccount, { jti, expiresAt }: Assertion): Promise<boolean> {
    const row = { tenantId, accountId, jti, expiresAt: new Date(expiresAt * 1000 + marginMs) };
    return withTenant(this.dataSource, tenantId, (manager) => insertIfAbsent(manager, ClientAssertion, row, 'jti'));
  }

  /** Removes some of the expired assertions of every tenant. @returns how many */
  removeExpired(): Promise<number> {
    return removeExpiredAssertions(this.dataSource.manager);
  }
}

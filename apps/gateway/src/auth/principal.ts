import { type Actor, type AnkaError, platformTenantId } from '@ankasecure/contracts';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../identity/turned-away.js';
import type { Role } from './role.js';

/** The caller that a verified token describes. No other part of a request can change it. */
export interface Principal {
  readonly tenantId: string;
  readonly subject: string;
  /** The token's `iss`. */
  readonly issuer: string;
  readonly roles: readonly Role[];
  /** The groups that keys can be granted to, besides the subject. */
  readonly groups: readonly string[];
  /** Set for a service account. The person behind it is unknown. */
  readonly isApplication?: true;
  /** Set if this other issuer can give the same name. The person behind the name is then not certain. */
  readonly sharedWith?: string;
  /** Set for a platform administrator while the platform's own records are refused, with the refusal: only repairs are admitted. */
  readonly onlyRepairs?: AnkaError;
  /**
   * Checks the principal again. Set if its identity can end before the token does. It runs before work starts and before an
   * answer is sent. It returns undefined while nothing has changed, otherwise the principal of a new check. It rejects with AnkaError `authentication-required` after the end.
   */
  readonly confirm?: () => Promise<Principal> | undefined;
  /** Set with `confirm`: the epoch of identities in which the principal was checked. */
  readonly epoch?: number;
  /** Set with `confirm`. Runs work for the principal, right after `confirm` returned undefined. A change that excludes the principal waits for its end. */
  readonly during?: <Value>(work: () => Promise<Value>) => Promise<Value>;
}

/** Platform administrators exist in the platform's own tenant only, even if another tenant's tokens claim the role. */
const holds = (principal: Principal, role: Role): boolean =>
  principal.roles.includes(role) && (role !== 'platform-admin' || principal.tenantId === platformTenantId);

export const hasOneOf = (principal: Principal, allowed: readonly Role[]): boolean =>
  allowed.some((role) => holds(principal, role));

/** The principal and its HTTP request, as audit events name them. */
export const actorOf = (
  { tenantId, subject: principal, issuer }: Caller,
  { id: correlationId, clientAddress }: Pick<FastifyRequest, 'id' | 'clientAddress'>,
): Actor => ({ tenantId, principal, issuer, correlationId, clientAddress });

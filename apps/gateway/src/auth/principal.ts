import { platformTenantId } from '@ankasecure/contracts';
import type { Role } from './role.js';

/** Who a verified token speaks for. Nothing in a request but its token can change any of this. */
export interface Principal {
  readonly tenantId: string;
  readonly subject: string;
  /** Whose word it is: the token's `iss`. */
  readonly issuer: string;
  readonly roles: readonly Role[];
  /** What keys may be granted to besides the subject. */
  readonly groups: readonly string[];
  /** A service account, of which nobody knows what person is behind it. */
  readonly isApplication?: true;
  /**
   * Set where what the token stands on may end before the token does, and asked before anything is done and before an answer
   * is given: undefined while it stands, else who a new look says it is. Rejects with AnkaError `authentication-required` where it has ended.
   */
  readonly confirm?: () => Promise<Principal> | undefined;
  /** Set with `confirm`: the epoch of identities in which the principal was checked. */
  readonly epoch?: number;
  /** Set with `confirm`. Runs work for the principal, right after `confirm` returned undefined: shutting the principal out waits for its end. */
  readonly during?: <Value>(work: () => Promise<Value>) => Promise<Value>;
}

/** The platform's administrators exist in the platform's own tenant only, whatever another tenant's tokens claim. */
const holds = (principal: Principal, role: Role): boolean =>
  principal.roles.includes(role) && (role !== 'platform-admin' || principal.tenantId === platformTenantId);

export const hasOneOf = (principal: Principal, allowed: readonly Role[]): boolean =>
  allowed.some((role) => holds(principal, role));

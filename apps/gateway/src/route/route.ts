import type { Contract, ErrorCode } from '@ankasecure/contracts';
import type { Role } from '../auth/role.js';

/** Where the whole public API lives. */
export const basePath = '/api/v1';

/** One operation of the API: everything that serving, authorising and describing it needs. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the base path, OpenAPI style: `/keys/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: 'Tenants' | 'Policy' | 'Keys' | 'Cryptography' | 'Audit';
  readonly summary: string;
  readonly description?: string;
  /** A principal needs one of these. */
  readonly roles: readonly Role[];
  /** What the request becomes on the bus. */
  readonly contract: Contract;
  /** Where the contract's request comes from: the body's bytes as they stand, or path and query parameters. */
  readonly takes: 'body' | 'parameters';
  readonly status: 200 | 201;
  /** Takes an Idempotency-Key, and sends the id of what is to be made. */
  readonly idempotent?: true;
  /** Needs If-Match with the resource's ETag. */
  readonly conditional?: true;
  /** The reply is one resource, whose revision is its ETag. */
  readonly etag?: true;
  /** The answer may say that what was used is on its way out: Deprecation and Sunset. */
  readonly notice?: true;
  /** The made resource's Location is this and the id of the reply's head. */
  readonly location?: string;
  /** The answer to an `{id}` that cannot be one: the same as to an unknown one. */
  readonly unknownId?: ErrorCode;
  /** How long the answer may take, in milliseconds. */
  readonly withinMs: number;
  /** What this operation can be refused with, besides what every operation can. */
  readonly errors: readonly ErrorCode[];
  readonly example: { readonly request?: unknown; readonly reply: unknown };
}

export const urlOf = (route: Route): string => `${basePath}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`;

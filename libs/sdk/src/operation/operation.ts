import type { components, operations } from '../generated/api.js';

/** The schemas of the API by name: `Schemas['Key']`. */
export type Schemas = components['schemas'];

/** The operations of the API that speak JSON, by their operationId. */
export type OperationId = Exclude<keyof operations, 'issueToken'>;

type Json<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : never;
type Answered<Id extends OperationId> = operations[Id]['responses'] extends infer Responses
  ? Json<Responses[keyof Responses & (200 | 201 | 202)]>
  : never;
type Rehearsed = Schemas['DryRun'] | { items: Schemas['DryRun'][] };

/** What the API answers. An `Approval` says that the request waits for a second person. */
export type AnswerOf<Id extends OperationId> = Exclude<Answered<Id>, Rehearsed>;

/** What the API answers to a dry run; never, if the operation has none. */
export type DryRunOf<Id extends OperationId> = Extract<Answered<Id>, Rehearsed>;

type Parameters<Id extends OperationId> = operations[Id]['parameters'];
type PathOf<Id extends OperationId> = Parameters<Id> extends { path: infer Path } ? { readonly path: Path } : unknown;
type QueryOf<Id extends OperationId> = [NonNullable<Parameters<Id>['query']>] extends [never]
  ? unknown
  : { readonly query?: Omit<NonNullable<Parameters<Id>['query']>, 'dryRun'> };
type BodyOf<Id extends OperationId> = operations[Id] extends {
  requestBody: { content: { 'application/json': infer Body } };
}
  ? { readonly body: Body }
  : [NonNullable<operations[Id]['requestBody']>] extends [never]
    ? unknown
    : operations[Id] extends { requestBody?: { content: { 'application/json': infer Body } } }
      ? { readonly body?: Body }
      : unknown;

/** How a call is made, whatever it asks for. */
export interface CallOptions {
  /** Ends the call. It is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The time of the call with all its attempts, in milliseconds. Default: that of the client. */
  readonly timeoutMs?: number;
  /** Names the request in the logs and in the audit trail. Default: one that the platform makes. */
  readonly correlationId?: string;
  /** Default: a new one for each call of an operation that takes one. Keep your own to repeat a call after a restart. */
  readonly idempotencyKey?: string;
  /** The revision that the change is based on, or `*` for any. */
  readonly ifMatch?: number | '*';
}

/** What a call of the operation takes. */
export type CallOf<Id extends OperationId> = CallOptions & PathOf<Id> & QueryOf<Id> & BodyOf<Id>;

/** The arguments of a call: none are needed if all are optional. */
export type ArgumentsOf<Call> = Record<never, never> extends Call ? [call?: Call] : [call: Call];

/** The operations that answer a page and the cursor of the next one. */
export type ListId = {
  [Id in OperationId]: AnswerOf<Id> extends { items: unknown[]; next: string | null } ? Id : never;
}[OperationId];

export type ItemOf<Id extends ListId> = AnswerOf<Id> extends { items: (infer Item)[] } ? Item : never;

/** An answer with what its headers say. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly correlationId: string | undefined;
  /** The revision of the resource, to be sent as `ifMatch`. */
  readonly revision: number | undefined;
  readonly headers: Headers;
}

export { AnkaSecure } from './anka-secure.js';
export type { ItemCallOptions } from './batch/item-operation.js';
export type { BatchOptions, ClientOptions } from './client-options.js';
export {
  AnkaSecureError,
  type ClientErrorCode,
  type ErrorCode,
  isRetryable,
  type PolicyReason,
  type Problem,
} from './error/anka-secure-error.js';
export {
  AccessError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  NotFoundError,
  PolicyError,
  QuotaError,
  RequestError,
  TimeoutError,
  UnavailableError,
} from './error/families.js';
export type { components, operations, paths } from './generated/api.js';
export { errorTable } from './generated/error-table.js';
export { operationTable } from './generated/operation-table.js';
export { HsmSignJWT, type SigningKey } from './jose/sign-jwt.js';
export { verifyKey } from './jose/verify-key.js';
export type { LocalEncryption, LocalVerification } from './local/local.js';
export type {
  Answer,
  AnswerOf,
  CallOf,
  CallOptions,
  DryRunOf,
  ItemOf,
  ListId,
  OperationId,
  Schemas,
} from './operation/operation.js';
export type { OperationRow } from './operation/operation-row.js';
export {
  type Authentication,
  type ClientCertificateOptions,
  type Credential,
  clientCertificate,
} from './token/credential.js';
export { type PrivateKeyJwtOptions, privateKeyJwt } from './token/private-key-jwt.js';
export type { RetryOptions } from './transport/retry.js';
export type { Fetch, FetchInit } from './transport/transport.js';

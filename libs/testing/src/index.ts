export type { DatabaseLogin, Nats, Postgres } from '@ankasecure/local';
export * from './fault/pkcs11-shim.js';
export * from './nats/nats.js';
export * from './postgres/postgres.js';
export * from './service/test-parts.js';
export * from './softhsm/partition.js';
export * from './softhsm/softhsm-token.js';

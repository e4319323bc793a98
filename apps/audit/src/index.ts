export { auditConfig } from './config.js';
export * as migrations from './migrations/index.js';

export { auditConfig } from './config.js';
export { schema } from './schema.js';

export { policyConfig } from './config.js';
export { schema } from './schema.js';

export * from './audit.js';
export * from './bus.js';
export * from './contracts.js';
export * from './crypto.js';
export * from './error.js';
export * from './key.js';
export * from './policy.js';
export * from './primitive.js';

export * from './alg.js';
export * from './algorithm.js';
export * from './approval.js';
export * from './content.js';
export * from './jose.js';
export * from './kind.js';
export * from './outside-step.js';
export * from './secret.js';

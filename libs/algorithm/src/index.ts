export * from './algorithm.js';
export * from './approval.js';
export * from './jose.js';

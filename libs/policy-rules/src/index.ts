export * from './document.js';
export * from './evaluate.js';
export * from './request.js';
export type { Reason, RuleName } from './rule.js';
export type { Warning } from './warning.js';

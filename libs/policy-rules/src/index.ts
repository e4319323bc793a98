export { type Difference, differences } from './difference.js';
export * from './document.js';
export * from './evaluate.js';
export * from './request.js';
export { missingLabels, type Reason, type RuleName, tenantPolicy } from './rule.js';
export * from './template.js';
export type { Warning } from './warning.js';

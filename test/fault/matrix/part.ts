/** Everything that a fault can hit. `worker` is one of two workers, `workers` are both. */
export const parts = [
  'gateway',
  'policy',
  'worker',
  'workers',
  'audit',
  'NATS',
  'gateway database',
  'policy database',
  'key database',
  'audit database',
  'PostgreSQL',
  'token',
] as const;
export type Part = (typeof parts)[number];

/** Every fault that can hit a part. Each row of the matrix also shows that the part comes back. */
export const faults = ['killed', 'frozen', 'cut', 'read-only', 'full', 'slow', 'refused'] as const;
export type Fault = (typeof faults)[number];

/** The processes of the stack that report readiness. */
export const processes = ['gateway', 'policy', 'audit', 'crypto-worker-1', 'crypto-worker-2'] as const;
export type ProcessName = (typeof processes)[number];

/** The requests that a client sends during a fault. */
export const requests = ['sign', 'verify', 'create', 'policy', 'trail'] as const;
export type RequestName = (typeof requests)[number];

import { parse } from 'yaml';
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9_-]*$/);
const duration = z.string().regex(/^\d+(s|m)$/);
const size = z.string().regex(/^\d+[kmgKMG]$/);
const words = z.array(z.string().min(1)).min(1);

/** `source` alone, or with its mount point. */
const mount = z.union([
  name.transform((source) => ({ source, target: source })),
  z.strictObject({ source: name, target: z.string().min(1) }),
]);

const healthcheck = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.tuple([z.literal('CMD')], z.string()),
    interval: duration,
    timeout: duration,
    retries: z.int().positive(),
    start_period: duration,
  }),
]);

const service = z.strictObject({
  image: z.string().min(1),
  build: z
    .strictObject({ context: z.string(), dockerfile: z.string(), target: name, args: z.record(z.string(), z.string()) })
    .optional(),
  user: z.string(),
  init: z.boolean().optional(),
  read_only: z.boolean(),
  cap_drop: words,
  security_opt: words,
  tmpfs: words,
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  restart: z.string().regex(/^(unless-stopped|on-failure:\d+)$/),
  entrypoint: words.optional(),
  command: words.optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).default({}),
  networks: z.array(name).optional(),
  network_mode: z.literal('none').optional(),
  ports: z.array(z.string()).default([]),
  configs: z.array(mount).default([]),
  secrets: z.array(mount).default([]),
  volumes: z.array(z.string().regex(/^[a-z]+:\/[a-z/]+$/)).default([]),
  shm_size: size.optional(),
  healthcheck,
  depends_on: z
    .record(name, z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }))
    .default({}),
  stop_signal: z.string().optional(),
  stop_grace_period: duration.optional(),
  deploy: z.strictObject({
    replicas: z.int().positive().default(1),
    resources: z.strictObject({ limits: z.strictObject({ memory: size, pids: z.int().positive() }) }),
  }),
});
export type ComposeService = z.infer<typeof service>;

const file = z.strictObject({ file: z.string().min(1) });

/** The part of the Compose Specification that the file uses. Anything else is an error until it is added here. */
const compose = z.strictObject({
  name,
  services: z.record(name, service),
  networks: z.record(name, z.strictObject({ internal: z.boolean().default(false) })),
  volumes: z.record(name, z.strictObject({})),
  configs: z.record(name, file),
  secrets: z.record(name, file),
});
export type Compose = z.infer<typeof compose>;

/** @throws ZodError that names what does not fit the schema */
export const readCompose = (text: string): Compose => {
  const document = parse(text, { merge: true }) as Record<string, unknown>;
  return compose.parse(Object.fromEntries(Object.entries(document).filter(([key]) => !key.startsWith('x-'))));
};

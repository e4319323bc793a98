import { hasNoLogin, host, integer, keyExchange, network, port } from '@ankasecure/service-kit';
import { z } from 'zod';
import { problemPath } from '../problem/problem.js';

const mebibyte = 1024 * 1024;

export const httpConfig = z
  .strictObject({
    host: host.default('0.0.0.0'),
    port,
    /** The head of a message must also fit into the bus's max_payload. */
    bodyLimitBytes: integer(1024, 64 * mebibyte).default(4 * mebibyte),
    /** The limit of bodies in flight, of requests and replies of all tenants. One tenant gets at most half. Above it, requests get 503. */
    bodyBudgetBytes: integer(2048, 64 * 1024 * mebibyte).default(64 * mebibyte),
    /** An idle connection is closed after this time, and its requests release what they hold. It is longer than the time of any route. */
    idleTimeoutSeconds: integer(110, 3600).default(120),
    /**
     * The part of a problem's `type` before the code. By default it names the gateway's own pages below `base-path`, so that the
     * address works under every name of the gateway; otherwise an address of the same pages elsewhere, such as problems.golden.md
     * with `#`.
     */
    problemTypes: z
      .string()
      .max(512)
      .refine(
        (address) => address === problemPath || (/^https?:\/\/.*[/#=]$/.test(address) && URL.canParse(address)),
        `must be ${problemPath}, or an http or https URL that ends with /, # or =`,
      )
      .refine(hasNoLogin, 'must have no login: every problem shows the address')
      .optional(),
    /** The address of the client in audit events. */
    clientAddress: z
      .strictObject({
        /** Whether audit events contain it. It can be personal data. */
        record: z.boolean().default(true),
        /** Networks of the proxies in front of the gateway, in CIDR notation. Their header is believed, and nobody else's. */
        trustedProxies: z.array(network).max(256).default([]),
        /**
         * The header that the proxies write: X-Forwarded-For, or Forwarded (RFC 7239). Only one is read, because a proxy that
         * writes one passes the other on as the client sent it.
         */
        header: z.enum(['x-forwarded-for', 'forwarded']).default('x-forwarded-for'),
      })
      .default({ record: true, trustedProxies: [], header: 'x-forwarded-for' }),
    /**
     * The path below which a proxy publishes this API, such as `/hsm`, if it is not the root. Requests are served with it and
     * without it, since some proxies remove it. Every address in an answer contains it. No answer names a host.
     */
    basePath: z
      .string()
      .regex(/^(\/[A-Za-z0-9._~-]+)+$/, 'must begin with a slash and must not end with one')
      .optional(),
    /** Without this section the gateway serves plain HTTP, on loopback or behind a proxy that ends TLS. */
    tls: z
      .strictObject({
        certFile: z.string().min(1),
        keyFile: z.string().min(1),
        /** Hybrid groups first, and classical ones for clients without them; `hybrid-only` refuses those, and TLS 1.2. */
        keyExchange: keyExchange.optional(),
        /** A second certificate with an ML-DSA key, for clients that verify such signatures. Others get the first one. */
        postQuantum: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
        /**
         * Requests client certificates, with which service accounts can prove their identity (RFC 8705). A certificate is optional, and
         * no CA is trusted. The gateway must end TLS itself: a proxy does not pass the certificate on, and a header that
         * describes one is ignored, because any client can write it.
         */
        clientCertificates: z.boolean().default(false),
      })
      .optional(),
  })
  .refine(
    ({ bodyLimitBytes, bodyBudgetBytes }) => bodyBudgetBytes >= 2 * bodyLimitBytes,
    'body-budget-bytes must be at least twice body-limit-bytes, because one tenant may use half of it',
  );
/** The `http` section, and the token it is injected by. */
export interface HttpConfig extends z.infer<typeof httpConfig> {}
export abstract class HttpConfig {}

/** The largest head of a message in bytes: the principal with its groups, which came in a request's header, and the rest of its context. */
const headBytes = 32 * 1024;

/** @throws Error when the largest body does not fit into one message */
export const assertFits = ({ bodyLimitBytes }: HttpConfig, maxPayload: number): void => {
  if (bodyLimitBytes + headBytes > maxPayload)
    throw new Error(
      `http.body-limit-bytes ${bodyLimitBytes} is too large for the message bus, whose max_payload is ${maxPayload}: use at most ${maxPayload - headBytes}`,
    );
};

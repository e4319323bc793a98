import { integer, port } from '@ankasecure/service-kit';
import { z } from 'zod';

const mebibyte = 1024 * 1024;

export const httpConfig = z
  .strictObject({
    host: z.string().min(1).default('0.0.0.0'),
    port,
    /** Must leave room for a message's head below the bus's max_payload. */
    bodyLimitBytes: integer(1024, 64 * mebibyte).default(4 * mebibyte),
    /** Bodies in flight, requests' and replies', of all tenants; one tenant gets at most half. Above it requests meet 503. */
    bodyBudgetBytes: integer(2048, 64 * 1024 * mebibyte).default(64 * mebibyte),
    /** A connection on which nothing moves so long is ended, and what its requests hold is given back. Longer than any route takes. */
    idleTimeoutSeconds: integer(110, 3600).default(120),
    /** Without it the gateway speaks plain HTTP: on loopback, or behind something that ends TLS. */
    tls: z
      .strictObject({
        certFile: z.string().min(1),
        keyFile: z.string().min(1),
        /**
         * Asks clients for a certificate, which service accounts may prove with who they are (RFC 8705). Nobody needs one, and
         * no CA is believed. Something in front that ends TLS keeps the certificate to itself, and what it says of it in a
         * header is not trusted, because any client can write one. For client certificates the gateway must end TLS itself.
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
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the class is the token of the interface
export abstract class HttpConfig {}

/** The longest head of a message: the principal with its groups, which were in a request's header before, and the rest of its context. */
const headBytes = 32 * 1024;

/** @throws Error when a body within the limit would not fit into one message */
export const assertFits = ({ bodyLimitBytes }: HttpConfig, maxPayload: number): void => {
  if (bodyLimitBytes + headBytes > maxPayload)
    throw new Error(
      `http.body-limit-bytes ${bodyLimitBytes} is too large for the message bus, whose max_payload is ${maxPayload}: use at most ${maxPayload - headBytes}`,
    );
};

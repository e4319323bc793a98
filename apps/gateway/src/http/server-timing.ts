import type { FastifyReply } from 'fastify';

declare module 'fastify' {
  interface FastifyReply {
    /** Microseconds the worker spent inside PKCS#11 calls for this request. */
    hsmMicros: number | undefined;
    /** The total time of the answering service in microseconds. Absent if no service was asked. */
    workerMicros: number | undefined;
  }
}

const entry = (name: string, millis: number): string => `${name};dur=${millis.toFixed(3)}`;

/** The `Server-Timing` header, in milliseconds. A duration is zero if no service was asked. */
export const serverTiming = (reply: Pick<FastifyReply, 'elapsedTime' | 'hsmMicros' | 'workerMicros'>): string => {
  const [hsm, worker] = [(reply.hsmMicros ?? 0) / 1000, (reply.workerMicros ?? 0) / 1000];
  return `${entry('hsm', hsm)}, ${entry('worker', worker)}, ${entry('total', reply.elapsedTime)}`;
};

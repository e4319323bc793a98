import { operations, signatureVariants } from '../job/job.js';

const places = 32;
const unknownMicros = 100;

/**
 * Estimates the duration of jobs by operation and variant, in microseconds. It follows short times at once and long ones
 * slowly, because a thread that had to wait for a processor says nothing about the token.
 */
export class CostEstimate {
  private readonly micros = new Float64Array(operations.length * places);

  of(job: { readonly operation: number; readonly variant: number }): number {
    return this.micros[this.place(job)] || unknownMicros;
  }

  learn(job: { readonly operation: number; readonly variant: number }, micros: number): void {
    const place = this.place(job);
    const before = this.micros[place] || micros;
    this.micros[place] = before + (micros - before) / (micros < before ? 2 : 64);
  }

  private place(job: { readonly operation: number; readonly variant: number }): number {
    return job.operation * places + (job.variant < signatureVariants.length ? job.variant : 0);
  }
}

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Library } from './library.js';

/** What a library is asked to do. */
export interface Request {
  readonly op: 'verify' | 'sign' | 'decrypt' | 'encrypt';
  readonly alg: string;
  readonly enc?: string;
  readonly kid?: string;
  readonly token?: string;
  readonly payload?: string;
  /** The key set to verify with; otherwise `jwk` is the key. */
  readonly jwksUrl?: string;
  readonly jwk?: object;
}

export type Answer = { readonly value: string } | { readonly error: string };

/** A running program that uses one library. It answers one request after the other. */
export class Peer {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers: AsyncIterator<string>;
  private last: Promise<unknown> = Promise.resolve();

  constructor({ command: [program = '', ...args] }: Library) {
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  ask(request: Request): Promise<Answer> {
    const answer = this.last.then(() => this.exchange(request));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin.end();
    await ended;
  }

  private async exchange(request: Request): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const next: IteratorResult<string, unknown> = await this.answers.next();
    if (next.done === true) throw new Error('the library’s program has ended');
    return JSON.parse(next.value) as Answer;
  }
}

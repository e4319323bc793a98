import { Injectable } from '@nestjs/common';
import { AttemptItem } from '../operation/attempt-item.js';
import { operations } from '../operation/operation.js';
import { type Verb, verbOf } from '../operation/verb.js';
import { csr } from './csr.js';
import { dataKey } from './data-key.js';
import { RandomBytes } from './random-bytes.js';
import { Reencrypt } from './reencrypt.js';
import { Resign } from './resign.js';
import { SignTogether } from './sign-together.js';
import { VerifyTogether } from './verify-together.js';
import { unwrap, wrap } from './wrap.js';

/** The crypto routes, by name. */
@Injectable()
export class Verbs {
  readonly encrypt: Verb;
  readonly decrypt: Verb;
  readonly sign: Verb;
  readonly verify: Verb;
  readonly encapsulate: Verb;
  readonly decapsulate: Verb;
  readonly reencrypt: Verb;
  readonly resign: Verb;
  readonly dataKey: Verb;
  readonly csr: Verb;
  readonly wrap: Verb;
  readonly unwrap: Verb;

  constructor(
    items: AttemptItem,
    readonly random: RandomBytes,
  ) {
    const [encrypt, decrypt, , , encapsulate, decapsulate] = operations;
    this.encrypt = verbOf(items, encrypt);
    this.decrypt = verbOf(items, decrypt);
    this.sign = new SignTogether(items);
    this.verify = new VerifyTogether(items);
    this.encapsulate = verbOf(items, encapsulate);
    this.decapsulate = verbOf(items, decapsulate);
    this.reencrypt = new Reencrypt(items);
    this.resign = new Resign(items);
    this.dataKey = verbOf(items, dataKey);
    this.csr = verbOf(items, csr);
    this.wrap = verbOf(items, wrap);
    this.unwrap = verbOf(items, unwrap);
  }
}

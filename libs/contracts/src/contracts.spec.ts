import { describe, expect, it } from 'vitest';
import { appendFromGateway, appendFromWorker } from './audit.js';
import { type Contract, partitionIn, type Service, services } from './bus.js';
import { contracts, inboxPrefix, permissionsOf } from './contracts.js';
import { AnkaError, errors, isErrorCode } from './error.js';
import { deleteKey } from './lifecycle.js';
import { groupOf, ownSubject, sharedSubject } from './member.js';
import { base64url, isBase64url, text } from './primitive.js';

const rows: readonly Contract[] = Object.values(contracts);

describe('the contracts', () => {
  it('have distinct subjects below their owner’s name', () => {
    expect(new Set(rows.map((row) => row.subject)).size).toBe(rows.length);
    const roots = { 'crypto-worker': 'crypto.', policy: 'policy.', audit: 'audit.', gateway: 'gateway.' };
    for (const { owner, subject } of rows) expect(subject.startsWith(roots[owner]), subject).toBe(true);
  });

  it('are called by a service other than their owner', () => {
    for (const { owner, callers, subject } of rows) {
      expect(callers.length, subject).toBeGreaterThan(0);
      expect(callers, subject).not.toContain(owner);
    }
  });
});

describe('bus permissions', () => {
  it('let only the audit service request MACs, and only policy apply a policy', () => {
    const mayPublish = (subject: string) =>
      services.filter((service) => permissionsOf(service).publish.includes(subject));
    expect(mayPublish('crypto.*.audit.mac')).toEqual(['audit']);
    expect(mayPublish('crypto.*.audit.checkpoint')).toEqual(['audit']);
    expect(mayPublish('crypto.*.audit.checkpoint.keys')).toEqual(['audit']);
    expect(mayPublish('crypto.*.policy.apply')).toEqual(['policy']);
    expect(mayPublish('crypto.*.sign')).toEqual(['gateway']);
  });

  it('let each reporter append under its own name alone, and a worker under its partition’s', () => {
    const appends = (service: Service) =>
      permissionsOf(service, 'bank').publish.filter((subject) => subject.startsWith('audit.append'));
    expect(services.map(appends)).toEqual([
      ['audit.append.gateway'],
      ['audit.append.policy'],
      ['audit.append.crypto-worker.bank'],
      [],
    ]);
    expect(permissionsOf('audit').subscribe).toContain('audit.append.crypto-worker.*');
    expect(partitionIn(appendFromWorker, 'audit.append.crypto-worker.bank')).toBe('bank');
    expect(partitionIn(appendFromGateway, 'audit.append.gateway')).toBeUndefined();
  });

  it('give each service only its own inbox', () => {
    for (const service of services) {
      const { subscribe } = permissionsOf(service);
      expect(subscribe.filter((subject) => subject.startsWith('_INBOX'))).toEqual([`${inboxPrefix(service)}.>`]);
    }
  });

  it('let a service say to its callers alone that it works on their requests, and as often as they ask that it is alive', () => {
    const mayTell = (service: Service) =>
      permissionsOf(service).publish.filter((subject) => subject.startsWith('_INBOX'));
    const said = (...callers: readonly Service[]) =>
      ['*.working', 'alive.>'].flatMap((end) => callers.map((caller) => `${inboxPrefix(caller)}.*.${end}`));
    expect(mayTell('gateway')).toEqual([]);
    expect(mayTell('policy')).toEqual(said('gateway', 'audit'));
    expect(mayTell('crypto-worker')).toEqual(said('gateway', 'policy', 'audit'));
    expect(mayTell('audit')).toEqual(said('gateway', 'policy', 'crypto-worker'));
  });

  it('keep a worker to its partition', () => {
    const inbox = `${inboxPrefix('crypto-worker')}.>`;
    const others = permissionsOf('crypto-worker', 'bank').subscribe.filter((subject) => subject !== inbox);
    const groups = others.map((subject) => subject.replace(/^(at\.\*|alive|changed)\./, '')).map(groupOf);
    expect(new Set(groups)).toEqual(new Set(['crypto.bank']));
  });

  it('let the processes of a service announce changes to each other alone, and workers to those of their partition', () => {
    const announced = (service: Service, of: 'publish' | 'subscribe') =>
      permissionsOf(service, 'bank')[of].filter((subject) => subject.startsWith('changed.'));
    const own = [['changed.gateway'], ['changed.policy'], ['changed.crypto.bank'], []];
    for (const of of ['publish', 'subscribe'] as const)
      expect(services.map((service) => announced(service, of))).toEqual(own);
  });

  it('reach single processes by the same subjects, and ask them whether they are alive', () => {
    const { publish, subscribe } = permissionsOf('gateway');
    const shared = publish.filter((subject) => /^(crypto|policy|audit)\./.test(subject));
    expect(publish).toEqual([
      ...shared,
      ...shared.map((subject) => `at.*.${subject}`),
      'alive.crypto.*.*',
      'alive.policy.*',
      'alive.audit.*',
      'changed.gateway',
    ]);
    expect(subscribe).toEqual([`${inboxPrefix('gateway')}.>`, 'changed.gateway']);
    expect(permissionsOf('audit').subscribe).toContain('at.*.audit.append.crypto-worker.*');
  });

  it.each(rows.map(({ subject }) => subject.replace('{partition}', 'bank')))(
    'know %s by the subject of one process',
    (subject) => {
      expect(sharedSubject(ownSubject(subject, '0b7e7dee-87ff-4bda-b12f-5e0e1a2b3c4d'))).toBe(subject);
      expect(sharedSubject(subject)).toBe(subject);
    },
  );
});

describe('a number in a path or a query', () => {
  const id = '0b7e7dee-87ff-4bda-b12f-5e0e1a2b3c4d';
  it.each(['', ' ', '1e1', '0x10', '-1', '1.0', '3651', '99999999999'])('is not %j', (waitingDays) =>
    expect(deleteKey.request.safeParse({ id, waitingDays }).success).toBe(false),
  );
  it('is decimal digits, or absent', () => {
    expect(deleteKey.request.parse({ id, waitingDays: '7' })).toEqual({ id, waitingDays: 7 });
    expect(deleteKey.request.parse({ id })).toEqual({ id, waitingDays: 30 });
  });
});

describe('canonical base64url', () => {
  it.each(['', 'AA', 'AQ', 'AAA', 'AAE', 'AAAA', '_-8'])('takes %j', (value) => expect(isBase64url(value)).toBe(true));
  it.each(['A', 'AB', 'AAB', 'AA==', 'A A', 'AA\n', 'A+8', 'A/8', 'ÄÄ'])('refuses %j', (value) =>
    expect(isBase64url(value)).toBe(false),
  );

  it('agrees with decoding and encoding again', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const a of alphabet)
      for (const b of alphabet)
        for (const value of [a + b, `A${a}${b}`])
          expect(isBase64url(value), value).toBe(Buffer.from(value, 'base64url').toString('base64url') === value);
  });

  it('bounds decoded bytes', () => {
    expect(base64url(3).safeParse('AAAA').success).toBe(true);
    expect(base64url(3).safeParse('AAAAAAAA').success).toBe(false);
  });
});

describe('text', () => {
  it.each(['a\u0000b', '\ud800', 'a\nb', ' a', 'a ', '', 'x'.repeat(9)])('refuses %j', (value) =>
    expect(text(8).safeParse(value).success).toBe(false),
  );
  it.each(['key', 'Schlüssel', '鍵', 'a b'])('takes %j', (value) =>
    expect(text(16).safeParse(value).success).toBe(true),
  );
});

describe('the error table', () => {
  it('maps every code to an HTTP error status and a title', () => {
    for (const [code, { status, title }] of Object.entries(errors)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(title, code).not.toBe('');
    }
  });

  it('marks no error as retryable that the caller must fix', () => {
    for (const [code, { status, retryable }] of Object.entries(errors))
      if (retryable) expect([408, 409, 429].includes(status) || status >= 500, code).toBe(true);
  });

  it('does not accept an inherited name as a code', () => {
    expect(isErrorCode('toString')).toBe(false);
    expect(new AnkaError('hsm-timeout').retryable).toBe(true);
  });
});

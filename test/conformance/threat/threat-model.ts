import type { Threat } from './threat.js';

const introduction = `# Threat model

This page is generated from [threat.ts](threat.ts). A test checks that every test named here exists. Do not edit the page.

## What is protected, and from whom

| Asset | Where it is | Who must not have it |
|---|---|---|
| Private and secret keys, KEKs | in plaintext only in the HSM | everyone, including the platform's operators |
| Content keys, plaintexts | in a crypto-worker's memory, for one request | everyone except the caller |
| The HSM's PIN | in a secret file that the crypto-worker reads | every other service, the logs, the operators of the database |
| Policy and key states | in \`ankadb_policy\`, and in the enforced copy in \`ankadb_keys\` | anyone who wants an operation that is forbidden |
| The audit trail | in \`ankadb_audit\`, sealed under keys of the HSM | anyone who wants to deny an operation |

A caller is a stranger until its token is verified, and then acts for one tenant only. A service is trusted with what it owns and nothing else: a compromised service can only send the requests that its contracts allow. The network is not trusted. The database is trusted to store data but not to be honest: a change of the trail behind the audit service's back is detected.

## Non-goals

- A compromised crypto-worker can use every key of its partition while it is compromised, and reads the records of its partition only. Operations through the existing code are in the audit trail.
- What a compromised crypto-worker can take away: keys in software, and keys in wrapped custody. It cannot take away keys in the token, KEKs or other platform keys. The rotation of a KEK unwraps keys as extractable, to wrap them again. Whoever commands the worker's session can do that too, with SENSITIVE and EXTRACTABLE, and wrap the key under one that they know. CKA_UNWRAP_TEMPLATE prevents only that a key is unwrapped readable. CKA_WRAP_WITH_TRUSTED would prevent the rest, but a security officer would have to mark each KEK; the platform does not use it. Keep a key that must never leave the HSM in custody \`token\`, and after such a compromise rotate the wrapped keys themselves, not only their KEK.
- An administrator of the HSM can do whatever the HSM allows.
- An issuer in the platform's configuration, and a tenant's issuer without a prefix, can issue tokens for every subject of its tenants, including service accounts.
- When the deletion of an account or issuer returns 200, no running gateway still works on a request of the excluded caller. A gateway that stopped, or lost its database, may have sent a request that is still carried out before its deadline. The audit trail shows it, and nobody receives the answer.
- Whoever owns a database cannot forge or change an event that waits in its outbox, but can delete it, or keep it from being sealed. The process that wrote it misses it within a minute and raises an alarm, unless the process ends before. Whoever owns a database can also hide rows from one query with a row-level policy or a replaced function. A listing is only as honest as the database. The HSM vouches for each item of the list of audit events; \`POST /audit/verify\` and gaps in \`seq\` tell what is missing. [record-seals.md](../../../apps/crypto-worker/src/record/record-seals.md) says what bounds hold.
- A complete audit database that is restored to the end of an earlier batch can be told from the true one only by a copy elsewhere.
- Denial of service by anyone who can fill the network, and side channels inside the HSM, are out of scope.
- SoftHSM protects nothing. It is for development.

## Threats, and the tests that show them closed

`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The page, from the table. */
export const renderThreatModel = (threats: Readonly<Record<string, Threat>>): string => {
  const rows = Object.entries(threats).map(([name, { control, proofs }]) => {
    const tests = proofs.map(({ file, title }) => `[${cell(title)}](../../../${file})`).join('<br>');
    return `| ${cell(name)} | ${cell(control)} | ${tests} |`;
  });
  return `${introduction}| Threat | Control | Tests |\n|---|---|---|\n${rows.join('\n')}\n`;
};

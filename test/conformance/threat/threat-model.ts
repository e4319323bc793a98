import type { Threat } from './threat.js';

const introduction = `# Threat model

Generated from [threat.ts](threat.ts), which its test holds against the tests it names. Do not edit.

## What is protected, and from whom

| Asset | Where it is | Who must not have it |
|---|---|---|
| Private and secret keys, KEKs | in the HSM, in plaintext nowhere else | everybody, the platform's operators included |
| Content keys, plaintexts | in a crypto-worker's memory, for one request | everybody but the caller |
| The HSM's PIN | a secret file that the crypto-worker reads | every other service, logs, operators of the database |
| Policy and key states | \`ankadb_policy\`, and the copy in \`ankadb_keys\` that is enforced | whoever wants an operation that was forbidden |
| The audit trail | \`ankadb_audit\`, sealed under keys of the HSM | whoever wants something not to have happened |

Callers are strangers until their token is verified, and then they are one tenant. A service is trusted with what it owns and with nothing else: one that is taken over can ask what its contracts allow it to ask. The network is not trusted. The database is trusted to store, not to be honest: what is changed in the trail behind the audit service's back is found.

## What is not

- A crypto-worker that is taken over uses every key of its partition for as long as it is. It cannot take one away, and what it does through the code that is there is in the trail.
- Whoever is administrator of the HSM can do what the HSM lets them do.
- An issuer of the platform's configuration, and one that a tenant has named without a prefix, speaks for every name of its tenants, service accounts included.
- A 200 to shutting somebody out means that nothing of theirs is under way any more on any gateway that lives. What was asked for by one that died, or lost its database, may still be done before its deadline: then it is in the trail, and nobody has the answer.
- A whole audit database that is put back to an earlier end of a batch is told from a true one only by a copy elsewhere.
- Denial of service by whoever can fill the network; side channels inside the HSM.
- SoftHSM protects nothing: it is for development.

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
